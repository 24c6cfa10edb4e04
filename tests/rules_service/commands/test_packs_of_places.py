"""A pack names the place it was written for; elsewhere it may be adopted, and the answer says so."""

from pathlib import Path

import pytest

from huiyin.rules.v1 import answer_pb2
from rules_service import commands
from tests.rules_service.commands.asking import assess, context, matter, rulesets

RULES = """
ruleset: placed
title: 某县办法
subject: matter
layer: local
pack: S004
jurisdiction: "640425"
source: S004
in_force_from: 2022-05-01
inputs: [channel]
tables:
  - id: t
    title: 试
    hit: UNIQUE
    in: [channel]
    out: {told: {type: string, label: 结果}}
    rows:
      - {id: letter, if: [letter], then: [书信], basis: convention, note: 试}
"""


@pytest.mark.parametrize(
    ("adopted_by", "asked_in", "said"),
    [
        ("640425", "640425", []),
        ("640425", "640425001", []),
        ("990101", "990101", ["placed"]),
        ("640000", "640422", ["placed"]),
    ],
)
def test_adoption_elsewhere_is_said(adopted_by: str, asked_in: str, said: list[str], tmp_path: Path) -> None:
    adoptions = tmp_path / "adoptions.yaml"
    adoptions.write_text(
        f"adoptions: [{{pack: S004, office: 试, jurisdiction: '{adopted_by}', in_force_from: 2023-01-01,"
        " review_by: 2026-12-31}]\n",
        encoding="utf-8",
    )
    book = commands.load(rulesets(tmp_path / "rulesets", placed=RULES), [adoptions])
    answer = assess(book, matter({"channel": "letter"}), context(at="2024-05-06", place=asked_in))
    assert [decision.ruleset for decision in answer.decisions] == ["placed"]
    elsewhere = answer_pb2.Reliance.KIND_ADOPTED_ELSEWHERE
    assert [one.place for one in answer.rests_on if one.kind == elsewhere] == said
