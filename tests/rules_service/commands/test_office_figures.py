"""An office's figures: shares, averages, groups, indexes, the earlier period, and its own duties."""

import json
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from tests.reference.profile import examples
from tests.rules_service.commands.asking import (
    NOW,
    book_of,
    context,
    event,
    matter,
    rulesets,
    shanghai,
    stamp,
    states,
)

RULES = """
ruleset: figures
title: 指标
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, repeat, wanted_village]
parameters:
  first: {label: 权重, type: int, value: 3, basis: convention, note: 权重是约定}
  second: {label: 权重, type: int, value: 1, basis: convention, note: 权重是约定}
counts:
  - {as: letters, during: received, where: {channel: letter}, by: wanted_village, at_least: 5, REST}
  - {as: repeats, during: received, where: {channel: letter, repeat: "true"}, REST}
indicators:
  - {id: letters_again, part: {count: repeats}, whole: {count: letters}, wanted: down, REST}
  - {id: days, average_days: {of: letters, from: received, to: opinion_issued}, wanted: down, REST}
  - {id: told, of_duties: [first_notice], part: [met], whole: [met, met_late, overdue], wanted: up, REST}
indexes:
  - {id: whole, parts: [{indicator: letters_again, weight: first}, {indicator: told, weight: second}], REST}
duties:
  - {id: reports, title: 报送, each: office, concept: registered, who: petition_department,
     due: {from: period.last_day, add: 5, count: working_days}, met_by: [closed],
     finding: {code: report_due, basis: convention, note: 试}, REST}
  - {id: follows, title: 跟进, each: office, concept: routed, who: petition_department,
     due: {from: closed, add: 2, count: calendar_days}, met_by: [forwarded], REST}
"""
MATTERS = """
ruleset: telling
title: 告知
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: []
duties:
  - {id: tell, title: 告知, concept: first_notice, who: competent_organ,
     due: {from: received, add: 15, count: calendar_days}, met_by: [told_in_writing], REST}
"""
WORDS = {
    "facts": """  wanted_village: {type: string, label: 村, english: Village, purpose: 试}
  letters: {type: int, label: 来信, english: Letters, purpose: 试, counted: "true"}
  repeats: {type: int, label: 重复, english: Repeats, purpose: 试, counted: "true"}
""",
    "indicators": """  letters_again: [重复率, Share of repeats]
  days: [天数, Days]
  told: [告知率, Told]
  whole: [指数, Index]
""",
}
QUARTER = pb.Period(first_day="2024-04-01", last_day="2024-06-30")
BEFORE = pb.Period(first_day="2024-01-01", last_day="2024-03-31")


@cache
def book() -> Rulebook:
    return book_of(WORDS, figures=RULES, telling=MATTERS)


def ask(
    matters: Sequence[common_pb2.Matter],
    events: Sequence[dict[str, object]] = (),
    earlier: pb.Period | None = None,
    at: str = "2024-07-20",
    period: pb.Period = QUARTER,
) -> pb.AssessOfficeResponse:
    office = pb.Office(office_id="o", events=[event(n, told) for n, told in enumerate(events)])
    request = pb.AssessOfficeRequest(
        context=context(at=at), office=office, period=period, matters=matters, earlier_period=earlier
    )
    return commands.assess_office(book(), [request], NOW)


def letter(
    number: int,
    received: str,
    answered: str = "",
    *,
    repeat: bool | None = False,
    village: str = "v",
    told: str = "",
) -> common_pb2.Matter:
    facts: dict[str, object] = {"channel": "letter", "wanted_village": village}
    if repeat is not None:
        facts["repeat"] = repeat
    happened: list[dict[str, object]] = [{"type": "received", "at": received}]
    if answered:
        happened.append({"type": "opinion_issued", "at": answered})
    if told:
        happened.append({"type": "told_in_writing", "at": told})
    return matter(facts, happened, matter_id=f"m{number}")


def figures(response: pb.AssessOfficeResponse) -> dict[str, tuple[int, int]]:
    return {one.code: (one.numerator, one.denominator) for one in response.answer.indicators}


