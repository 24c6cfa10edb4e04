"""A plain question is answered from its bytes with what the longer way says of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.commands.evaluation import (
    batch_evaluate_raw,
    batch_evaluate_serialized,
    evaluate_raw,
    evaluate_serialized,
)
from rules_service.commands.straight import StraightAnswers
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from tests.reference.profile import examples
from tests.rules_service.commands.asking import NOW, context, matter, rulesets

PLAIN = """
ruleset: plain
title: 表和链式规则
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, joint_count]
tables:
  - id: size
    title: 人数
    hit: UNIQUE
    in: [joint_count]
    out: {size: {type: string, label: 规模}}
    rows:
      - {id: few, if: ["< 5"], then: [few], basis: convention, note: 试}
      - {id: many, if: [">= 5"], then: [many], basis: convention, note: 试}
  - id: route
    title: 去向
    hit: RULE ORDER
    in: [channel, size.size]
    out: {to: {type: string, label: 去向}}
    rows:
      - {id: letter, if: [letter, "-"], then: [mail], basis: convention, note: 试}
      - {id: crowd, if: ["-", '"many"'], then: [hall], basis: unverified, note: 试}
      - {id: called, if: [visit, "-"], then: [desk], basis: convention, note: 试, candidates: [not_accepted]}
"""
CHAINS = """
chains:
  - id: urged_twice
    title: 催办以后又督办
    when:
      u: {kind: urging}
      s: {kind: supervision, matter: "= u.matter"}
    then: {finding: {kind: year_end_deduction, matter: u.matter}}
    basis: convention
    note: 试
"""
WITH_PAPERS = """    papers: [B11]
"""
OLDER = (
    PLAIN.replace("2022-05-01", "2005-05-01\nin_force_to: 2022-04-30")
    .replace('"< 5"', '"< 9"')
    .replace('">= 5"', '">= 9"')
)
ELSEWHERE = (
    (PLAIN.replace("ruleset: plain", "ruleset: elsewhere") + CHAINS)
    .replace("layer: law", "layer: local\npack: S004\njurisdiction: 640425")
    .replace("source: REG22", "source: S004")
    .replace(", candidates: [not_accepted]", "")
)
OFFICE = """
ruleset: office
title: 只说机关
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [office_kind]
tables:
  - id: kind
    title: 类别
    each: office
    hit: UNIQUE
    in: [office_kind]
    out: {told: {type: string, label: 说明}}
    rows:
      - {id: township, if: [township], then: [乡镇], basis: convention, note: 试}
