"""A client in another language that has nothing of ours: it learns the contract by reflection."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf import json_format

from huiyin.examples import Example, find_examples, read_example
from huiyin.processes import ServiceProcess
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.e2e.conftest import ROOT

CLIENT = Path(__file__).parent / "reflection-client" / "call.mjs"
NODE = shutil.which("node")
MATTERS = [read_example(path) for path in find_examples(ROOT / "examples") if path.parent.name == "matters"]

pytestmark = pytest.mark.skipif(NODE is None, reason="没有 node：另一种语言的客户端不在这台机器上试。")


def call(address: str, method: str, request: str) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), str(CLIENT), address, "huiyin.rules.v1.RulesService", method]
    return subprocess.run(command, input=request, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("example", MATTERS, ids=lambda example: example.path.stem)
def test_node_assesses_an_example_as_python_does(
    rules: ServiceProcess, rulebook: Rulebook, example: Example
) -> None:
    request = example.assess_request()
    done = call(rules.address, "Assess", json_format.MessageToJson(request))
    assert done.returncode == 0, done.stderr
    command = commands.assess(rulebook, request, datetime.now(UTC))
    assert json.loads(done.stdout) == json.loads(json_format.MessageToJson(command))
    assert json.loads(done.stdout)["answer"]["decisions"]


def test_node_is_told_what_is_wrong(rules: ServiceProcess) -> None:
    done = call(rules.address, "Assess", json.dumps({"matter": {"factsJson": '{"chanel": "letter"}'}}))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: 3 ")
