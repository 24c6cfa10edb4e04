"""Counts that add a number up over an office's matters, and totals, beside a clerk with a pencil."""

from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.reference import office as clerk
from tests.reference.profile import examples
from tests.rules_service.commands.asking import NOW, book_of, context, matter

RULES = """
ruleset: sums
title: 人次
subject: office
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, settled_on_spot, joint_count, wanted_village, people]
counts:
  - {as: people, sum: joint_count, during: received, where: {channel: visit}, by: wanted_village,
     at_least: 5, REST}
  - {as: people_settled, sum: joint_count, during: received,
     where: {channel: visit, settled_on_spot: "true"}, REST}
  - {as: batches, during: received, where: {channel: visit}, REST}
indicators:
  - {id: settled, part: {count: people_settled}, whole: {count: people}, wanted: up, REST}
  - {id: came, total: {count: people}, wanted: down, REST}
  - {id: came_as, total: {count: batches}, wanted: down, REST}
tables:
  - id: many
    title: 人多
    each: office
    hit: UNIQUE
    in: [people]
    out: {told: {type: string, label: 结果}}
    rows:
      - {id: few, if: ["< 10"], then: [少], REST}
      - {id: many, if: [">= 10"], then: [多], REST}
"""
COUNTED = '{{type: int, label: {0}, english: "{0}", unit: {1}, min: 0, purpose: 试, counted: "true"}}'
WORDS = {
    "facts": f"""  wanted_village: {{type: string, label: 村, english: Village, purpose: 试}}
  people: {COUNTED.format("来访人次", "人")}
  people_settled: {COUNTED.format("化解人次", "人")}
  batches: {COUNTED.format("批次", "批")}
""",
    "indicators": """  settled: [化解率, Settled]
  came: [来访总量, Came]
  came_as: [来访批次, Batches]
""",
}
YEAR = pb.Period(first_day="2025-01-01", last_day="2025-12-31")
BEFORE = pb.Period(first_day="2024-01-01", last_day="2024-12-31")
SETTLED = {"channel": "visit", "settled_on_spot": True}
VISIT = SETTLED | {"wanted_village": "v"}


@cache
def book() -> Rulebook:
    return book_of(WORDS, sums=RULES)


def ask(matters: Sequence[common_pb2.Matter], earlier: pb.Period | None = None) -> pb.AssessOfficeResponse:
    request = pb.AssessOfficeRequest(
        context=context(at="2026-01-05"),
        office=pb.Office(office_id="o"),
        period=YEAR,
        matters=matters,
        earlier_period=earlier,
    )
    return commands.assess_office(book(), [request], NOW)


def visits(
    *told: Mapping[str, object], day: str = "2025-06-01", prefix: str = "m"
) -> list[common_pb2.Matter]:
    return [
        matter(facts, [{"type": "received", "at": day}], matter_id=f"{prefix}{number}")
        for number, facts in enumerate(told)
    ]


def figures(response: pb.AssessOfficeResponse) -> dict[str, tuple[int, int]]:
    return {one.code: (one.numerator, one.denominator) for one in response.answer.indicators}


def test_people_are_added_up_and_matters_are_counted() -> None:
    response = ask(visits(VISIT | {"joint_count": 4}, VISIT | {"joint_count": 1, "settled_on_spot": False}))
    assert figures(response) == {"settled": (4, 5), "came": (5, 1), "came_as": (2, 1)}
    assert {one.code: one.unit for one in response.answer.indicators} == {
        "settled": "%",
        "came": "人",
        "came_as": "批",
    }
    (decision,) = response.answer.decisions
    assert [row.row_id for row in decision.rows] == ["few"]


