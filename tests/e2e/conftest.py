"""The rules service as it is served: a supervisor and its workers, asked over the wire."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.processes import ServiceProcess, services
from rules_service import commands
from rules_service.engine.rulebook import Rulebook

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rulesets and adoptions, for the service and for what it is compared with."""
    copied = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "rulesets", copied / "rulesets")
    shutil.copy(ROOT / "examples" / "adoptions.yaml", copied)
    return copied


@pytest.fixture(scope="session")
def rulebook(place: Path) -> Rulebook:
    return commands.load(place / "rulesets", [place / "adoptions.yaml"])


@pytest.fixture(scope="session")
def rules(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The rules service with two workers."""
    environment = {
        **os.environ,
        "HUIYIN_RULESETS": str(place / "rulesets"),
        "HUIYIN_ADOPTIONS": str(place / "adoptions.yaml"),
    }
    logs = tmp_path_factory.mktemp("logs")
    with services({"rules": ["--port", "0", "--workers", "2"]}, environment, logs) as started:
        yield started["rules"]


def workers_of(service: ServiceProcess) -> set[int]:
    """The processes that answer: the children of the supervisor. A bare machine has no ps to ask."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything; behind it stand the state and the parent.
            parent = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            if int(parent) == service.process.pid:
                found.add(int(stat.parent.name))
    return found
