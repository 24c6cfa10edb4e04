"""The demo with both services as they are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("matters", "offices", "affairs")
EXAMPLES = sorted(path.stem for kind in KINDS for path in (ROOT / "examples" / kind).glob("*.yaml"))


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "huiyin", "demo", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    result = demo("--json", "--out", str(out))
    return result, {Path(it["example"]).stem: it for it in json.loads(result.stdout)}


def test_every_example_is_told_without_a_problem(told):
    result, outcomes = told
    assert sorted(outcomes) == EXAMPLES
    assert [problem for outcome in outcomes.values() for problem in outcome["problems"]] == []
    assert result.returncode == 0
    assert all(outcome["answer"]["decision_id"] for outcome in outcomes.values())


def test_papers_are_set_in_both_formats(told):
    _, outcomes = told
    files = [Path(file) for outcome in outcomes.values() for file in outcome["files"]]
    assert files
    signatures = {".docx": b"PK\x03\x04", ".pdf": b"%PDF-"}
    for file in files:
        assert file.read_bytes().startswith(signatures[file.suffix])
    assert {file.with_suffix("") for file in files if file.suffix == ".pdf"} == {
        file.with_suffix("") for file in files if file.suffix == ".docx"
    }


def test_a_broken_example_does_not_hide_the_others(tmp_path):
    matters = tmp_path / "examples" / "matters"
    matters.mkdir(parents=True)
    (matters / "1-broken.yaml").write_text("matter: [\n")
    (matters / "2-refused.yaml").write_text("title: 甲\nmatter: {facts: {no_such_fact: 1}}\n")
    (matters / "3-good.yaml").write_text("title: 乙\nat: 2024-06-03\nmatter: {facts: {channel: letter}}\n")
    result = demo("--examples", str(tmp_path / "examples"), "--out", str(tmp_path / "out"))
    assert result.returncode == 1
    assert "1/3  1-broken" in result.stdout
    assert "3/3  乙" in result.stdout
    assert "规则的结论" in result.stdout
    assert "2 个示例有失败" in result.stdout
    assert "YAML 写法有误" in result.stderr
    assert "no_such_fact" in result.stderr
    assert all(len(line) <= 100 for line in result.stdout.splitlines())
    assert not any(line.endswith(" ") for line in result.stdout.splitlines())
