# One image for both services: `huiyin serve rules` or `huiyin serve docs`.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --all-extras --no-default-groups --no-install-project --no-editable
COPY service_kit ./service_kit
COPY huiyin ./huiyin
COPY rules_service ./rules_service
COPY docs_service ./docs_service
RUN uv sync --frozen --all-extras --no-default-groups --no-editable

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-lxgw-wenkai tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 huiyin
COPY --from=build /app/.venv /app/.venv
COPY rulesets /app/rulesets
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HUIYIN_RULESETS=/app/rulesets
WORKDIR /app
USER huiyin
STOPSIGNAL SIGTERM
ENTRYPOINT ["huiyin"]
CMD ["--help"]
