"""Where things happened more than once, each clock and its papers look at what belongs to its start."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2
from rules_service.engine.case import Event
from rules_service.engine.occasion import Occasion
from tests.reference.profile import examples
from tests.rules_service.commands.asking import assess, context, matter, shanghai, shipped

APPEAL = {"category": "appeal", "branch": "6", "receiver": "organ", "remit": "own", "channel": "letter"}
DIRECT = {**APPEAL, "received_how": "direct"}
AGAIN = [
    {"type": "received", "at": "2024-01-01T10:00"},
    {"type": "accepted", "at": "2024-01-02T10:00"},
    {"type": "told_in_writing", "at": "2024-01-03T10:00"},
    {"type": "opinion_issued", "at": "2024-02-02T10:00"},
    {"type": "received", "at": "2024-06-01T10:00"},
]
ACCEPTED_AGAIN = {"type": "accepted", "at": "2024-06-02T10:00"}


def fields(answer: answer_pb2.Answer, paper: str) -> list[dict[str, object]]:
    return [json.loads(call.fields_json) for call in answer.papers if call.paper == paper]


def test_a_day_told_by_the_starting_event_is_that_of_the_same_event() -> None:
    events = [
        {"type": "received", "at": "2024-05-01T10:00"},
        {"type": "assigned", "at": "2024-05-06T10:00", "reply_by": "2024-06-28"},
        {"type": "result_reported", "at": "2024-06-20T10:00"},
        {"type": "assigned", "at": "2024-07-06T10:00", "reply_by": "2024-09-30"},
    ]
    told = matter({**APPEAL, "received_how": "assigned"}, events)
    answer = assess(shipped(), told, context(at="2024-07-20"))
    reports = [duty for duty in answer.duties if duty.rule == "report_result"]
    assert [(shanghai(duty.due_at)[:10], duty.state) for duty in reports] == [
        ("2024-06-28", answer_pb2.DUTY_STATE_MET),
        ("2024-09-30", answer_pb2.DUTY_STATE_PENDING),
    ]


def test_papers_tell_the_days_of_their_own_receipt() -> None:
    answer = assess(shipped(), matter(DIRECT, [*AGAIN, ACCEPTED_AGAIN]), context(at="2024-06-05", view=3))
    first, second = fields(answer, "N02")
    assert (first["received_on"], first["accepted_on"], first["finish_by"]) == (
        "2024-01-01",
        "2024-01-02",
        "2024-03-02",
    )
    assert (second["received_on"], second["accepted_on"], second["finish_by"]) == (
        "2024-06-01",
        "2024-06-02",
        "2024-08-01",
    )
    assert [told["accepted_on"] for told in fields(answer, "B07")] == ["2024-01-02", "2024-06-02"]


def test_a_paper_does_not_tell_what_has_not_happened_since_its_receipt() -> None:
    answer = assess(shipped(), matter(DIRECT, AGAIN), context(at="2024-06-05", view=3))
    assert [told.get("accepted_on") for told in fields(answer, "N02")] == ["2024-01-02", None]


def test_papers_of_presumed_starts_are_calls_of_their_own() -> None:
    events = [{"type": "received", "at": day} for day in ("2024-01-01T10:00", "2024-06-01T10:00")]
    answer = assess(shipped(), matter(DIRECT, events), context(at="2024-08-20"))
    (opinion,) = [call.paper_call_id for call in answer.papers if call.paper == "B07"]
    issued = {"type": "opinion_served", "at": "2024-03-20T10:00", "paper_call_id": opinion}
    answer = assess(shipped(), matter(DIRECT, [*events, issued]), context(at="2024-08-20"))
    first, second = (call for call in answer.papers if call.paper == "B07")
    assert (first.paper_call_id, first.state) == (opinion, answer_pb2.PAPER_CALL_STATE_ISSUED)
    assert second.paper_call_id != opinion
    assert second.state == answer_pb2.PAPER_CALL_STATE_CALLED


def plainly(own: Event, alike: list[Event], others: list[Event]) -> Event | None:
    """What belongs to an event, by looking at one after the other."""
    mine = {"", own.recipient_key} if own.recipient_key else {event.recipient_key for event in alike + others}
    alike = [event for event in alike if event.recipient_key in mine]
    others = [event for event in others if event.recipient_key in mine]
    if not others:
        return None
    before = [event for event in others if event.at <= own.at]
    if others[0].at <= alike[0].at:
        return before[-1]
    following = [event.at for event in alike if event.at > own.at]
    for event in others:
        if event.at >= own.at and (not following or event.at < following[0]):
            return event
    return None


@st.composite
def happened(draw: st.DrawFn, kind: str, least: int) -> list[Event]:
    moments = draw(st.lists(st.integers(0, 12), min_size=least, max_size=6))
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        Event(
            f"{kind}{number}",
            kind,
            begin + timedelta(days=moment),
            recipient_key=draw(st.sampled_from(["", "", "a", "b"])),
        )
        for number, moment in enumerate(sorted(moments))
    ]


@examples(300, 20_000)
@given(happened("own", 1), happened("other", 0), st.data())
def test_what_belongs_to_an_occasion_is_what_a_plain_search_finds(
    alike: list[Event], others: list[Event], data: st.DataObject
) -> None:
    own = data.draw(st.sampled_from(alike))
    found = Occasion(own, alike).own(others, lambda event: (event.at, event.recipient_key))
    assert found == plainly(own, alike, others)
