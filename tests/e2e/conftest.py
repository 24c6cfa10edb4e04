"""The rules service as it is served: a supervisor and its workers, asked over the wire."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.processes import ServiceProcess, services

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The shipped rulesets with the adoptions of the examples, two workers."""
    environment = {
        **os.environ,
        "HUIYIN_RULESETS": str(ROOT / "rulesets"),
        "HUIYIN_ADOPTIONS": str(ROOT / "examples" / "adoptions.yaml"),
    }
    logs = tmp_path_factory.mktemp("logs")
    with services({"rules": ["--port", "0", "--workers", "2"]}, environment, logs) as started:
        yield started["rules"]


def workers_of(service: ServiceProcess) -> set[int]:
    """The processes that answer: the children of the supervisor."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(service.process.pid)], capture_output=True, text=True, check=False
    )
    return {int(pid) for pid in found.stdout.split()}
