"""A share of duties is said only where nothing that was not told can change it."""

from collections.abc import Sequence
from functools import cache

import pytest

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.rules_service.commands.asking import NOW, book_of, context, event, matter

FIGURES = """
ruleset: figures
title: 指标
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: []
indicators:
  - {id: answered_in_time, of_duties: [first_notice], part: [met], whole: [met, met_late, overdue], REST}
"""
MATTERS = """
ruleset: telling
title: 告知
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [urgent, legal_interest]
duties:
  - {id: tell, title: 告知, concept: first_notice, who: competent_organ, when: {urgent: "true"},
     due: {from: received, add: 15, count: calendar_days}, met_by: [told_in_writing],
     ends: [{by: withdrawn_by_petitioner, as: discharged, REST}], REST}
  - {id: say, title: 另一项, concept: routed, who: competent_organ, when: {legal_interest: "true"},
     due: {from: received, add: 15, count: calendar_days}, met_by: [forwarded], REST}
"""
QUARTER = pb.Period(first_day="2024-04-01", last_day="2024-06-30")
BEFORE = pb.Period(first_day="2024-01-01", last_day="2024-03-31")
SAID = {"urgent": True}
RECEIVED = ("received", "2024-05-06")


@cache
def book() -> Rulebook:
    return book_of(figures=FIGURES, telling=MATTERS)


def about(
    *happened: tuple[str, str], facts: dict[str, object] = SAID, told_until: str = "", number: int = 1
) -> common_pb2.Matter:
    events = [{"type": kind, "at": at} for kind, at in happened]
    return matter(facts, events, complete_until=told_until, matter_id=f"m{number}")


def ask(
    matters: Sequence[common_pb2.Matter], earlier: pb.Period | None = None, at: str = "2024-06-30"
) -> answer_pb2.Answer:
    request = pb.AssessOfficeRequest(
        context=context(at=at),
        office=pb.Office(office_id="o", events=[event(1, {"type": "closed", "at": "2024-01-01"})]),
        period=QUARTER,
        matters=matters,
        earlier_period=earlier,
    )
    return commands.assess_office(book(), [request], NOW).answer


def share(answer: answer_pb2.Answer) -> tuple[int, int] | None:
    (one,) = answer.indicators
    return None if one.undecided else (one.numerator, one.denominator)


@pytest.mark.parametrize(
    ("happened", "told_until", "expected"),
    [
        ([RECEIVED], "", (0, 1)),
        ([RECEIVED], "2024-06-29", None),
        ([RECEIVED], "2024-05-07", None),
        ([RECEIVED, ("told_in_writing", "2024-05-07")], "2024-05-07", (1, 1)),
        ([RECEIVED, ("told_in_writing", "2024-05-27")], "2024-05-27", (0, 1)),
        ([RECEIVED, ("withdrawn_by_petitioner", "2024-05-07")], "2024-05-07", (0, 0)),
        ([], "2024-05-07", None),
        ([], "", (0, 0)),
    ],
)
def test_a_duty_that_is_not_over_leaves_its_share_open_where_not_all_is_told(
    happened: list[tuple[str, str]], told_until: str, expected: tuple[int, int] | None
) -> None:
    done = about(RECEIVED, ("told_in_writing", "2024-05-08"), number=2)
    answer = ask([about(*happened, told_until=told_until), done])
    assert share(answer) == (expected and (expected[0] + 1, expected[1] + 1))
    missing = [(one.name, one.request_id, list(one.would_decide)) for one in answer.missing_facts]
    assert missing == ([] if expected else [("answered_in_time", "m1", ["figures/answered_in_time"])])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({"urgent": False}, (0, 0)),
        ({"competent_organ": "o"}, None),
        ({"competent_organ": "another"}, (0, 0)),
        ({"urgent": True, "competent_organ": "another"}, (0, 0)),
    ],
)
def test_a_fact_on_which_a_duty_of_the_office_hangs_leaves_its_share_open(
    facts: dict[str, object], expected: tuple[int, int] | None
) -> None:
    answer = ask([about(RECEIVED, facts=facts)])
    assert share(answer) == expected
    missing = [(one.name, one.request_id, list(one.would_decide)) for one in answer.missing_facts]
    assert missing == ([] if expected else [("urgent", "m1", ["figures/answered_in_time"])])


@pytest.mark.parametrize(
    ("received", "told_until", "facts", "now", "before"),
    [
        ("2024-02-05", "", SAID, (0, 0), (0, 1)),
        ("2024-02-05", "2024-05-07", SAID, (0, 0), None),
        ("2024-05-06", "2024-05-07", SAID, None, (0, 0)),
        ("", "2024-05-07", SAID, None, (0, 0)),
        ("", "2024-02-07", SAID, None, None),
        ("2024-02-05", "", {}, (0, 0), None),
        ("2024-02-05", "2024-03-31", {}, None, None),
        ("", "", {}, (0, 0), (0, 0)),
        ("2024-05-06", "", {}, None, (0, 0)),
    ],
)
def test_what_was_not_told_leaves_open_the_period_in_which_it_can_have_begun(
    received: str,
    told_until: str,
    facts: dict[str, object],
    now: tuple[int, int] | None,
    before: tuple[int, int] | None,
) -> None:
    happened = [("received", received)] if received else []
    answer = ask([about(*happened, told_until=told_until, facts=facts)], earlier=BEFORE)
    (one,) = answer.indicators
    earlier = None if one.earlier.undecided else (one.earlier.numerator, one.earlier.denominator)
    assert (share(answer), earlier) == (now, before)
