"""Answers straight from bytes are those of the longer way, whatever types the rules look at."""

import json
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.evaluation import (
    batch_evaluate_raw,
    batch_evaluate_serialized,
    evaluate_raw,
    evaluate_serialized,
)
from rules_service.commands.straight import StraightAnswers
from tests.reference.profile import examples
from tests.rules_service.commands.asking import NOW, context, stamp
from tests.rules_service.commands.plain_questions import (
    CHAINS,
    ROW,
    VOCABULARY,
    answered,
    careful,
    loaded,
    question,
    questions,
    rulebook,
    straight,
)


@examples(1500, 50_000)
@given(questions())
def test_an_answer_from_bytes_is_the_answer_from_a_message(raw: bytes) -> None:
    assert answered(raw, straight()) == careful(raw)


@examples(150, 5000)
@given(st.lists(questions(), min_size=1, max_size=5))
def test_a_batch_from_bytes_is_the_batch_from_a_message(raws: list[bytes]) -> None:
    requests = [pb.EvaluateRequest.FromString(raw) for raw in raws]
    batch = pb.BatchEvaluateRequest(
        ruleset=requests[0].ruleset,
        context=requests[0].context,
        matters=[request.matter for request in requests],
    )
    told = batch_evaluate_raw(straight(), batch.SerializeToString(), lambda: NOW)
    assert told == batch_evaluate_serialized(rulebook(), batch, NOW)


def test_a_moment_told_twice_is_the_later_one() -> None:
    plain = question(random.Random(4))
    asked = pb.EvaluateRequest.FromString(plain)
    earlier = pb.EvaluateRequest(ruleset=asked.ruleset, context=common_pb2.Context())
    earlier.context.at.FromDatetime(NOW - timedelta(days=900))
    named, twice = pb.EvaluateRequest(ruleset=asked.ruleset), earlier.context.SerializeToString()
    told = twice + asked.context.SerializeToString()
    about = pb.EvaluateRequest(matter=asked.matter).SerializeToString()
    raw = named.SerializeToString() + b"\x12" + bytes((len(told),)) + told + about
    assert answered(raw, straight()) == careful(raw) == careful(plain)


def test_much_that_fires_at_once_and_long_contexts_are_answered_and_not_kept() -> None:
    letters = [
        {"matter": "m1", "size": "large", "day": f"2024-01-{day:02}", "pages": 1, "signed": True}
        for day in range(1, 15)
    ]
    matter = common_pb2.Matter(matter_id="m1", facts_json='{"people":1}')
    for letter in letters:
        matter.related_facts.add(kind="letter", facts_json=json.dumps(letter))
    asked = context(at="2026-06-01", view=common_pb2.VIEW_IDS)
    raw = pb.EvaluateRequest(ruleset="chains", context=asked, matter=matter).SerializeToString()
    assert answered(raw, straight()) == careful(raw)
    assert len(pb.EvaluateResponse.FromString(careful(raw)).answer.findings) == 1
    asked.pinned_revisions.extend(["tables@x"] * 100)
    raw = pb.EvaluateRequest(ruleset="chains", context=asked, matter=matter).SerializeToString()
    assert straight().evaluate(raw, lambda: NOW) is None