"""
RULESETS = ("plain", "chained", "calling", "elsewhere", "office")


@cache
def rulebook() -> Rulebook:
    with TemporaryDirectory() as folder:
        return commands.load(
            rulesets(
                Path(folder) / "rulesets",
                plain=PLAIN,
                older=OLDER,
                elsewhere=ELSEWHERE,
                office=OFFICE,
                chained=PLAIN.replace("ruleset: plain", "ruleset: chained") + CHAINS,
                calling=PLAIN.replace("ruleset: plain", "ruleset: calling") + CHAINS + WITH_PAPERS,
            )
        )


@cache
def straight() -> StraightAnswers:
    return StraightAnswers(rulebook())


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(
            ["letter", "letter", "online", "online", "visit", None, "no_such_channel"]
        ),
        "joint_count": st.sampled_from([1, 4, 5, 7, 8, 9, 10, 60, None, -1, "5", 2.5]),
        "repeat": st.sampled_from([True, False, False, 1]),
        "office_kind": st.just("township"),
    },
)
RELATED = st.lists(
    st.tuples(
        st.sampled_from(["urging", "supervision", "supervision", "overdue_matter", "no_such_kind"]),
        st.sampled_from([{"matter": "m1"}, {"matter": "m1"}, {"matter": "信2"}, {"matter": 1}, {}]),
    ),
    max_size=3,
)
VIEWS = (0, common_pb2.VIEW_IDS, common_pb2.VIEW_REASONS, common_pb2.VIEW_FULL)
AT = st.sampled_from(
    [
        None,
        "2026-06-01",
        "2024-02-29T23:59:59",
        "2022-04-30T16:00:00Z",
        "2022-04-30T15:59:59Z",
        "1970-01-01T00:00:00Z",
    ]
)


@st.composite
def matters(draw: st.DrawFn) -> common_pb2.Matter:
    message = matter(
        draw(FACTS),
        related=draw(RELATED),
        matter_id=draw(st.sampled_from(["m1", "m-2", "件三", "", "m" * 130])),
    )
    if not draw(st.integers(0, 9)):
        message.unknown_facts.append("channel")
    if not draw(st.integers(0, 9)):
        message.facts_json = json.dumps({"joint_count": 3, "channel": "letter"}) + draw(
            st.sampled_from([" ", "x"])
        )
    return message


@st.composite
def contexts(draw: st.DrawFn) -> common_pb2.Context:
    at = draw(AT)
    asked = context(
        **({} if at is None else {"at": at}),
        as_of=draw(st.sampled_from(["", "", "2024-05-06", "2021-05-06", "2024-02-30"])),
        view=draw(st.sampled_from(VIEWS)),
    )
    if at is not None:
        asked.at.nanos = draw(st.sampled_from([0, 0, 123_456_000, 123_456_789, -5]))
    asked.jurisdiction = draw(st.sampled_from(["", "990101", "640425", "640425001", "99"]))
    if not draw(st.integers(0, 9)):
        asked.pinned_revisions.append("plain@no_such_revision")
    return asked


def outcome(answer: Callable[[], bytes]) -> object:
    """The bytes of an answer, or what is wrong with the question."""
    try:
        return answer()
    except RefusedError as refused:
        return refused.refusal, refused.problems
    except DecodeError:
        return "unreadable"


def spoilt(draw: st.DrawFn, raw: bytes) -> bytes:
    """The bytes of a question, now and then with a few of them changed."""
    if draw(st.integers(0, 2)):
        return raw
    begin = draw(st.integers(0, len(raw)))
    end = draw(st.integers(begin, min(len(raw), begin + 3)))
    return raw[:begin] + draw(st.binary(max_size=3)) + raw[end:]


def of_one(raw: bytes) -> tuple[object, object]:
    return (
        outcome(lambda: evaluate_raw(straight(), raw, lambda: NOW)),
        outcome(lambda: evaluate_serialized(rulebook(), pb.EvaluateRequest.FromString(raw), NOW)),
    )


def of_many(raw: bytes) -> tuple[object, object]:
    return (
        outcome(lambda: batch_evaluate_raw(straight(), raw, lambda: NOW)),
        outcome(lambda: batch_evaluate_serialized(rulebook(), pb.BatchEvaluateRequest.FromString(raw), NOW)),
    )


@examples(400, 20000)
@given(st.data())
def test_a_question_is_answered_from_its_bytes_as_from_a_message(data: st.DataObject) -> None:
    request = pb.EvaluateRequest(
        ruleset=data.draw(st.sampled_from(RULESETS)),
        context=data.draw(contexts()),
        matter=data.draw(matters()),
    )
    short, long = of_one(spoilt(data.draw, request.SerializeToString()))
    assert short == long


@examples(200, 10000)
@given(st.data())
def test_a_batch_is_answered_from_its_bytes_as_from_a_message(data: st.DataObject) -> None:
    request = pb.BatchEvaluateRequest(
        ruleset=data.draw(st.sampled_from(RULESETS)),
        context=data.draw(contexts()),
        matters=data.draw(st.lists(matters(), max_size=4)),
    )
    short, long = of_many(spoilt(data.draw, request.SerializeToString()))
    assert short == long


@pytest.mark.parametrize("ruleset", ["plain", "chained"])
def test_what_a_case_system_asks_most_goes_the_short_way(ruleset: str) -> None:
    request = pb.EvaluateRequest(
        ruleset=ruleset, context=context(), matter=matter({"channel": "letter", "joint_count": 3})
    )
    request.matter.related_facts.add(kind="urging", facts_json='{"matter":"m1"}')
    request.matter.related_facts.add(kind="supervision", facts_json='{"matter":"m1"}')
    for moment in (None, NOW, NOW + timedelta(days=400, microseconds=7)):
        if moment is not None:
            request.context.at.FromDatetime(moment)
        answer = straight().evaluate(request.SerializeToString(), lambda: NOW)
        assert answer is not None
        told = evaluate_serialized(rulebook(), request, NOW)
        assert answer == told
        assert [f.code for f in pb.EvaluateResponse.FromString(told).answer.findings] == (
            ["year_end_deduction"] if ruleset == "chained" else []
        )


def test_a_moment_with_fields_that_no_moment_has_is_answered_as_from_a_message() -> None:
    moment = context(at="2026-06-01").at.SerializeToString() + b"\x1a\x06990101"
    asked = b"\x0a" + bytes((len(moment),)) + moment
    raw = pb.EvaluateRequest(ruleset="plain").SerializeToString() + b"\x12" + bytes((len(asked),)) + asked
    about = pb.EvaluateRequest(matter=matter({"channel": "letter", "joint_count": 3}))
    short, long = of_one(raw + about.SerializeToString())
    assert isinstance(short, bytes)
    assert short == long


def test_a_ruleset_about_offices_is_refused_the_short_way_too() -> None:
    request = pb.EvaluateRequest(
        ruleset="office", context=context(at="2026-06-01"), matter=matter({"office_kind": "township"})
    )
    short, long = of_one(request.SerializeToString())
    assert short == long
    with pytest.raises(RefusedError, match="office"):
        evaluate_raw(straight(), request.SerializeToString(), lambda: NOW)


def test_a_message_whose_fields_come_in_another_order_has_the_same_answer() -> None:
    about, asked = (
        pb.EvaluateRequest(matter=matter({"joint_count": 7})),
        pb.EvaluateRequest(ruleset="plain", context=context(at="2026-06-01")),
    )
    usual, unusual = (
        asked.SerializeToString() + about.SerializeToString(),
        about.SerializeToString() + asked.SerializeToString(),
    )
    assert evaluate_raw(straight(), usual, lambda: NOW) == evaluate_raw(straight(), unusual, lambda: NOW)


def test_a_matter_is_answered_alone_as_in_a_batch() -> None:
    asked = context(at="2026-06-01")
    about = [
        matter({"joint_count": count, "channel": "letter"}, matter_id=f"m{count}") for count in (1, 7, 1)
    ]
    batch = pb.BatchEvaluateRequest(ruleset="plain", context=asked, matters=about).SerializeToString()
    items = pb.BatchEvaluateResponse.FromString(batch_evaluate_raw(straight(), batch, lambda: NOW)).items
    alone = [
        pb.EvaluateResponse.FromString(
            evaluate_raw(
                straight(),
                pb.EvaluateRequest(ruleset="plain", context=asked, matter=one).SerializeToString(),
                lambda: NOW,
            )
        ).answer
        for one in about
    ]
    assert [item.answer for item in items] == alone
    assert len({answer.decision_id for answer in alone}) == 2
