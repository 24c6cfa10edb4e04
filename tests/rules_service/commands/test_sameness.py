"""The same question to the same revisions gives the same answer: bytes, ids, views, batches, processes."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.examples import find_examples, read_example
from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.reference.profile import examples
from tests.rules_service.commands.asking import (
    ADOPTIONS,
    NOW,
    SHIPPED,
    assess,
    context,
    evaluate,
    matter,
    rulesets,
    shipped,
    stamp,
)
from tests.rules_service.commands.generated_matters import Story, stories

EXAMPLES = [path for path in find_examples(Path("examples")) if path.parent.name == "matters"]
VIEWS = (common_pb2.VIEW_IDS, common_pb2.VIEW_REASONS, common_pb2.VIEW_FULL)

WEIGHTS = """
ruleset: weights
title: 试
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [weight]
tables:
  - id: heavy
    title: 试
    hit: UNIQUE
    in: [weight]
    out: {heavy: {type: bool, label: 试}}
    rows: [{id: heavy, if: [">= 2"], then: ["true"], basis: convention, note: 试}]
"""
PRINT_DIGESTS = """
import hashlib, sys
from datetime import UTC, datetime
from pathlib import Path
from huiyin.examples import find_examples, read_example
from huiyin.rules.v1 import common_pb2
from rules_service import commands
rulebook = commands.load(Path("rulesets"), [Path("examples/adoptions.yaml")])
for path in find_examples(Path("examples")):
    example = read_example(path)
    if example.affair is not None:
        request = example.assess_affair_request(common_pb2.VIEW_FULL)
        response = commands.assess_affair(rulebook, request, datetime.now(UTC))
    elif example.office is None:
        response = commands.assess(rulebook, example.assess_request(common_pb2.VIEW_FULL), datetime.now(UTC))
    else:
        parts = example.assess_office_requests(common_pb2.VIEW_FULL)
        response = commands.assess_office(rulebook, parts, datetime.now(UTC))
    print(path.name, hashlib.sha256(response.SerializeToString()).hexdigest())
