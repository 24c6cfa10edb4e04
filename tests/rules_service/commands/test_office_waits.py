"""An average of days is said only where it was told when each matter began and was through."""

from functools import cache

import pytest

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.rules_service.commands.asking import NOW, book_of, context, matter

RULES = """
ruleset: waits
title: 平均天数
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, informed_at]
counts:
  - {as: letters, during: received, where: {channel: letter}, REST}
indicators:
  - {id: slowness, average_days: {of: letters, from: informed_at, to: opinion_issued}, REST}
  - {id: quickness, average_days: {of: letters, from: received, to: informed_at}, REST}
"""
WORDS = {
    "facts": '  letters: {type: int, label: 来信, english: Letters, purpose: 试, counted: "true"}\n',
    "indicators": "  slowness: [天数, Days]\n  quickness: [天数, Days]\n",
}


@cache
def book() -> Rulebook:
    return book_of(WORDS, waits=RULES)


def letter(number: int, answered: str, told_until: str = "", **facts: object) -> common_pb2.Matter:
    unknown = [name for name, value in facts.items() if value == "unknown"]
    told = {"channel": "letter"} | {name: value for name, value in facts.items() if name not in unknown}
    events = [{"type": "received", "at": "2024-05-06"}]
    events += [{"type": "opinion_issued", "at": answered}] if answered else []
    return matter(told, events, unknown=unknown, complete_until=told_until, matter_id=f"m{number}")


SURE = letter(1, "2024-05-18", informed_at="2024-05-08T10:00:00+08:00")
BOTH = {"slowness", "quickness"}


@pytest.mark.parametrize(
    ("other", "open_figures", "missing"),
    [
        (letter(2, "2024-05-18", informed_at=None), set(), {}),
        (letter(2, "2024-05-18"), BOTH, {"informed_at": BOTH}),
        (letter(2, "2024-05-18", informed_at="unknown"), BOTH, {"informed_at": BOTH}),
        (letter(2, ""), {"quickness"}, {"informed_at": {"quickness"}}),
        (
            letter(2, "", "2024-05-20", informed_at="2024-05-08T10:00:00+08:00"),
            {"slowness"},
            {"slowness": {"slowness"}},
        ),
        (letter(2, "", "2024-05-20"), BOTH, {"informed_at": BOTH, "slowness": {"slowness"}}),
    ],
)
def test_an_average_is_open_where_a_day_that_it_needs_was_not_told(
    other: common_pb2.Matter, open_figures: set[str], missing: dict[str, set[str]]
) -> None:
    request = pb.AssessOfficeRequest(
        context=context(at="2024-07-20"),
        office=pb.Office(office_id="o"),
        period=pb.Period(first_day="2024-04-01", last_day="2024-06-30"),
        matters=[SURE, other],
    )
    answer = commands.assess_office(book(), [request], NOW).answer
    figures = {one.code: one for one in answer.indicators if one.ruleset == "waits"}
    assert {code for code, one in figures.items() if one.undecided} == open_figures
    assert figures.keys() == BOTH
    sure = {code: one.numerator / one.denominator for code, one in figures.items() if not one.undecided}
    assert sure.items() <= {"slowness": 10, "quickness": 2}.items()
    places = {one.name: {place.split("/")[1] for place in one.would_decide} for one in answer.missing_facts}
    assert places == missing
    assert {one.request_id for one in answer.missing_facts} <= {"m2"}
    assert {one.unknown for one in answer.missing_facts} <= {"informed_at" in other.unknown_facts}


def test_another_request_of_a_matter_that_may_count_leaves_its_days_open() -> None:
    known: dict[str, object] = {"informed_at": "2024-05-08T10:00:00+08:00"}
    events = [{"type": "received", "at": "2024-05-06"}, {"type": "opinion_issued", "at": "2024-05-18"}]
    two = matter({}, events, requests={"a": known | {"channel": "letter"}, "b": known}, matter_id="m2")
    request = pb.AssessOfficeRequest(
        context=context(at="2024-07-20"),
        office=pb.Office(office_id="o"),
        period=pb.Period(first_day="2024-04-01", last_day="2024-06-30"),
        matters=[two],
    )
    answer = commands.assess_office(book(), [request], NOW).answer
    assert {one.code for one in answer.indicators if one.undecided} >= BOTH
    named = [
        (one.name, one.request_id) for one in answer.missing_facts if "waits/slowness" in one.would_decide
    ]
    assert named == [("channel", "m2")]
