"""The contract reads well to tools, and the Python in the tree is what its protos say."""

import filecmp
import subprocess
import sys
from pathlib import Path

from huiyin.docs.v1 import docs_service_pb2
from huiyin.rules.v1 import rules_service_pb2
from huiyin.services import SERVICES

ROOT = Path(__file__).parents[1]


def test_buf_has_nothing_to_say():
    buf = Path(sys.executable).with_name("buf")
    lint = subprocess.run([buf, "lint"], cwd=ROOT / "proto", capture_output=True, text=True, check=False)
    assert (lint.returncode, lint.stdout + lint.stderr) == (0, "")


def test_the_generated_code_is_what_the_protos_say(tmp_path):
    subprocess.run([sys.executable, ROOT / "proto" / "generate.py", tmp_path], check=True)
    fresh = {path.relative_to(tmp_path) for path in tmp_path.rglob("*_pb2*.py*")}
    kept = {
        path.relative_to(ROOT)
        for part in ("rules", "docs")
        for path in (ROOT / "huiyin" / part / "v1").glob("*_pb2*.py*")
    }
    assert fresh == kept
    stale = [path for path in sorted(fresh) if not filecmp.cmp(tmp_path / path, ROOT / path, shallow=False)]
    assert stale == [], "run make proto"


def test_every_method_has_a_role():
    methods = {
        f"/{service.full_name}/{method.name}"
        for module in (rules_service_pb2, docs_service_pb2)
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }
    assert {method for definition in SERVICES.values() for method in definition.roles} == methods
