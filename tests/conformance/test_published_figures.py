"""The figures that Daxing (S003) and Pengyang (S004) published, worked out again from matters."""

import json

import pytest

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from tests.conformance.test_conformance import rulebook
from tests.rules_service.commands.asking import NOW, context, matter

YEAR = pb.Period(first_day="2025-01-01", last_day="2025-12-31")
EARLIER = pb.Period(first_day="2024-01-01", last_day="2024-12-31")


def ask(place: str, told: list[tuple[int, str, dict[str, object]]]) -> answer_pb2.Answer:
    return ask_all(place, told).answer


def ask_all(place: str, told: list[tuple[int, str, dict[str, object]]]) -> pb.AssessOfficeResponse:
    """The answer about an office: how many matters came on which day, with which facts."""
    matters = [
        matter(facts, [{"type": "received", "at": day}], matter_id=f"m{group}-{number}")
        for group, (many, day, facts) in enumerate(told)
        for number in range(many)
    ]
    request = pb.AssessOfficeRequest(
        context=context(at="2026-01-05", place=place),
        office=pb.Office(office_id="o1", facts_json=json.dumps({"office_kind": "department"})),
        period=YEAR,
        earlier_period=EARLIER,
        matters=matters,
    )
    return commands.assess_office(rulebook(), [request], NOW)


def figures(answer: answer_pb2.Answer) -> dict[str, tuple[int, int]]:
    return {it.code: (it.numerator, it.denominator) for it in answer.indicators}


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}"


@pytest.fixture(scope="module")
def daxing() -> answer_pb2.Answer:
    """1,159 letters by the net, 652 of them repeated; 137 not rated in time. Others count for nothing."""
    net = {"channel": "online", "category": "appeal"}
    return ask(
        "990203",
        [
            (515, "2025-03-03", net | {"repeat": True}),
            (137, "2025-03-03", net | {"repeat": True, "rating_status": "overdue"}),
            (507, "2025-06-03", net | {"repeat": False, "rating_status": "rated"}),
            (3, "2025-06-03", {"channel": "visit", "category": "appeal", "repeat": True}),
            (1, "2025-06-03", {"channel": "online", "category": "report", "repeat": True}),
        ],
    )


def test_daxing_s_letters_by_the_net_that_were_repeated(daxing):
    assert figures(daxing)["net_repeat_share"] == (652, 1159)
    assert percent(652, 1159) == "56.3"


def test_daxing_s_letters_by_the_net_that_were_not_rated_in_time(daxing):
    assert figures(daxing)["net_unrated_share"] == (137, 1159)
    assert percent(137, 1159) == "11.8"


@pytest.fixture(scope="module")
def pengyang() -> answer_pb2.Answer:
    """169 visits, 142 of them settled on the spot; the year before 100, half of them settled."""
    visit = {"channel": "visit", "category": "appeal", "repeat": False, "joint_count": 1}
    asked = visit | {"visit_level": "competent", "first_time": False}
    return ask(
        "990101",
        [
            (142, "2025-04-01", asked | {"settled_on_spot": True}),
            (27, "2025-04-01", asked),
            (50, "2024-04-01", asked | {"settled_on_spot": True}),
            (50, "2024-04-01", asked),
        ],
    )


def test_pengyang_s_visits_that_were_settled_on_the_spot(pengyang):
    assert figures(pengyang)["settled_on_spot_share"] == (142, 169)
    assert percent(142, 169) == "84.0"


def test_a_figure_stands_beside_the_earlier_one_and_says_which_way_it_moved(pengyang):
    found = next(it for it in pengyang.indicators if it.code == "settled_on_spot_share")
    assert (found.earlier.numerator, found.earlier.denominator) == (50, 100)
    assert found.movement == answer_pb2.MOVEMENT_AS_WANTED


def test_all_of_the_five_that_fall_and_the_four_that_rise_are_there(pengyang):
    falling = {"higher_visit_share", "collective_visit_share", "repeat_share", "backlog_share"}
    rising = {"screening_share", "first_settled_share", "backlog_settled_share", "satisfied_share"}
    assert falling | rising <= figures(pengyang).keys()
    # The total is the whole of which the shares are parts.
    assert figures(pengyang)["repeat_share"] == (0, 169)


def test_the_law_based_index_is_the_weighted_mean_of_its_parts_and_shows_them():
    answer = ask("110000", [(1, "2025-03-03", {"channel": "letter", "category": "appeal"})])
    (index,) = answer.indexes
    assert index.code == "law_based_index"
    assert {part.indicator for part in index.parts} == {
        "routed_in_time", "told_in_time", "handled_in_time", "reviewed_in_time"
    }  # fmt: skip
    assert index.value == ""


def test_villages_with_fewer_than_five_matters_are_not_listed():
    told = {"channel": "letter", "category": "appeal", "repeat": False}
    response = ask_all(
        "990101",
        [
            (7, "2025-03-03", told | {"village": "甲村"}),
            (6, "2025-03-03", told | {"village": "乙村"}),
            (4, "2025-03-03", told | {"village": "丙村"}),
            (3, "2025-03-03", told | {"village": "丁村"}),
        ],
    )
    listed = {
        group.code: group.number
        for count in response.groups
        if count.count == "matters_by_village"
        for group in count.groups
    }
    assert listed == {"甲村": 7, "乙村": 6}
