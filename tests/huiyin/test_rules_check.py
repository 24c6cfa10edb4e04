"""`huiyin rules check` on real files."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huiyin.cli import app

ROOT = Path(__file__).parents[2]
FINDINGS = ROOT / "tests" / "rules_service" / "findings"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(FINDINGS / "base", tmp_path / "base")
    shutil.copytree(ROOT / "rulesets" / "calendars", tmp_path / "base" / "calendars")
    return tmp_path / "base"


def run(*arguments: object):
    return CliRunner().invoke(app, ["rules", "check", *map(str, arguments)])


def test_quotes_are_checked_where_texts_are_given(base):
    wrong = FINDINGS / "Q007-quote-not-found.yaml"
    assert run(wrong, "--rulesets", base).exit_code == 0
    result = run(wrong, "--rulesets", base, "--sources", base / "texts")
    assert result.exit_code == 1
    assert "最接近的是" in result.stdout
    assert run(wrong, "--rulesets", base, "--sources", base / "nowhere").exit_code == 1


def test_what_asks_for_nothing_is_listed_only_when_asked_for(base):
    gap = FINDINGS / "T001-gap.yaml"
    assert run(gap, "--rulesets", base).stdout == ""
    assert "1 处说明（--info 列出）" in run(gap, "--rulesets", base).stderr
    assert run(gap, "--rulesets", base, "--info").stdout.startswith("· ")


def test_json_holds_the_coverage_of_every_table(base):
    told = json.loads(run(FINDINGS / "E004-row-without-example.yaml", "--rulesets", base, "--json").stdout)
    assert (told["errors"], told["warnings"]) == (0, 1)
    assert told["coverage"][0]["missed"] == ["b"]
