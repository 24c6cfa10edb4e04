"""The figures that Daxing (S003) and Pengyang (S004) published, worked out again from matters."""

import json
from collections.abc import Sequence

import pytest

from huiyin.rules.v1 import answer_pb2, common_pb2
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
    return ask_about(place, matters)


def ask_about(place: str, matters: Sequence[common_pb2.Matter]) -> pb.AssessOfficeResponse:
    """The answer about an office with these matters in YEAR."""
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
    """169 groups of 227 people, 142 groups of 198 people settled on the spot; all 52 of the backlog settled.

    The year before 100 groups of one, half of them settled.
    """
    visit = {"channel": "visit", "category": "appeal", "repeat": False}
    asked = visit | {"visit_level": "competent", "first_time": False}
    settled = {"settled_on_spot": True}
    return ask(
        "990101",
        [
            (86, "2025-04-01", asked | settled | {"joint_count": 1}),
            (56, "2025-04-01", asked | settled | {"joint_count": 2}),
            (25, "2025-04-01", asked | {"joint_count": 1}),
            (2, "2025-04-01", asked | {"joint_count": 2}),
            (50, "2024-04-01", asked | settled | {"joint_count": 1}),
            (50, "2024-04-01", asked | {"joint_count": 1}),
        ],
    )


def test_pengyang_s_visits_that_were_settled_on_the_spot(pengyang):
    assert figures(pengyang)["settled_on_spot_share"] == (142, 169)
    assert percent(142, 169) == "84.0"


def test_pengyang_s_visitors_whose_matter_was_settled_on_the_spot(pengyang):
    assert (86 + 2 * 56, 86 + 2 * 56 + 25 + 2 * 2) == (198, 227)
    assert figures(pengyang)["settled_people_share"] == (198, 227)
    assert percent(198, 227) == "87.2"


def test_a_figure_stands_beside_the_earlier_one_and_says_which_way_it_moved(pengyang):
    found = next(it for it in pengyang.indicators if it.code == "settled_on_spot_share")
    assert (found.earlier.numerator, found.earlier.denominator) == (50, 100)
    assert found.movement == answer_pb2.MOVEMENT_AS_WANTED


def test_all_of_the_five_that_fall_and_the_four_that_rise_are_there(pengyang):
    falling = {
        "petitions_total", "higher_visits_total", "collective_visits_total", "repeat_share", "backlog_total"
    }  # fmt: skip
    rising = {"screening_share", "first_settled_share", "backlog_settled_share", "satisfied_share"}
    assert falling | rising <= figures(pengyang).keys()
    wanted = {it.code: it.wanted for it in pengyang.indicators}
    assert {wanted[code] for code in falling} == {answer_pb2.WANTED_DOWN}
    assert {wanted[code] for code in rising} == {answer_pb2.WANTED_UP}


def test_the_total_of_petitions_is_a_figure_that_moves(pengyang):
    found = next(it for it in pengyang.indicators if it.code == "petitions_total")
    assert (found.numerator, found.earlier.numerator, found.unit) == (169, 100, "件")
    assert found.movement == answer_pb2.MOVEMENT_AGAINST


def test_pengyang_s_backlog_of_repeats_assigned_from_above_is_settled_whole():
    """Backlog is what stood on the books in the period, whenever it came in; what is left is its stock."""
    told = {"channel": "letter", "category": "appeal", "repeat": True}
    on_the_books = [
        matter(
            told | {"settled": settled},
            [{"type": "received", "at": "2022-03-01"}, {"type": "backlog_counted", "at": "2025-02-10"}],
            matter_id=f"m{number}",
        )
        for number, settled in enumerate([True] * 52)
    ]
    left = matter(
        told,
        [{"type": "received", "at": "2025-03-01"}, {"type": "backlog_counted", "at": "2025-12-31"}],
        matter_id="left",
    )
    whole = figures(ask_about("990101", on_the_books).answer)
    part = figures(ask_about("990101", [*on_the_books, left]).answer)
    assert (whole["backlog_settled_share"], whole["backlog_total"]) == ((52, 52), (0, 1))
    assert (part["backlog_settled_share"], part["backlog_total"]) == ((52, 53), (1, 1))


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
