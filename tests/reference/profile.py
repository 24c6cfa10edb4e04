"""How long generated tests run: the same few hundred cases in CI, many new ones with HUIYIN_LONG=1."""

import os

from hypothesis import HealthCheck, settings

LONG = bool(os.environ.get("HUIYIN_LONG"))


def examples(few: int, many: int = 10_000) -> settings:
    return settings(
        max_examples=many if LONG else few,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
