"""Chained rules asked by the door."""

import json
from pathlib import Path

from rules_service import commands
from tests.rules_service.commands.asking import context, evaluate, matter, rulesets

RULES = """
ruleset: twice
title: 试
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: []
chains:
  - id: twice
    title: 两次
    when:
      a: {kind: weighed, number: ">= 2"}
      b: {kind: urging, matter: "= a.matter"}
    then: {finding: {kind: year_end_deduction, matter: a.matter}}
    basis: convention
    note: 试
"""
KIND = """kinds:
  weighed:
    label: 量
    english: Weighed
    fields: {matter: string, number: int, weight: decimal, noticed: datetime}
"""


def test_a_kind_may_have_fields_that_no_chain_can_compare(tmp_path: Path) -> None:
    folder = rulesets(tmp_path / "rulesets", twice=RULES)
    words = folder / "vocabulary.yaml"
    words.write_text(words.read_text(encoding="utf-8").replace("kinds:\n", KIND, 1), encoding="utf-8")
    fields = {"matter": "m1", "number": 2, "weight": "0.5", "noticed": "2024-05-06T08:00:00+08:00"}
    about = matter(related=[("weighed", fields), ("urging", {"matter": "m1"})])
    (finding,) = evaluate(commands.load(folder), "twice", about, context(at="2024-05-08")).findings
    assert finding.code == "year_end_deduction"
    assert [because["alias"] for because in json.loads(finding.because_json)] == ["a", "b"]