"""


def test_processes_with_different_hash_seeds_give_the_same_bytes() -> None:
    def told(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGESTS], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    first = told("1")
    assert len(first.splitlines()) == len(find_examples(Path("examples")))
    assert first == told("2")


@examples(100, 3000)
@given(stories(), st.sampled_from(VIEWS))
def test_the_servers_clock_is_nowhere_in_an_answer_whose_moment_is_given(
    story: Story, view: common_pb2.View.ValueType
) -> None:
    asked = context(at=story.at, as_of="2024-06-01", view=view)
    request = pb.AssessRequest(context=asked, matter=story.message())
    later = stamp("2030-01-01").ToDatetime(NOW.tzinfo)
    first, second = (
        commands.assess(shipped(), request, now).SerializeToString(deterministic=True) for now in (NOW, later)
    )
    assert first == second


@examples(150, 5000)
@given(st.data())
def test_the_order_in_which_events_are_told_does_not_matter(data: st.DataObject) -> None:
    """Events of one moment stay in the order told; the digest of the question is another."""
    story = data.draw(stories())
    message = story.message()
    shuffled = common_pb2.Matter()
    shuffled.CopyFrom(message)
    del shuffled.events[:]
    moments = [event.at.seconds for event in message.events]
    order = data.draw(st.permutations(range(len(moments))))
    if len(set(moments)) == len(moments):
        shuffled.events.extend(message.events[number] for number in order)
    else:
        shuffled.events.extend(message.events)
    first, second = (assess(shipped(), about, context(at=story.at)) for about in (message, shuffled))
    second.decision_id = first.decision_id
    assert first == second


@cache
def asked_otherwise() -> Rulebook:
    """The shipped rulesets once more, asked in another order."""
    return commands.load(SHIPPED, [ADOPTIONS])


@examples(100, 5000)
@given(st.lists(stories(), min_size=2, max_size=3), st.sampled_from(VIEWS))
def test_what_was_asked_before_is_nowhere_in_an_answer(
    told: list[Story], view: common_pb2.View.ValueType
) -> None:
    def answers(rulebook: Rulebook, order: list[Story]) -> list[answer_pb2.Answer]:
        return [assess(rulebook, it.message(), context(at=it.at, view=view)) for it in order]

    assert answers(shipped(), told) == answers(asked_otherwise(), told[::-1])[::-1]


def test_equal_numbers_written_otherwise_are_told_as_they_were_written(tmp_path: Path) -> None:
    folder = rulesets(tmp_path / "r", weights=WEIGHTS)
    known = (folder / "vocabulary.yaml").read_text(encoding="utf-8")
    weight = "facts:\n  weight: {type: decimal, label: 分量, english: Weight, purpose: 试}\n"
    (folder / "vocabulary.yaml").write_text(known.replace("facts:\n", weight, 1), encoding="utf-8")
    rulebook = commands.load(folder)
    for written in ("1.0", "1.00", "1.0"):
        about = matter(f'{{"weight": {written}}}')
        answer = assess(rulebook, about, context(at="2026-06-01", view=common_pb2.VIEW_FULL))
        assert [miss.given_json for miss in answer.decisions[0].near_misses] == [f'"{written}"']


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_views_differ_in_how_much_they_say_and_in_nothing_they_decide(path: Path) -> None:
    example = read_example(path)
    ids, reasons, full = (
        commands.assess(shipped(), example.assess_request(view), NOW).answer for view in VIEWS
    )
    assert len(ids.SerializeToString()) < len(reasons.SerializeToString()) <= len(full.SerializeToString())
    assert bare(ids) == bare(reasons) == bare(full)
    assert not any(decision.title for decision in ids.decisions)
    assert all(decision.title for decision in reasons.decisions)
    assert not any(decision.near_misses for decision in reasons.decisions)
    longer = len(full.SerializeToString()) > len(reasons.SerializeToString())
    nearly = any(decision.near_misses for decision in full.decisions)
    assert longer == (nearly or any(duty.skipped_days for duty in full.duties))


def test_the_full_view_shows_near_misses() -> None:
    example = read_example(Path("examples/matters/1-joint-letter.yaml"))
    full = commands.assess(shipped(), example.assess_request(common_pb2.VIEW_FULL), NOW).answer
    assert any(decision.near_misses for decision in full.decisions)


def bare(answer: answer_pb2.Answer) -> list[object]:
    """What is decided: no title, no label, no reason, no citation."""
    return [
        [
            (item.table, item.state, item.outcome_json, item.request_id, [row.row_id for row in item.rows])
            for item in answer.decisions
        ],
        [(item.candidate_id, item.code, item.decided_by_role, item.papers[:]) for item in answer.candidates],
        [
            (item.duty_id, item.rule, item.state, item.provisional, item.paper_call_ids[:])
            for item in answer.duties
        ],
        [
            (item.due_at.seconds, item.latest_lawful_at.seconds, item.met_at.seconds, item.merged_duty_ids[:])
            for item in answer.duties
        ],
        [item.next_change_at.seconds for item in answer.duties],
        [(item.finding_id, item.code, item.duty_id) for item in answer.findings],
        [
            (
                item.paper_call_id,
                item.paper,
                item.state,
                item.due_at.seconds,
                item.fields_json,
                item.restricted,
            )
            for item in answer.papers
        ],
        [(item.name, item.request_id, item.unknown, item.would_decide[:]) for item in answer.missing_facts],
        answer.revisions.SerializeToString(deterministic=True),
    ]


def test_the_full_view_echoes_the_question_and_others_do_not() -> None:
    about = matter({"channel": "letter", "joint_count": 3})
    for view in VIEWS:
        request = pb.AssessRequest(context=context(at="2026-05-06", view=view), matter=about)
        response = commands.assess(shipped(), request, NOW)
        assert response.matter_id == "m1"
        assert response.HasField("matter") is (view == common_pb2.VIEW_FULL)
    assert response.matter == about


def test_no_view_is_the_view_with_reasons() -> None:
    answer = assess(shipped(), matter(), context(at="2026-05-06", view=common_pb2.VIEW_UNSPECIFIED))
    assert answer.view == common_pb2.VIEW_REASONS


@pytest.mark.parametrize(
    "change",
    [
        lambda request: request.matter.events.add(event_id="x", type="urged", at=stamp("2026-05-01")),
        lambda request: setattr(request.matter, "facts_json", '{"channel":"visit"}'),
        lambda request: setattr(request.matter, "matter_id", "m2"),
        lambda request: setattr(request.context, "as_of", "2026-05-05"),
        lambda request: setattr(request.context, "jurisdiction", "640425"),
        lambda request: request.context.at.CopyFrom(stamp("2026-05-07")),
    ],
)
def test_another_question_has_another_decision_id(change: object) -> None:
    request = pb.AssessRequest(context=context(at="2026-05-06"), matter=matter({"channel": "letter"}))
    before = commands.assess(shipped(), request, NOW).answer.decision_id
    assert callable(change)
    change(request)
    assert commands.assess(shipped(), request, NOW).answer.decision_id != before


def test_a_moment_left_out_has_the_id_of_the_moment_that_was_used() -> None:
    """The question as it was understood is what the id stands for, so an answer can be asked for again."""
    left_out = assess(shipped(), matter(), context(as_of="2026-05-06"))
    assert left_out.at == stamp("2026-05-06T23:59:59")
    said = assess(shipped(), matter(), context(at="2026-05-06T23:59:59", as_of="2026-05-06"))
    assert left_out == said
    from_the_clock = assess(shipped(), matter(), context())
    assert from_the_clock.at.ToDatetime(NOW.tzinfo) == NOW
    assert from_the_clock.as_of == "2026-06-01"


def test_the_day_of_law_is_the_day_in_shanghai() -> None:
    assert assess(shipped(), matter(), context(at="2026-05-05T16:00:00Z")).as_of == "2026-05-06"
    assert assess(shipped(), matter(), context(at="2026-05-05T15:59:59Z")).as_of == "2026-05-05"


@examples(40, 1000)
@given(st.lists(stories(), max_size=4))
def test_a_batch_says_of_each_matter_what_is_said_of_it_alone(told: list[Story]) -> None:
    asked = context(at="2025-06-01")
    messages = [story.message() for story in told]
    items = commands.batch_assess(
        shipped(), pb.BatchAssessRequest(context=asked, matters=messages), NOW
    ).items
    assert [item.answer for item in items] == [assess(shipped(), message, asked) for message in messages]
    items = commands.batch_evaluate(
        shipped(), pb.BatchEvaluateRequest(ruleset="clocks", context=asked, matters=messages), NOW
    ).items
    assert [item.answer for item in items] == [
        evaluate(shipped(), "clocks", message, asked) for message in messages
    ]


def test_a_question_is_not_changed_by_asking_it() -> None:
    request = pb.AssessRequest(context=context(as_of="2026-05-06"), matter=matter({"channel": "letter"}))
    before = request.SerializeToString(deterministic=True)
    commands.assess(shipped(), request, NOW)
    assert request.SerializeToString(deterministic=True) == before
    part = pb.AssessOfficeRequest(
        context=context(as_of="2026-07-01"), period=pb.Period(first_day="2026-04-01", last_day="2026-06-30")
    )
    before = part.SerializeToString(deterministic=True)
    commands.assess_office(shipped(), [part], NOW)
    assert part.SerializeToString(deterministic=True) == before


def test_outcomes_are_json_with_sorted_keys_and_chinese_as_it_is() -> None:
    answer = assess(
        shipped(), matter({"channel": "visit", "visit_level": "higher"}), context(at="2026-05-06")
    )
    told = {decision.table: decision.outcome_json for decision in answer.decisions}
    assert told["reception_place"] == '{"told":"登记后引导到有权处理的本级或者上一级"}'
    assert json.loads(told["form"]) == {"form": "visit"}
