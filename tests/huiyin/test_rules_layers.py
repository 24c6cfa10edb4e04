"""`huiyin rules layers` says of every rule below the law what it makes stricter or adds."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huiyin.cli import app
from rules_service.analysis.additions import Addition, additions, page

RULESETS = Path("rulesets")


@pytest.fixture(scope="module")
def rules() -> tuple[Addition, ...]:
    return additions(RULESETS)


def does(rules: tuple[Addition, ...], name: str) -> str:
    (one,) = (rule for rule in rules if f"{rule.ruleset}/{rule.rule}" == name)
    return one.does


def test_the_page_is_what_the_rulesets_say(rules: tuple[Addition, ...]) -> None:
    """`huiyin rules layers --out docs/layers.zh.md` writes it again."""
    assert Path("docs/layers.zh.md").read_text(encoding="utf-8") == page(rules)


def test_every_rule_below_the_law_makes_something_stricter_or_adds(rules: tuple[Addition, ...]) -> None:
    assert rules
    assert all(rule.does for rule in rules)
    assert len({(rule.ruleset, rule.rule) for rule in rules}) == len(rules)
    assert {rule.ruleset for rule in rules if not rule.pack} == {"simple-handling", "satisfaction"}


def test_what_a_rule_does_is_told_in_full(rules: tuple[Addition, ...]) -> None:
    assert does(rules, "simple-handling/simple_finish").startswith("收紧 `clocks/finish`")
    assert does(rules, "response-duty/leader_arrives").startswith("新增机关的职责，有期限")
    assert does(rules, "joint-letters-and-supervision/urged_and_supervised_still_open").startswith("新增认定")
    assert "要求出 B03、B11" in does(rules, "joint-letters-and-supervision/joint_letter/fifty_and_more")


def test_no_local_rule_offers_a_refusal(rules: tuple[Addition, ...]) -> None:
    local = [rule for rule in rules if rule.layer == "地方办法"]
    assert local
    assert not [rule for rule in local if "受理" in rule.does and "候选" in rule.does]


def test_programs_get_the_same_as_json() -> None:
    done = CliRunner().invoke(app, ["rules", "layers", "--json"])
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["rules"]) == len(additions(RULESETS))