@pytest.mark.parametrize(
    ("facts", "unknown", "told_unknown"),
    [({}, (), False), ({}, ("joint_count",), True), ({"joint_count": None}, (), False)],
)
def test_a_number_that_was_not_said_is_never_nought(
    facts: dict[str, object], unknown: tuple[str, ...], told_unknown: bool
) -> None:
    open_ = matter(VISIT | facts, [{"type": "received", "at": "2025-06-02"}], unknown=unknown, matter_id="x")
    response = ask([*visits(VISIT | {"joint_count": 9}), open_])
    told = {one.code: one.undecided for one in response.answer.indicators}
    assert told == {"settled": True, "came": True, "came_as": False}
    assert figures(response)["came_as"] == (2, 1)
    (missing,) = response.answer.missing_facts
    assert (missing.name, missing.request_id, missing.unknown) == ("joint_count", "x", told_unknown)
    assert list(missing.would_decide) == ["sums/people", "sums/people_settled"]
    assert response.answer.decisions[0].state == answer_pb2.DECISION_STATE_UNDECIDED
    (groups,) = response.groups
    assert (groups.sum, groups.undecided) == ("joint_count", True)


@pytest.mark.parametrize(
    ("other", "came"),
    [
        ({"joint_count": 3}, (3, 1)),
        ({"joint_count": 4}, (0, 0)),
        ({}, (0, 0)),
        ({"channel": "letter"}, (3, 1)),
    ],
)
def test_a_request_that_may_have_come_too_leaves_a_sum_open_if_it_adds_to_it(
    other: dict[str, object], came: tuple[int, int]
) -> None:
    about = matter(
        VISIT,
        [{"type": "received", "at": "2025-06-02", "request_id": "a"}],
        requests={"a": {"joint_count": 3}, "b": other},
        complete_until="2025-12-31",
    )
    found = figures(ask([about]))
    assert (found["came"], found["came_as"]) == (came, (1, 1))


def test_what_may_have_come_makes_no_row_answer() -> None:
    answer = ask([matter(VISIT, complete_until="2025-06-01", matter_id="x")]).answer
    assert answer.decisions[0].state == answer_pb2.DECISION_STATE_UNDECIDED
    assert ("people", "x") in [(one.name, one.request_id) for one in answer.missing_facts]


def test_what_does_not_count_need_not_say_its_number() -> None:
    response = ask(visits({"channel": "letter"}, VISIT | {"joint_count": 3}))
    assert figures(response)["came"] == (3, 1)
    assert not response.answer.missing_facts


def test_the_same_people_behind_several_requests_are_added_once() -> None:
    one = matter(
        VISIT | {"joint_count": 3},
        [{"type": "received", "at": "2025-06-02"}],
        requests={"a": {}, "b": {"joint_count": 5}, "c": {"channel": "letter", "joint_count": 8}},
    )
    assert figures(ask([one]))["came"] == (5, 1)


def test_a_total_is_held_against_that_of_the_earlier_period() -> None:
    now = visits(*[VISIT | {"joint_count": 2}] * 3)
    before = visits(*[VISIT | {"joint_count": 1}] * 5, day="2024-06-01", prefix="b")
    told = {
        one.code: (one.numerator, one.earlier.numerator, one.movement)
        for one in ask([*now, *before], BEFORE).answer.indicators
    }
    assert told["came"] == (6, 5, answer_pb2.MOVEMENT_AGAINST)
    assert told["came_as"] == (3, 5, answer_pb2.MOVEMENT_AS_WANTED)


def test_a_sum_beyond_what_a_number_may_be_is_no_number() -> None:
    response = ask(visits(*[VISIT | {"joint_count": 10**15}] * 2))
    assert [one.undecided for one in response.answer.indicators] == [True, True, False]


