"""What a service says that it has loaded is the same in every process, and another where the data are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.services import SERVICES
from rules_service import commands

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "rulesets"
LOAD = """
import sys
from concurrent.futures import ThreadPoolExecutor
import grpc
from huiyin.services import SERVICES
print(SERVICES[sys.argv[1]].load()(grpc.server(ThreadPoolExecutor(1))).data_digest)
"""


def loaded(service: str, seed: str) -> str:
    command = [sys.executable, "-c", LOAD, service]
    environment = os.environ | {"PYTHONHASHSEED": seed, "HUIYIN_RULESETS": str(SHIPPED)}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.mark.parametrize("service", SERVICES)
def test_two_processes_say_the_same_of_the_same_data(service):
    first = loaded(service, "1")
    assert first
    assert loaded(service, "2") == first


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("law/reg22-clocks.yaml", "title: ", "title: 新的"),
        ("vocabulary.yaml", "label: ", "label: 新的"),
        ("sources.yaml", "title: ", "title: 新的"),
        ("calendars/china.yaml", "[01-01]", "[01-02]"),
    ],
)
def test_a_rulebook_of_other_files_has_another_digest(tmp_path, file, old, new):
    folder = tmp_path / "rulesets"
    shutil.copytree(SHIPPED, folder)
    before = commands.load(folder).digest
    path = folder / file
    path.write_text(path.read_text().replace(old, new, 1))
    assert commands.load(folder).digest != before


def test_a_rulebook_with_other_adoptions_has_another_digest():
    adoptions = [ROOT / "examples/adoptions.yaml"]
    assert commands.load(SHIPPED, adoptions).digest != commands.load(SHIPPED).digest
