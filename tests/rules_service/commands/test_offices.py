"""An office's quarter: what is counted, what is never counted, and that the parts sent do not matter."""

import json
from collections.abc import Sequence
from types import ModuleType

import pytest

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.commands import offices as reading
from rules_service.engine import counts
from rules_service.engine import office as office_engine
from service_kit.problems import RefusedError
from service_kit.serving.call import DeadlineError
from tests.rules_service.commands.asking import NOW, context, matter, shipped

AT = context(at="2026-07-31T09:00")
QUARTER = pb.Period(first_day="2026-04-01", last_day="2026-06-30")
OFFICE = pb.Office(office_id="liuwan", facts_json='{"office_kind": "township"}')
APPEAL = {"category": "appeal"}


def received(day: str, request: str = "") -> dict[str, object]:
    return {"type": "received", "at": day, "request_id": request}


def ask(
    matters: Sequence[common_pb2.Matter], period: pb.Period = QUARTER, office: pb.Office = OFFICE
) -> pb.AssessOfficeResponse:
    request = pb.AssessOfficeRequest(context=AT, office=office, period=period, matters=matters)
    return commands.assess_office(shipped(), [request], NOW)


def colour(answer: answer_pb2.Answer) -> str:
    (decision,) = [one for one in answer.decisions if one.table == "colour"]
    if decision.state != answer_pb2.DECISION_STATE_DECIDED:
        return answer_pb2.DecisionState.Name(decision.state)
    said = json.loads(decision.outcome_json)
    return str(said["colour"])


def counted(response: pb.AssessOfficeResponse) -> list[str]:
    """The matters behind the colour."""
    return [item.matter_id for item in response.counted if "matters_in_quarter" in item.counts]


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2026-03-31T23:59:59", False),
        ("2026-04-01T00:00:00", True),
        ("2026-06-30T23:59:59", True),
        ("2026-07-01T00:00:00", False),
        ("2026-03-31T16:00:00Z", True),
        ("2026-06-30T16:00:00Z", False),
    ],
)
def test_a_quarter_is_of_whole_days_in_shanghai(day: str, inside: bool) -> None:
    response = ask([matter(APPEAL, [received(day)])])
    assert counted(response) == (["m1"] if inside else [])


@pytest.mark.parametrize(
    ("number", "wanted"), [(0, "yellow"), (1, "orange"), (2, "orange"), (3, "red"), (4, "red")]
)
def test_colours_by_number(number: int, wanted: str) -> None:
    matters = [matter(APPEAL, [received("2026-05-06")], matter_id=f"m{n}") for n in range(number)]
    assert colour(ask(matters).answer) == wanted


def test_a_report_leaves_no_trace_in_figures_lists_or_missing_facts() -> None:
    """Article 30.3: neither a number nor a list may disclose it."""
    with_report = ask(
        [
            matter(APPEAL, [received("2026-05-06")], matter_id="a"),
            matter({"category": "report"}, [received("2026-05-06")], matter_id="r"),
        ]
    )
    without = ask([matter(APPEAL, [received("2026-05-06")], matter_id="a")])
    with_report.answer.decision_id = without.answer.decision_id
    assert with_report == without


def test_a_report_beside_another_request_does_not_bring_that_request_into_the_quarter() -> None:
    """The appeal came in March; only the report came in the quarter."""
    mixed = matter(
        {},
        [received("2026-03-05", "appeal"), received("2026-05-06", "report")],
        requests={"appeal": {"category": "appeal"}, "report": {"category": "report"}},
    )
    response = ask([mixed])
    assert counted(response) == []
    assert colour(response.answer) == "yellow"


def test_the_event_of_one_request_does_not_count_another() -> None:
    mixed = matter(
        {},
        [received("2026-03-05", "appeal"), received("2026-05-06", "suggestion")],
        requests={"appeal": {"category": "appeal"}, "suggestion": {"category": "suggestion"}},
    )
    assert counted(ask([mixed])) == []


def test_an_event_of_the_matter_as_a_whole_counts_its_requests_once() -> None:
    both = matter(
        {}, [received("2026-05-06")], requests={"r1": {"category": "appeal"}, "r2": {"category": "appeal"}}
    )
    assert counted(ask([both])) == ["m1"]


def test_a_withdrawn_matter_stays_counted() -> None:
    gone = [received("2026-05-06"), {"type": "withdrawn_by_petitioner", "at": "2026-05-07"}]
    assert counted(ask([matter(APPEAL, gone)])) == ["m1"]