def test_more_sums_than_are_kept_are_still_answered_from_bytes() -> None:
    rows = ""
    for number in range(13):
        cells = ", ".join("true" if one == number else "-" for one in range(13))
        rows += f'      - {{id: r{number}, if: [{cells}], then: ["{2**number}"], {ROW}}}\n'
    names = [f"n{number}" for number in range(13)]
    table = f"""ruleset: sums
title: 和
subject: matter
layer: law
source: B
in_force_from: 2020-01-01
inputs: [{", ".join(names)}]
tables:
  - id: sum
    title: 和
    hit: COLLECT
    aggregate: sum
    in: [{", ".join(names)}]
    out: {{all: {{type: int, label: 和}}}}
    rows:
{rows}  - id: large
    title: 大
    hit: FIRST
    in: [sum.all]
    out: {{large: {{type: bool, label: 大}}}}
    rows:
      - {{id: large, if: [">= 8000"], then: ["true"], {ROW}}}
"""
    facts = "".join(f"  {name}: {{type: bool, label: 数, english: N, purpose: 试}}\n" for name in names)
    own = loaded(VOCABULARY.replace("facts:\n", f"facts:\n{facts}"), sums=table)
    answers = StraightAnswers(own)
    asked = context(at="2026-06-01", view=common_pb2.VIEW_IDS)
    slow = 0
    for number in range(2**13):
        told = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        matter = common_pb2.Matter(matter_id="m1", facts_json=json.dumps(told))
        raw = pb.EvaluateRequest(ruleset="sums", context=asked, matter=matter).SerializeToString()
        answer = answers.evaluate(raw, lambda: NOW)
        slow += answer is None
        if answer is not None and not number % 500:
            assert answer == evaluate_serialized(own, pb.EvaluateRequest.FromString(raw), NOW)
    assert slow <= 4


@pytest.mark.parametrize("facts", [500, 600])
@pytest.mark.parametrize("fields", [16, 17, 300])
@pytest.mark.parametrize("beside", [32, 33])
def test_what_is_wider_than_the_short_path_holds_is_answered_too(
    facts: int, fields: int, beside: int
) -> None:
    wide = "".join(
        f"  n{number}: {{type: int, label: 数, english: N, purpose: 试}}\n" for number in range(facts)
    )
    names = [f"f{number}" for number in range(fields)]
    kind = f"kinds:\n  wide: {{label: 宽, english: Wide, fields: {{{': int, '.join(names)}: int}}}}\n"
    chain = f"""chains:
  - id: last
    title: 末一项
    when: {{a: {{kind: wide, {names[-1]}: ">= 1"}}}}
    then: {{finding: {{kind: noted, last: a.{names[-1]}}}}}
    basis: convention
    note: 试
"""
    own = loaded(
        VOCABULARY.replace("facts:\n", f"facts:\n{wide}").replace("kinds:\n", kind),
        chains=CHAINS.partition("chains:\n")[0] + chain,
    )
    matter = common_pb2.Matter(matter_id="m1", facts_json=f'{{"n{facts - 1}":1}}')
    for number in range(beside):
        told = json.dumps(dict.fromkeys(names, number))
        matter.related_facts.add(kind="wide", facts_json=told)
    request = pb.EvaluateRequest(ruleset="chains", context=context(at="2026-06-01"), matter=matter)
    raw = request.SerializeToString()
    answers = StraightAnswers(own)
    is_held = facts <= 503 and fields <= 16 and beside <= 32
    assert (answers.evaluate(raw, lambda: NOW) is not None) == is_held
    answer = evaluate_raw(answers, raw, lambda: NOW)
    assert answer == evaluate_serialized(own, request, NOW)
    assert len(pb.EvaluateResponse.FromString(answer).answer.findings) == beside - 1


@pytest.mark.parametrize("first", ["2018-06-01", "2026-06-01"])
def test_a_pin_that_hangs_on_the_day_asked_on_is_looked_at_each_day(first: str) -> None:
    """On a day of law before it was in force, a revision is tried only while it has never been in force."""
    (tables,) = rulebook().rulesets["tables"]
    asked = pb.EvaluateRequest.FromString(question(random.Random(1), people=3))
    asked.context.as_of = "2018-01-01"
    asked.context.pinned_revisions.append(f"tables@{tables.ruleset.revision}")
    answers = StraightAnswers(rulebook())
    decisions = {}
    for at in (first, "2018-06-01", "2026-06-01"):
        asked.context.at.CopyFrom(stamp(at))
        raw = asked.SerializeToString()
        assert answered(raw, answers) == careful(raw)
        decisions[at] = len(pb.EvaluateResponse.FromString(careful(raw)).answer.decisions)
    assert decisions == {"2018-06-01": 4, "2026-06-01": 0}