def numbers(response: pb.AssessOfficeResponse) -> tuple[dict[str, int], int]:
    (groups,) = response.groups
    return {group.code: group.number for group in groups.groups}, groups.withheld


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([("a", 1)] * 5 + [("b", 1)] * 5, {"a": 5, "b": 5}),
        # Many people in few matters: who they are could be told from the number.
        ([("a", 9)] * 4 + [("b", 1)] * 5 + [("c", 1)] * 9, {"c": 9}),
        # Many matters without people.
        ([("a", 0)] * 9 + [("b", 1)] * 5 + [("c", 1)] * 9, {"c": 9}),
    ],
)
def test_a_group_is_withheld_for_few_matters_and_for_few_people(
    told: list[tuple[str, int]], shown: dict[str, int]
) -> None:
    matters = visits(*(VISIT | {"wanted_village": village, "joint_count": many} for village, many in told))
    found, withheld = numbers(ask(matters))
    assert found == shown
    assert withheld == len({village for village, _ in told}) - len(shown)


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["visit", "visit", "visit", "letter"]),
        "settled_on_spot": st.booleans(),
        "joint_count": st.integers(0, 6) | st.none(),
        "wanted_village": st.sampled_from("abc"),
    },
)
SURE = st.fixed_dictionaries(
    {
        "channel": st.just("visit"),
        "settled_on_spot": st.booleans(),
        "joint_count": st.integers(0, 6),
        "wanted_village": st.sampled_from("abc"),
    }
)
MATTERS = st.lists(st.lists(FACTS, min_size=1, max_size=3), max_size=8) | st.lists(
    st.lists(SURE, min_size=1, max_size=2), max_size=25
)


@examples(150)
@given(told=MATTERS)
def test_sums_totals_and_groups_are_what_a_clerk_would_add_up(told: list[list[dict[str, object]]]) -> None:
    matters = [
        matter(
            {},
            [{"type": "received", "at": "2025-06-01"}],
            requests={f"r{n}": facts for n, facts in enumerate(requests)},
            matter_id=f"m{number}",
        )
        for number, requests in enumerate(told)
    ]
    response = ask(matters)
    # Settled is what an official has said to be; who says nothing of it has not settled.
    told = [[{"settled_on_spot": None} | facts for facts in requests] for requests in told]
    came = clerk.add_up(told, {"channel": "visit"}, "joint_count")
    settled = clerk.add_up(told, SETTLED, "joint_count")
    batches = clerk.add_up(told, {"channel": "visit"})
    expected = {
        "settled": (settled.number, came.number) if came.sure and settled.sure else (0, 0),
        "came": (came.number, 1) if came.sure else (0, 0),
        "came_as": (batches.number, 1) if batches.sure else (0, 0),
    }
    assert figures(response) == expected
    assert {one.code: one.undecided for one in response.answer.indicators} == {
        "settled": not (came.sure and settled.sure),
        "came": not came.sure,
        "came_as": not batches.sure,
    }
    groups = clerk.by_group(told, {"channel": "visit"}, "wanted_village", "joint_count")
    shown, withheld = numbers(response)
    assert all(min(groups[code]) >= 5 and groups[code][1] == number for code, number in shown.items())
    hidden = [sizes for code, sizes in groups.items() if code not in shown]
    assert len(hidden) == withheld
    if hidden and shown:
        assert len(hidden) > 1
        assert min(sum(sizes) for sizes in zip(*hidden, strict=True)) >= 5
    if all(min(sizes) >= 5 for sizes in groups.values()):
        assert shown == {code: people for code, (_, people) in groups.items()}


def test_another_request_of_a_matter_that_may_count_leaves_open_what_it_could_change() -> None:
    """Of the same people the largest number counts; a group of its own counts them once more."""

    def told(**other: object) -> tuple[bool, list[tuple[str, str]], bool]:
        sure = VISIT | {"joint_count": 4, "wanted_village": "a"}
        unsure = {"settled_on_spot": False, "wanted_village": "a"} | other
        about = matter(
            {}, [{"type": "received", "at": "2025-06-02"}], requests={"a": sure, "b": unsure}, matter_id="x"
        )
        response = ask([about])
        total = next(one for one in response.answer.indicators if one.code == "came")
        missing = [(one.name, one.request_id) for one in response.answer.missing_facts]
        return total.undecided, missing, response.groups[0].undecided

    assert told(joint_count=9) == (True, [("channel", "x")], True)
    assert told() == (True, [("channel", "x")], True)
    assert told(joint_count=3)[0] is False
    assert told(joint_count=9, channel="letter") == (False, [], False)