def test_a_matter_of_unknown_category_leaves_the_colour_open_and_says_why() -> None:
    response = ask([matter({}, [received("2026-05-06")])])
    assert colour(response.answer) == "DECISION_STATE_UNDECIDED"
    missing = [(missing.name, missing.request_id) for missing in response.answer.missing_facts]
    assert ("category", "m1") in missing


@pytest.mark.parametrize(
    ("first", "last", "decided"),
    [
        ("2026-01-01", "2026-03-31", True),
        ("2026-10-01", "2026-12-31", True),
        ("2024-01-01", "2024-03-31", True),
        ("2026-02-01", "2026-04-30", False),
        ("2026-04-01", "2026-06-29", False),
        ("2026-04-02", "2026-06-30", False),
        ("2026-04-01", "2026-04-30", False),
        ("2026-01-01", "2026-12-31", False),
        ("2025-04-01", "2026-06-30", False),
    ],
)
def test_only_a_whole_calendar_quarter_has_a_colour(first: str, last: str, decided: bool) -> None:
    answer = ask([], pb.Period(first_day=first, last_day=last)).answer
    assert (colour(answer) == "yellow") is decided


def test_one_message_or_several_give_the_same_bytes() -> None:
    matters = [
        matter(APPEAL, [received("2026-05-06"), received("2026-05-08")], matter_id=f"m{n}") for n in range(7)
    ]
    whole = pb.AssessOfficeRequest(context=AT, office=OFFICE, period=QUARTER, matters=matters)
    head = pb.AssessOfficeRequest(context=AT, office=OFFICE, period=QUARTER)
    parts = [head, *(pb.AssessOfficeRequest(matters=[one]) for one in matters)]
    mixed = [
        pb.AssessOfficeRequest(context=AT, office=OFFICE, period=QUARTER, matters=matters[:3]),
        pb.AssessOfficeRequest(),
        pb.AssessOfficeRequest(matters=matters[3:]),
    ]
    answers = [
        commands.assess_office(shipped(), asked, NOW).SerializeToString(deterministic=True)
        for asked in ([whole], parts, mixed)
    ]
    assert answers[0] == answers[1] == answers[2]


def test_the_share_answered_in_time_counts_duties_of_this_office_by_their_state() -> None:
    told = {
        "category": "appeal", "branch": "6", "receiver": "organ", "received_how": "direct", "remit": "own",
        "competent_organ": "liuwan", "name_or_address_unclear": False,
    }  # fmt: skip
    in_time = [
        received("2026-04-08T09:00"),
        {"type": "told_in_writing", "at": "2026-04-15T09:00"},
        {"type": "accepted", "at": "2026-04-15T09:00"},
        {"type": "opinion_issued", "at": "2026-05-29T09:00"},
    ]
    late = [received("2026-05-06T09:00"), {"type": "told_in_writing", "at": "2026-05-27T09:00"}]
    response = ask(
        [
            matter(told, in_time, matter_id="a"),
            matter(told, late, matter_id="b"),
            matter({**told, "competent_organ": "elsewhere"}, late, matter_id="c"),
        ]
    )
    (share,) = [one for one in response.answer.indicators if one.code == "answered_in_time"]
    # a: told and finished in time. b: told late; accepted by presumption on 21 May, its 60 days end on
    # 20 July, so at the end of July it is overdue. c is another office's.
    assert (share.numerator, share.denominator) == (2, 4)


@pytest.mark.parametrize("place", [reading, counts, office_engine])
def test_a_question_nobody_waits_for_ends_while_it_is_read_counted_and_assessed(
    place: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def over() -> None:
        raise DeadlineError

    monkeypatch.setattr(place, "check_deadline", over)
    with pytest.raises(DeadlineError):
        ask([matter(APPEAL, [received("2026-05-06")])])


def test_a_matter_of_an_office_with_more_clocks_than_may_be_is_named() -> None:
    events = [{"type": "received", "at": f"2026-05-06T{n // 60:02d}:{n % 60:02d}"} for n in range(800)]
    requests: dict[str, dict[str, object]] = {f"r{n}": {} for n in range(200)}
    facts = APPEAL | {"channel": "letter", "receiver": "organ", "remit": "own", "in_handling": True}
    busy = matter(facts, events, requests=requests, matter_id="busy")
    with pytest.raises(RefusedError) as refused:
        ask([matter(APPEAL, [received("2026-05-06")]), busy])
    (problem,) = refused.value.problems
    assert problem.code == "TOO_MANY_CLOCKS"
    assert "“busy”" in problem.message
