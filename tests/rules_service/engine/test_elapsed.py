"""Elapsed time as facts, by the public door, beside a clerk who leafs through the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.calendar.pin import packaged_calendar
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from tests.reference.deadlines import SHANGHAI
from tests.reference.elapsed import UNKNOWN, Number, PlainElapsed, elapsed, first_difference
from tests.reference.matter import Happened
from tests.reference.profile import examples
from tests.rules_service.commands.asking import (
    NOW,
    assess,
    context,
    evaluate,
    matter,
    rulesets,
    shanghai,
    states,
)

CALENDAR = packaged_calendar()
BOUND = {"open_days": 5, "open_working_days": 3, "open_months": 2, "took_days": 4, "told_days": 6}
PLAIN = {
    "open_days": PlainElapsed("received", "now", "calendar_days", ("closed",)),
    "open_working_days": PlainElapsed("received", "now", "working_days"),
    "open_months": PlainElapsed("received", "now", "months"),
    "took_days": PlainElapsed("received", "opinion_issued", "calendar_days", ("withdrawn_by_petitioner",)),
}
FACT = "  {0}: {{type: int, label: 天数, english: Days, min: 0, purpose: 试, counted: 'true'}}\n"
TABLE = """
  - id: {0}
    title: 试
    hit: UNIQUE
    in: [{0}]
    out: {{told: {{type: string, label: 结果}}}}
    rows:
      - {{id: none, if: ["null"], then: [无], REST}}
      - {{id: short, if: ["< {1}"], then: [短], REST}}
      - {{id: just, if: ["{1}"], then: [正好], REST}}
      - {{id: long, if: ["> {1}"], then: [长], REST}}
"""
HEAD = """
ruleset: {0}
title: 经过的时间
subject: {1}
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [{2}]
"""
RULES = (
    HEAD.format("waits", "matter", ", ".join([*BOUND, "wanted_day"]))
    + """
elapsed:
  - {as: open_days, from: received, to: now, count: calendar_days, ended_by: [closed], REST}
  - {as: open_working_days, from: received, to: now, count: working_days, REST}
  - {as: open_months, from: received, to: now, count: months, REST}
  - {as: took_days, from: received, to: opinion_issued, count: calendar_days,
     ended_by: [withdrawn_by_petitioner], REST}
  - {as: told_days, from: wanted_day, to: now, count: calendar_days, REST}
tables:"""
    + "".join(TABLE.format(name, bound) for name, bound in BOUND.items())
)
DUTIES = (
    HEAD.format("pressing", "matter", "open_days")
    + """
elapsed:
  - {as: open_days, from: received, to: now, count: calendar_days, ended_by: [closed], REST}
tables:
  - id: long
    title: 久
    each: request
    hit: UNIQUE
    in: [open_days]
    out: {is: {type: bool, label: 久}}
    rows:
      - {id: yes, if: [">= 9"], then: ["true"], REST}
      - {id: no, if: ["< 9"], then: ["false"], REST}
duties:
  - {id: reports, title: 报, each: request, concept: registered, who: competent_organ,
     when: {long.is: "false"}, due: {from: received, add: 30, count: calendar_days},
     met_by: [registered], REST}
  - {id: guides, title: 导, concept: routed, who: competent_organ,
     due: {from: received, add: 30, count: calendar_days}, met_by: [guided], REST}
chain_facts:
  - {kind: waiting, of_event: urged, matter_field: matter, elapsed: {days: open_days}}
chains:
  - id: urged_long
    title: 催办又久拖
    when: {w: {kind: waiting, days: ">= 7"}}
    then: {finding: {kind: year_end_deduction, matter: w.matter}}
    REST
"""
)
OFFICE = (
    HEAD.format("offices", "office", "open_days, long_open")
    + """
elapsed:
  - {as: open_days, from: received, to: now, count: calendar_days, ended_by: [closed], REST}
counts:
  - {as: long_open, during: received, where: {open_days: "> 90"}, REST}
indicators:
  - {id: wanted_total, total: {count: long_open}, wanted: down, REST}
