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

LEVELS = """
ruleset: levels
title: 整件和各项
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, category, repeat]
tables:
  - {id: form, title: 形式, hit: UNIQUE, in: [channel], out: {told: {type: string, label: 结果}}, rows: [
      {id: written, if: [letter], then: [书面], REST}, {id: other, if: [not(letter)], then: [其他], REST}]}
  - {id: size, title: 处理, each: request, hit: UNIQUE, in: [form.told, category],
     out: {told: {type: string, label: 结果}}, rows: [{id: many, if: ['"其他"', appeal], then: [多], REST}]}
  - {id: last, title: 再来, each: request, hit: UNIQUE, in: [size.told, repeat],
     out: {told: {type: string, label: 结果}}, rows: [{id: again, if: ['"多"', "true"], then: [再来], REST}]}
duties:
  - {id: answers, title: 答复, each: request, concept: handled, who: competent_organ,
     when: {form.told: '"其他"'}, due: {from: received, add: 10, count: calendar_days},
     met_by: [opinion_issued], REST}
"""
LENGTHS = """
ruleset: lengths
title: 到哪一天
subject: matter
layer: local
pack: S004
source: S004
in_force_from: 2022-05-01
inputs: [informed_at, channel, representatives]
tables:
  - {id: wait, title: 等多久, hit: UNIQUE, in: [channel], out: {days: {type: int, label: 天数}}, rows: [
      {id: written, if: [letter], then: [5], REST}, {id: other, if: [not(letter)], then: [8], REST}]}
duties:
  - {id: told, title: 到那天, concept: first_notice, who: competent_organ,
     due: {from: received, until: informed_at}, met_by: [told_in_writing],
     papers: [{paper: N02, when: {wait.days: "5"}}],
     ends: [{by: withdrawn_by_petitioner, as: void, REST}], REST}
  - {id: people, title: 推定, concept: handled, who: competent_organ, met_by: [opinion_issued],
     due: {from: accepted, add: 10, count: calendar_days,
           presumed: {from: received, add: representatives, count: calendar_days}}, REST}
  - {id: waits, title: 推定, concept: registered, who: competent_organ, met_by: [opinion_issued],
     due: {from: accepted, add: 10, count: calendar_days,
           presumed: {from: received, add: wait.days, count: calendar_days}}, REST}
"""
RECEIVED = {"type": "received", "at": "2026-05-06"}


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


@pytest.mark.parametrize(
    ("facts", "unknown", "events", "wanted"),
    [
        (
            {},
            ("informed_at",),
            [RECEIVED],
            {"channel": ["wait", "waits"], "representatives": ["people"], "informed_at": ["told"]},
        ),
        ({"informed_at": None, "representatives": None, "channel": None}, (), [RECEIVED], {}),
        (
            {"informed_at": "2026-05-20T09:00:00+08:00", "representatives": 3, "channel": "letter"},
            (),
            [RECEIVED],
            {},
        ),
        ({"channel": "letter"}, (), [], {}),
        (
            {"channel": "letter", "representatives": 3},
            (),
            [RECEIVED, {"type": "withdrawn_by_petitioner", "at": "2026-05-07"}],
            {},
        ),
    ],
)
def test_a_fact_is_missing_that_says_until_when_a_duty_runs_or_when_it_is_presumed_to_start(
    facts: dict[str, object],
    unknown: Sequence[str],
    events: Sequence[dict[str, object]],
    wanted: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    text = LENGTHS.replace("REST", "basis: convention, note: 试")
    rulebook = commands.load(rulesets(tmp_path / "r", lengths=text))
    answer = evaluate(rulebook, "lengths", matter(facts, events, unknown=unknown), context(at="2026-05-08"))
    found = {fact.name: [place.split("/")[1] for place in fact.would_decide] for fact in answer.missing_facts}
    assert found == wanted
    assert {fact.name for fact in answer.missing_facts if fact.unknown} == set(unknown)


@pytest.mark.parametrize("unknown", [(), ("channel",)])
def test_what_hangs_for_a_request_on_a_table_about_the_whole_stands_under_the_fact_of_the_whole(
    unknown: Sequence[str], tmp_path: Path
) -> None:
    text = LEVELS.replace("REST", "basis: convention, note: 试")
    rulebook = commands.load(rulesets(tmp_path / "r", levels=text))
    requests = {"a": {"category": "appeal", "channel": "visit"}, "b": {"category": "appeal", "repeat": False}}
    about = matter({}, [RECEIVED], unknown=unknown, requests=requests)
    for _ in range(2):
        answer = evaluate(rulebook, "levels", about, context(at="2026-05-07"))
        found = {
            (fact.name, fact.request_id, fact.unknown): [place.split("/")[1] for place in fact.would_decide]
            for fact in answer.missing_facts
        }
        assert found == {
            ("channel", "", bool(unknown)): ["form", "size", "last", "answers"],
            ("repeat", "a", False): ["last"],
        }
