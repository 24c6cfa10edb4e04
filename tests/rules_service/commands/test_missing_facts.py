"""What would decide more is asked by those rules only that speak."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from rules_service import commands
from rules_service.language.model.subjects import Subject
from tests.rules_service.commands.asking import (
    PLACE,
    assess,
    context,
    evaluate,
    matter,
    rulesets,
    shipped,
)

BEHIND = """
ruleset: behind
title: 表后面的表
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, representatives, repeat]
tables:
  - {id: form, title: 形式, hit: UNIQUE, in: [channel], out: {told: {type: string, label: 结果}}, rows: [
      {id: written, if: [letter], then: [书面], REST}, {id: other, if: [not(letter)], then: [其他], REST}]}
  - {id: size, title: 规模, hit: UNIQUE, in: [form.told, representatives],
     out: {told: {type: string, label: 结果}}, rows: [{id: many, if: ['"其他"', ">= 5"], then: [多], REST}]}
  - {id: last, title: 处理, hit: UNIQUE, in: [size.told, repeat], out: {told: {type: string, label: 结果}},
     rows: [{id: again, if: ['"多"', "true"], then: [再来], REST}]}
duties:
  - {id: answers, title: 答复, concept: handled, who: competent_organ, when: {size.told: '"多"'},
     due: {from: received, add: 10, count: calendar_days}, met_by: [opinion_issued], REST}
"""


def test_rules_that_do_not_speak_ask_for_nothing() -> None:
    """In 2024 the old regulation is over, and packs adopted in 2026 still sleep."""
    about = matter({"channel": "letter", "category": "appeal"}, [{"type": "received", "at": "2024-03-01"}])
    answer = assess(shipped(), about, context(at="2024-03-05"))
    asking = {place.split("/")[0] for fact in answer.missing_facts for place in fact.would_decide}
    speaking = {
        name
        for name, slices in shipped().rulesets.items()
        for part in slices
        if part.ruleset.subject is Subject.MATTER
        and part.ruleset.in_force_on(date(2024, 3, 5))
        and shipped().awake(part.ruleset, PLACE, date(2024, 3, 5))
    }
    assert asking
    assert asking <= speaking


@pytest.mark.parametrize(
    ("facts", "unknown", "wanted"),
    [
        (
            {},
            (),
            {
                "channel": ["form", "size", "last", "answers"],
                "representatives": ["size", "last", "answers"],
                "repeat": ["last"],
            },
        ),
        (
            {"representatives": 6},
            ("channel",),
            {"channel": ["form", "size", "last", "answers"], "repeat": ["last"]},
        ),
        ({"channel": "visit"}, (), {"representatives": ["size", "last", "answers"], "repeat": ["last"]}),
        ({"channel": "letter"}, (), {}),
        ({"representatives": 2, "repeat": True}, (), {"channel": ["form"]}),
    ],
)
def test_a_fact_behind_an_undecided_table_would_decide_what_hangs_on_that_table(
    facts: dict[str, object], unknown: Sequence[str], wanted: dict[str, list[str]], tmp_path: Path
) -> None:
    text = BEHIND.replace("REST", "basis: convention, note: 试")
    rulebook = commands.load(rulesets(tmp_path / "r", behind=text))
    about = matter(facts, [{"type": "received", "at": "2026-05-06"}], unknown=unknown)
    answer = evaluate(rulebook, "behind", about, context(at="2026-05-07"))
    found = {fact.name: [place.split("/")[1] for place in fact.would_decide] for fact in answer.missing_facts}
    assert found == wanted
    assert {fact.name for fact in answer.missing_facts if fact.unknown} == set(unknown)