"""
)
WORDS = {
    "facts:\n": "facts:\n  wanted_day: {type: date, label: 某日, english: A day, purpose: 试}\n"
    + "".join(FACT.format(name) for name in [*BOUND, "long_open"]),
    "indicators:\n": "indicators:\n  wanted_total: [久拖件数, Long open]\n",
    "kinds:\n": "kinds:\n  waiting: {label: 等, english: W, fields: {matter: string, days: int}}\n",
}


@cache
def book(text: str) -> Rulebook:
    with TemporaryDirectory() as folder:
        flow, block = "basis: convention, note: 试", "basis: convention\n    note: 试"
        rules = text.replace("\n    REST", f"\n    {block}").replace("REST", flow)
        path = rulesets(Path(folder) / "rulesets", tried=rules)
        words = (path / "vocabulary.yaml").read_text(encoding="utf-8")
        for heading, more in WORDS.items():
            words = words.replace(f"\n{heading}", f"\n{more}", 1)
        (path / "vocabulary.yaml").write_text(words, encoding="utf-8")
        return commands.load(path)


def ask(
    events: Iterable[Mapping[str, object]],
    at: str,
    facts: Mapping[str, object] = {},
    complete_until: str = "",
) -> answer_pb2.Answer:
    about = matter(facts, events, complete_until=complete_until)
    return evaluate(book(RULES), "waits", about, context(at=at))


def rows(answer: answer_pb2.Answer) -> dict[str, str]:
    return {one.table: one.rows[0].row_id if one.rows else "undecided" for one in answer.decisions}


def received(at: str = "2024-05-06T10:00") -> dict[str, object]:
    return {"type": "received", "at": at}


def test_days_begin_after_the_day_of_the_start_and_the_answer_says_what_was_counted() -> None:
    answer = ask([received()], "2024-05-11T00:00")
    assert rows(answer)["open_days"] == "just"
    told = {one.name: (one.number, one.first_day, one.last_day) for one in answer.elapsed}
    assert told == {
        "open_days": (5, "2024-05-06", "2024-05-11"),
        # 11 May 2024 was a Saturday that was worked.
        "open_working_days": (5, "2024-05-06", "2024-05-11"),
        "open_months": (0, "2024-05-06", "2024-05-11"),
    }
    assert "waits/open_days" in [one.place for one in answer.rests_on]
    assert answer_pb2.COUNT_UNIT_MONTHS in [one.unit for one in answer.elapsed]


@pytest.mark.parametrize(
    ("start", "at", "months"),
    [
        ("2022-05-10", "2024-05-09", 23),
        ("2022-05-10", "2024-05-10", 24),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-03-30", 1),
        ("2024-01-31", "2024-03-31", 2),
        ("2024-02-29", "2025-02-28", 12),
    ],
)
def test_months_end_on_the_day_of_the_same_number(start: str, at: str, months: int) -> None:
    (told,) = [one for one in ask([received(start)], at).elapsed if one.name == "open_months"]
    assert told.number == months


def test_what_has_ended_is_not_open_and_what_began_again_is_open_from_then() -> None:
    closed = {"type": "closed", "at": "2024-05-08"}
    assert rows(ask([received(), closed], "2024-06-01"))["open_days"] == "none"
    again = ask([received(), closed, received("2024-05-20")], "2024-05-25")
    assert [one.number for one in again.elapsed if one.name == "open_days"] == [5]


@pytest.mark.parametrize(
    ("until", "row"), [("2024-05-12", "undecided"), ("2024-05-20", "long"), ("", "long")]
)
def test_whether_it_ended_is_unknown_where_silence_says_nothing(until: str, row: str) -> None:
    answer = ask([received()], "2024-05-20", complete_until=until)
    assert rows(answer)["open_days"] == row
    assert rows(answer)["open_working_days"] == "long"
    missing = [one.name for one in answer.missing_facts]
    assert ("open_days" in missing) is (row == "undecided")


def test_a_start_that_was_not_told_is_asked_for_and_never_nought() -> None:
    told = {one.name: list(one.would_decide) for one in ask([], "2024-05-20").missing_facts}
    assert told == {"wanted_day": ["waits/told_days"]}
    assert rows(ask([], "2024-05-20"))["open_days"] == "none"
    assert rows(ask([], "2024-05-20", complete_until="2024-05-19"))["open_days"] == "undecided"
    assert rows(ask([], "2024-05-20", {"wanted_day": None}))["told_days"] == "none"


def test_a_day_to_come_has_no_length_yet_and_begins_by_itself() -> None:
    answer = ask([], "2024-05-20T10:00", {"wanted_day": "2024-06-03"})
    assert rows(answer)["told_days"] == "none"
    assert shanghai(answer.next_change_at) == "2024-06-03T00:00:00"
    later = ask([], "2024-06-03T00:00", {"wanted_day": "2024-06-03"})
    assert rows(later)["told_days"] == "short"
    assert shanghai(later.next_change_at) == "2024-06-09T00:00:00"


def test_working_days_of_a_year_without_a_notice_are_unknown() -> None:
    answer = ask([received("2024-05-06")], "2099-01-01")
    assert rows(answer)["open_working_days"] == "undecided"
    assert rows(answer)["open_days"] == "long"
    # Nothing is left to grow into but the days of which no notice tells.
    answer = ask([received("2024-05-06")], "2026-12-01")
    assert shanghai(answer.next_change_at) == f"{CALENDAR.settled_until + timedelta(days=1)}T00:00:00"


def test_a_caller_cannot_tell_what_the_service_counts() -> None:
    with pytest.raises(RefusedError) as refused:
        ask([], "2024-05-20", {"open_days": 4})
    assert [problem.code for problem in refused.value.problems] == ["FACT_COUNTED"]


def pressing(at: str, *events: Mapping[str, object]) -> answer_pb2.Answer:
    about = matter({}, [received("2024-05-06"), *events])
    return assess(book(DUTIES), about, context(at=at))


def test_a_duty_that_elapsed_time_takes_away_changes_then_and_no_other_does() -> None:
    before = pressing("2024-05-10")
    assert states(before) == {"reports": "pending", "guides": "pending"}
    changes = {one.rule: shanghai(one.next_change_at) for one in before.duties}
    assert changes["reports"] == "2024-05-15T00:00:00"
    assert changes["guides"] == "2024-06-02T23:59:59"
    assert states(pressing("2024-05-14T23:59:59")) == {"reports": "pending", "guides": "pending"}
    assert states(pressing("2024-05-15")) == {"guides": "pending"}


def test_a_chained_rule_joins_elapsed_time() -> None:
    urged = {"type": "urged", "at": "2024-05-07"}
    assert not pressing("2024-05-12", urged).findings
    assert [one.code for one in pressing("2024-05-13", urged).findings] == ["year_end_deduction"]
    # What a chain reads may say another thing with every day.
    assert shanghai(pressing("2024-05-12", urged).next_change_at) == "2024-05-13T00:00:00"


def test_an_office_s_matters_are_counted_by_how_long_they_are_open() -> None:
    def office(at: str) -> pb.AssessOfficeResponse:
        matters = [
            matter({"category": "appeal"}, [received("2024-04-01")], matter_id="a"),
            matter({"category": "appeal"}, [received("2024-05-01")], matter_id="b"),
            matter(
                {"category": "appeal"},
                [received("2024-04-01"), {"type": "closed", "at": "2024-04-20"}],
                matter_id="c",
            ),
        ]
        request = pb.AssessOfficeRequest(
            context=context(at=at),
            office=pb.Office(office_id="o"),
            period=pb.Period(first_day="2024-04-01", last_day="2024-06-30"),
            matters=matters,
        )
        return commands.assess_office(book(OFFICE), [request], NOW)

    late = office("2024-07-01")
    assert [one.numerator for one in late.answer.indicators] == [1]
    assert [one.matter_id for one in late.counted] == ["a"]
    assert shanghai(late.answer.next_change_at) == "2024-07-31T00:00:00"
    assert [one.numerator for one in office("2024-07-31").answer.indicators] == [2]


HOURS = st.integers(0, 40 * 24)
BEGUN = datetime(2024, 4, 25, tzinfo=SHANGHAI)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Happened], datetime, datetime | None]:
    kinds = ["received", "received", "closed", "opinion_issued", "withdrawn_by_petitioner"]
    moments = draw(st.lists(HOURS, max_size=6, unique=True))
    events = [Happened(draw(st.sampled_from(kinds)), BEGUN + timedelta(hours=hour)) for hour in moments]
    at = BEGUN + timedelta(hours=draw(HOURS) + draw(st.sampled_from([0, 0, 24 * 30])))
    until = draw(st.none() | st.integers(-72, 24))
    return events, at, None if until is None else at + timedelta(hours=until)


def expected(number: Number, bound: int) -> str:
    if number == UNKNOWN:
        return "undecided"
    if number is None:
        return "none"
    return "short" if int(number) < bound else "just" if int(number) == bound else "long"


def clerk(events: Sequence[Happened], until: datetime | None, at: datetime) -> dict[str, Number]:
    return {name: elapsed(rule, events, until, at, CALENDAR.day_off_reason) for name, rule in PLAIN.items()}


@examples(200)
@given(file=files())
def test_what_has_elapsed_is_what_a_clerk_counts_and_changes_when_it_would_for_the_clerk(
    file: tuple[list[Happened], datetime, datetime | None],
) -> None:
    events, at, until = file
    told = [{"type": event.type, "at": event.at.isoformat()} for event in events]
    answer = ask(told, at.isoformat(), {"wanted_day": None}, until.isoformat() if until else "")
    numbers = clerk(events, until, at)
    said = rows(answer)
    assert {name: said[name] for name in numbers} == {
        name: expected(number, BOUND[name]) for name, number in numbers.items()
    }
    assert {one.name: one.number for one in answer.elapsed} == {
        name: number for name, number in numbers.items() if isinstance(number, int)
    }
    if until is not None:
        return
    past = [event for event in events if event.at <= at]
    now = {name: expected(number, BOUND[name]) for name, number in numbers.items()}

    def differs(then: datetime) -> bool:
        later = clerk(past, None, then)
        return any(expected(later[name], BOUND[name]) != now[name] for name in later)

    found = answer.next_change_at.ToDatetime(UTC) if answer.HasField("next_change_at") else None
    assert (found if found and found < at + timedelta(days=70) else None) == first_difference(at, 70, differs)
