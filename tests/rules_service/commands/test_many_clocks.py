"""Requests and events multiply into clocks: an answer takes steps in proportion to them, and has a bound."""

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import pytest

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine import assess as merging
from rules_service.engine import bounds
from service_kit.problems import Refusal, RefusedError
from service_kit.serving.call import DeadlineError
from tests.rules_service.commands.asking import NOW, assess, context, matter, shipped

FACTS = {
    "channel": "letter",
    "receiver": "organ",
    "remit": "own",
    "category": "appeal",
    "branch": "6",
    "in_handling": True,
}
ASKED = context(at="2024-06-01", view=common_pb2.VIEW_IDS)
TOO_MANY = "TOO_MANY_CLOCKS"


def busy(requests: int, types: Sequence[str], events: int, matter_id: str = "m1") -> common_pb2.Matter:
    """A matter whose events belong to none of its requests, so that each starts the clocks of all."""
    told = [
        {"type": types[i % len(types)], "at": f"2024-03-{1 + i % 28:02d}T{i // 28 % 24:02d}:{i // 672:02d}"}
        for i in range(events)
    ]
    return matter(FACTS, told, requests={f"r{i}": {} for i in range(requests)}, matter_id=matter_id)


def steps(about: common_pb2.Matter) -> int:
    """The instructions of the engine's own code that a question takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "/engine/" not in frame.f_code.co_filename:
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assess(shipped(), about, ASKED)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("types", [["received", "accepted"], ["objected", "accepted"]])
def test_twice_the_events_take_twice_the_steps(types: list[str]) -> None:
    steps(busy(5, types, 20))  # what is kept once is kept now
    few, many = steps(busy(5, types, 40)), steps(busy(5, types, 80))
    assert many < 2.4 * few


def test_more_clocks_than_an_answer_may_tell_are_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        assess(shipped(), busy(200, ["received", "accepted"], 100), ASKED)
    assert refused.value.refusal is Refusal.TOO_LARGE
    (problem,) = refused.value.problems
    assert (problem.code, problem.place) == (TOO_MANY, "events")
    assert "“m1”" in problem.message
    assert f"{bounds.MOST_CLOCKS} 个" in problem.message
    assert "request_id" in problem.cure


def test_it_is_refused_before_the_clocks_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    run = bounds.Clocks.take

    def take(clocks: bounds.Clocks, more: int, subject_id: str) -> None:
        run(clocks, more, subject_id)
        ran.append(clocks.number)

    monkeypatch.setattr(bounds.Clocks, "take", take)
    with pytest.raises(RefusedError):
        assess(shipped(), busy(200, ["received", "accepted"], 100), ASKED)
    assert max(ran) <= bounds.MOST_CLOCKS


def test_as_many_requests_as_may_be_have_events_of_their_own() -> None:
    """Each of 200 requests is received, accepted and answered, and no limit is met."""
    events = [
        {"type": kind, "at": f"2024-03-0{day}", "request_id": f"r{number}"}
        for number in range(200)
        for day, kind in enumerate(("received", "accepted", "hearing_held", "opinion_issued"), 1)
    ]
    requests: dict[str, dict[str, object]] = {f"r{number}": {} for number in range(200)}
    answer = assess(shipped(), matter(FACTS, events, requests=requests), ASKED)
    assert {duty.request_id for duty in answer.duties} > set(requests)


def test_as_many_events_of_one_matter_as_may_be() -> None:
    assert len(assess(shipped(), busy(0, ["received"], 2000), ASKED).duties) > 2000 / 30


def test_of_a_batch_the_item_alone_is_refused() -> None:
    matters = [
        busy(1, ["received"], 1, "a"),
        busy(200, ["received"], 200, "b"),
        busy(1, ["received"], 1, "c"),
    ]
    request = pb.BatchAssessRequest(context=ASKED, matters=matters)
    items = commands.batch_assess(shipped(), request, NOW).items
    assert [[problem.code for problem in item.problems] for item in items] == [[], [TOO_MANY], []]
    assert "“b”" in items[1].problems[0].message
    assert [item.HasField("answer") for item in items] == [True, False, True]


def test_items_beyond_the_clocks_of_a_batch_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CLOCKS_OF_A_BATCH", 100)
    matters = [busy(5, ["received"], 1, f"m{number}") for number in range(4)]
    request = pb.BatchAssessRequest(context=ASKED, matters=matters)
    items = commands.batch_assess(shipped(), request, NOW).items
    answered = [item.HasField("answer") for item in items]
    assert answered[0]
    assert not answered[-1]
    assert answered == sorted(answered, reverse=True)
    (problem,) = items[-1].problems
    assert (problem.code, problem.field, problem.cure) == (TOO_MANY, "matters[3]", "请分批。")
    alone = pb.BatchAssessRequest(context=ASKED, matters=matters[-1:])
    assert commands.batch_assess(shipped(), alone, NOW).items[0].answer == assess(
        shipped(), matters[-1], ASKED
    )


def test_an_answer_nobody_waits_for_ends_among_its_papers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def over() -> None:
        raise DeadlineError

    monkeypatch.setattr(merging, "check_deadline", over)
    with pytest.raises(DeadlineError):
        assess(shipped(), busy(1, ["received", "accepted"], 2), ASKED)


def test_an_answer_nobody_waits_for_ends_among_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """No duty starts often, but all of them together do."""

    def over() -> None:
        raise DeadlineError

    monkeypatch.setattr(bounds, "check_deadline", over)
    with pytest.raises(DeadlineError):
        assess(shipped(), busy(200, ["received"], 1), ASKED)