def test_two_counts_are_divided_and_days_are_averaged() -> None:
    response = ask(
        [
            letter(1, "2024-04-02", "2024-04-12", repeat=True),
            letter(2, "2024-05-06T23:00", "2024-05-07T01:00"),
            letter(3, "2024-06-30"),
            letter(4, "2024-07-01", "2024-07-02", repeat=True),
        ]
    )
    assert figures(response)["letters_again"] == (1, 3)
    assert figures(response)["days"] == (11, 2)
    assert {one.code: one.unit for one in response.answer.indicators} == {
        "letters_again": "%",
        "days": "日",
        "told": "%",
    }


def test_a_matter_takes_as_long_as_its_slowest_request_and_is_left_out_while_one_is_open() -> None:
    def two(number: int, *answered: tuple[str, str]) -> common_pb2.Matter:
        happened = [{"type": "received", "at": "2024-05-06"}]
        happened += [{"type": "opinion_issued", "at": at, "request_id": request} for request, at in answered]
        return matter(
            {"channel": "letter", "repeat": False},
            happened,
            requests={"a": {}, "b": {}},
            matter_id=f"m{number}",
        )

    response = ask([two(1, ("a", "2024-05-08"), ("b", "2024-05-20")), two(2, ("a", "2024-05-08"))])
    assert figures(response)["days"] == (14, 1)


def test_what_leaves_a_count_open_leaves_its_figures_and_the_index_open() -> None:
    response = ask([letter(1, "2024-04-02", repeat=None)])
    share = response.answer.indicators[0]
    assert (share.undecided, share.numerator, share.denominator) == (True, 0, 0)
    assert [index.value for index in response.answer.indexes] == [""]
    assert ("repeat", "m1") in [(one.name, one.request_id) for one in response.answer.missing_facts]


def test_the_earlier_period_is_told_beside_with_the_way_that_was_wanted() -> None:
    response = ask(
        [
            letter(1, "2024-02-05", "2024-02-09", repeat=True, told="2024-02-06"),
            letter(2, "2024-03-05", "2024-03-09", told="2024-03-29"),
            letter(3, "2024-04-05", "2024-04-10", told="2024-04-06"),
        ],
        earlier=BEFORE,
    )
    told = {
        one.code: (
            one.numerator,
            one.denominator,
            one.earlier.numerator,
            one.earlier.denominator,
            one.movement,
        )
        for one in response.answer.indicators
    }
    assert told == {
        "letters_again": (0, 1, 1, 2, answer_pb2.MOVEMENT_AS_WANTED),
        "days": (5, 1, 8, 2, answer_pb2.MOVEMENT_AGAINST),
        "told": (1, 1, 1, 2, answer_pb2.MOVEMENT_AS_WANTED),
    }
    (index,) = response.answer.indexes
    assert (index.value, index.earlier_value) == ("100.00", "50.00")
    assert response.earlier_period == BEFORE


def test_a_matter_told_only_for_a_part_of_the_period_leaves_its_count_open() -> None:
    silent = matter({"channel": "letter", "repeat": False}, complete_until="2024-06-30", matter_id="m1")
    response = ask([silent, letter(2, "2024-04-02", "2024-04-04")])
    assert [(one.code, one.undecided) for one in response.answer.indicators] == [
        ("letters_again", True),
        ("days", True),
        ("told", True),
    ]
    missing = [(one.name, one.request_id, list(one.would_decide)) for one in response.answer.missing_facts]
    assert missing == [("told", "m1", ["figures/told"]), ("letters", "m1", ["figures/letters"])]
    assert [groups.undecided for groups in response.groups] == [True]


@pytest.mark.parametrize(
    ("facts", "complete_until", "received", "letters"),
    [
        ({"channel": "letter"}, "2024-06-30T23:59:59", [], 0),
        ({"channel": "letter"}, "2024-07-20", [], 0),
        ({"channel": "visit"}, "2024-06-01", [], 0),
        ({"channel": "letter"}, "2024-06-01", ["2024-05-06"], 1),
        ({"channel": "letter"}, "2024-04-01", ["2024-05-06"], 1),
    ],
)
def test_what_was_told_of_the_whole_period_counts_or_does_not_whatever_happened_since(
    facts: dict[str, object], complete_until: str, received: list[str], letters: int
) -> None:
    events = [{"type": "received", "at": day} for day in received]
    about = matter(
        {"repeat": True, "wanted_village": "v"} | facts,
        [*events, {"type": "opinion_issued", "at": "2024-05-08"}],
        complete_until=complete_until,
    )
    assert figures(ask([about]))["letters_again"] == (letters, letters)
    assert not ask([about]).answer.indicators[0].undecided


