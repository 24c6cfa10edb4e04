"""There is no container engine in a test; so the files are read, and what they start is started here."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from huiyin.services import SERVICES
from service_kit.serving.settings import ServingSettings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = {f"HUIYIN_{name.upper()}" for name in ServingSettings.model_fields}
DATA_SETTINGS = {"HUIYIN_RULESETS", "HUIYIN_ADOPTIONS"}


@pytest.fixture(params=sorted(COMPOSE["services"]))
def service(request):
    return request.param, COMPOSE["services"][request.param]


def test_the_services_of_the_product_are_the_services_of_the_file():
    assert set(COMPOSE["services"]) == set(SERVICES)


def test_a_container_runs_as_nobody_and_writes_nowhere(service):
    _, container = service
    assert container["user"] not in ("", "0", "root")
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert f"--uid {container['user']} " in DOCKERFILE
    assert re.search(r"^USER huiyin$", DOCKERFILE, re.MULTILINE)


def test_it_listens_beyond_itself_with_tls_and_tokens_from_secrets(service):
    _, container = service
    environment = container["environment"]
    assert set(environment) <= SETTINGS | DATA_SETTINGS
    for name in ("TLS_CERT_FILE", "TLS_KEY_FILE", "TOKENS_FILE"):
        secret = environment[f"HUIYIN_{name}"].removeprefix("/run/secrets/")
        assert secret in container["secrets"]
        assert secret in COMPOSE["secrets"]


def test_ports_and_health_are_those_of_the_service(service):
    name, container = service
    port = SERVICES[name].default_port
    assert container["ports"] == [f"{port}:{port}"]
    assert container["healthcheck"]["test"] == ["CMD", "huiyin", "health", f"127.0.0.1:{port}"]


def test_it_is_given_the_time_it_takes_to_stop(service):
    _, container = service
    fields = ServingSettings.model_fields
    needed = fields["drain_seconds"].default + fields["stop_seconds"].default
    assert int(container["stop_grace_period"].removesuffix("s")) > needed + 5


def test_the_image_brings_what_the_set_up_brings():
    setup = (ROOT / "scripts" / "setup").read_text()
    (packages,) = re.findall(r"FONTS_AND_LAYOUT=\((.*)\)", setup)
    assert all(package in DOCKERFILE for package in shlex.split(packages))
    (version,) = re.findall(r"UV_VERSION=(\S+)", setup)
    assert f"uv=={version}" in DOCKERFILE


def test_the_image_copies_every_package_of_the_wheel():
    copied = set(re.findall(r"^COPY (\w+) \./\1$", DOCKERFILE, re.MULTILINE))
    assert copied == {"huiyin", "rules_service", "docs_service", "service_kit"}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert all(f"!{package}" in ignored for package in (*copied, "rulesets"))


def test_the_command_of_the_file_serves_and_is_healthy(tmp_path, certificate, service):
    """The command, settings and health check of the file, with a certificate for another name."""
    _, container = service
    cert, key = certificate
    port = _free_port()
    (tmp_path / "tokens").write_text(f"{'0' * 64} evaluate nobody\n")
    environment = os.environ | {
        **{key: value for key, value in container["environment"].items() if key not in DATA_SETTINGS},
        "HUIYIN_TLS_CERT_FILE": str(cert),
        "HUIYIN_TLS_KEY_FILE": str(key),
        "HUIYIN_TOKENS_FILE": str(tmp_path / "tokens"),
        "HUIYIN_RULESETS": str(ROOT / "rulesets"),
        "HUIYIN_PORT": str(port),
        "HUIYIN_WORKERS": "1",
    }
    huiyin = [sys.executable, "-m", "huiyin"]
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen([*huiyin, *container["command"]], env=environment, stdout=log, stderr=log)
    try:
        health = [*huiyin, *container["healthcheck"]["test"][2:-1], f"127.0.0.1:{port}"]
        deadline = time.monotonic() + 90
        while (asked := subprocess.run(health, env=environment, capture_output=True, text=True)).returncode:
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, asked.stderr
        assert asked.stdout == f"127.0.0.1:{port} SERVING\n"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(40) == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