def test_a_period_that_has_not_ended_is_told_when_all_is_told_until_now() -> None:
    def shares(complete_until: str, at: str) -> bool:
        about = matter({"channel": "letter", "repeat": False}, complete_until=complete_until)
        return ask([about], at=at).answer.indicators[0].undecided

    assert shares("2024-05-05", "2024-05-06")
    assert not shares("2024-05-06", "2024-05-06")
    assert not shares("2024-03-01", "2024-03-31T23:59:59")


@pytest.mark.parametrize(
    ("answered", "complete_until", "days"),
    [("", "2024-07-01", None), ("", "", (0, 0)), ("2024-05-08", "2024-07-01", (2, 1))],
)
def test_the_days_of_what_may_be_through_are_not_known(
    answered: str, complete_until: str, days: tuple[int, int] | None
) -> None:
    about = letter(1, "2024-05-06", answered)
    if complete_until:
        about.events_complete_until.CopyFrom(stamp(complete_until))
    average = ask([about]).answer.indicators[1]
    assert average.undecided is (days is None)
    assert (average.numerator, average.denominator) == (days or (0, 0))


@pytest.mark.parametrize(("village", "undecided"), [("v", False), ("w", True), (None, False)])
def test_a_request_that_may_have_come_too_may_put_its_matter_into_another_group(
    village: str | None, undecided: bool
) -> None:
    facts = {"channel": "letter", "repeat": False, "wanted_village": "v"}
    about = matter(
        facts,
        [{"type": "received", "at": "2024-05-06", "request_id": "a"}],
        requests={"a": {}, "b": {"wanted_village": village}},
        complete_until="2024-06-01",
    )
    response = ask([about])
    assert figures(response)["letters_again"] == (0, 1)
    assert [groups.undecided for groups in response.groups] == [undecided]


def test_an_index_shows_its_parts_and_rests_on_its_weights() -> None:
    response = ask([letter(n, "2024-04-02", repeat=n < 2, told="2024-04-03") for n in range(3)])
    (index,) = response.answer.indexes
    assert [(part.indicator, part.weight, part.value) for part in index.parts] == [
        ("letters_again", 3, "33.33"),
        ("told", 1, "100.00"),
    ]
    assert index.value == "50.00"
    assert "figures/first" in [one.place for one in response.answer.rests_on]


def test_an_index_has_no_value_where_a_part_has_no_denominator() -> None:
    response = ask([])
    assert [index.value for index in response.answer.indexes] == [""]


@pytest.mark.parametrize("last", ["2024-04-01", "2024-05-01"])
def test_an_earlier_period_that_overlaps_is_refused(last: str) -> None:
    with pytest.raises(RefusedError) as refused:
        ask([], earlier=pb.Period(first_day="2024-01-01", last_day=last))
    assert [problem.code for problem in refused.value.problems] == ["PERIODS_OVERLAP"]


VILLAGES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9))


@examples(150)
@given(numbers=VILLAGES)
def test_what_is_withheld_does_not_follow_from_what_is_shown(numbers: dict[str, int]) -> None:
    villages = [village for village, number in numbers.items() for _ in range(number)]
    response = ask([letter(n, "2024-05-06", village=village) for n, village in enumerate(villages)])
    (shown,) = response.groups
    told = {group.code: group.number for group in shown.groups}
    assert all(number >= 5 and numbers[village] == number for village, number in told.items())
    assert shown.withheld == len(numbers) - len(told)
    if shown.withheld and told:
        assert shown.withheld >= 2
        assert len(villages) - sum(told.values()) >= 5
    if all(number >= 5 for number in numbers.values()):
        assert told == Counter(villages)


@examples(100)
@given(
    told=st.lists(st.tuples(st.integers(1, 28), st.none() | st.integers(0, 40), st.booleans()), max_size=6)
)
def test_shares_and_averages_are_what_a_clerk_would_add_up(
    told: list[tuple[int, int | None, bool]],
) -> None:
    matters = []
    for number, (day, wait, repeat) in enumerate(told):
        received = f"2024-05-{day:02d}T09:00"
        answered = ""
        if wait is not None:
            month, rest = divmod(day - 1 + wait, 31)
            answered = f"2024-{5 + month:02d}-{rest + 1:02d}T08:00" if wait else f"{received[:10]}T10:00"
        if answered > "2024-06-30":
            answered, wait = "", None
        matters.append(letter(number, received, answered, repeat=repeat))
        told[number] = (day, wait, repeat)
    found = figures(ask(matters))
    waits = [wait for _, wait, _ in told if wait is not None]
    assert found["days"] == (sum(waits), len(waits))
    assert found["letters_again"] == (sum(repeat for *_, repeat in told), len(told))
    if told:
        assert Fraction(*found["letters_again"]) <= 1


def test_an_office_owes_what_its_period_and_its_own_events_start() -> None:
    late = ask([], at="2024-07-20").answer
    assert states(late)["reports"] == "overdue"
    assert [finding.code for finding in late.findings] == ["report_due"]
    met = ask([], [{"type": "closed", "at": "2024-07-03"}], at="2024-07-04").answer
    assert states(met) == {"reports": "met", "follows": "due_soon"}
    (duty,) = [one for one in met.duties if one.rule == "reports"]
    assert shanghai(duty.due_at) == "2024-07-05T23:59:59"
    assert duty.obliged_office == "o"


def test_each_period_has_a_duty_of_its_own() -> None:
    (now,) = [one for one in ask([]).answer.duties if one.rule == "reports"]
    request = pb.AssessOfficeRequest(
        context=context(at="2024-07-20"), office=pb.Office(office_id="o"), period=BEFORE
    )
    before = commands.assess_office(book(), [request], NOW).answer
    assert now.duty_id not in [one.duty_id for one in before.duties]


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("2024-05-06", "2024-05-12", "week"),
        ("2024-05-07", "2024-05-13", "other"),
        ("2024-05-06", "2024-05-13", "other"),
        ("2027-02-01", "2027-02-28", "month"),
    ],
)
def test_a_week_runs_from_monday_to_sunday(first: str, last: str, kind: str, tmp_path: Path) -> None:
    rules = """
ruleset: kinds
title: 期间
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [period_kind]
tables:
  - id: t
    title: 期间
    each: office
    hit: UNIQUE
    in: [period_kind]
    out: {told: {type: string, label: 结果}}
    rows:
      - {id: week, if: [week], then: [week], basis: convention, note: 试}
      - {id: month, if: [month], then: [month], basis: convention, note: 试}
      - {id: other, if: ["other, quarter, year"], then: [other], basis: convention, note: 试}
"""
    loaded = commands.load(rulesets(tmp_path / "rulesets", kinds=rules))
    request = pb.AssessOfficeRequest(
        context=context(at="2028-07-20"),
        office=pb.Office(office_id="o"),
        period=pb.Period(first_day=first, last_day=last),
    )
    (decision,) = commands.assess_office(loaded, [request], NOW).answer.decisions
    assert json.loads(decision.outcome_json) == {"told": kind}


def test_a_duty_of_a_period_is_the_same_before_and_after_it_starts_and_another_in_another_period() -> None:
    def id_of(at: str, period: pb.Period) -> str:
        (duty,) = [one for one in ask([], at=at, period=period).answer.duties if one.rule == "reports"]
        return duty.duty_id

    days = ["2024-06-15", "2024-06-16", "2024-07-02"]
    assert len({id_of(day, QUARTER) for day in days}) == 1
    assert id_of("2024-06-15", pb.Period(first_day="2024-07-01", last_day="2024-09-30")) not in {
        id_of(day, QUARTER) for day in days
    }
