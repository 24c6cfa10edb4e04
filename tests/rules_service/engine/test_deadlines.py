from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.calendar import WorkingCalendar
from rules_service.calendar.pin import packaged_calendar
from rules_service.engine.deadlines import CountUnit, Deadline, Owed, SkippedDay, deadline
from tests.reference import deadlines as plain
from tests.reference.profile import examples

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR: WorkingCalendar = packaged_calendar()
DAYS = [CountUnit.CALENDAR_DAYS, CountUnit.WORKING_DAYS]


def moment(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def last_second(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=SHANGHAI)


def ends(day: str, amount: int, unit: CountUnit, owed: Owed = Owed.BY_OFFICE) -> tuple[str, str]:
    found = deadline(moment(day), amount, unit, CALENDAR, owed=owed)
    assert not found.provisional
    return found.due_at.date().isoformat(), found.latest_lawful_at.date().isoformat()


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due", "latest"),
    [
        ("2024-03-01", 15, CountUnit.CALENDAR_DAYS, "2024-03-16", "2024-03-18"),
        ("2024-03-16", 60, CountUnit.CALENDAR_DAYS, "2024-05-15", "2024-05-15"),
        ("2024-09-30", 10, CountUnit.WORKING_DAYS, "2024-10-18", "2024-10-18"),
        ("2024-09-30", 15, CountUnit.CALENDAR_DAYS, "2024-10-15", "2024-10-15"),
        ("2024-02-28", 1, CountUnit.CALENDAR_DAYS, "2024-02-29", "2024-02-29"),
        ("2023-02-28", 1, CountUnit.CALENDAR_DAYS, "2023-03-01", "2023-03-01"),
        ("2024-02-09", 1, CountUnit.WORKING_DAYS, "2024-02-18", "2024-02-18"),
        ("2024-10-11", 1, CountUnit.CALENDAR_DAYS, "2024-10-12", "2024-10-12"),
        ("2024-12-31", 1, CountUnit.WORKING_DAYS, "2025-01-02", "2025-01-02"),
        ("2025-12-30", 2, CountUnit.CALENDAR_DAYS, "2026-01-01", "2026-01-04"),
        ("2026-02-14", 1, CountUnit.CALENDAR_DAYS, "2026-02-15", "2026-02-24"),
        ("2024-03-16", 0, CountUnit.CALENDAR_DAYS, "2024-03-16", "2024-03-18"),
    ],
)
def test_known_ends_for_an_office(start: str, amount: int, unit: CountUnit, due: str, latest: str) -> None:
    assert ends(start, amount, unit) == (due, latest)


def test_a_petitioners_window_rolls_and_an_offices_due_time_does_not() -> None:
    assert ends("2024-03-01", 15, CountUnit.CALENDAR_DAYS, Owed.BY_PETITIONER) == ("2024-03-18", "2024-03-18")
    asked = deadline(moment("2024-03-01"), 15, CountUnit.CALENDAR_DAYS, CALENDAR, rolls=True)
    assert asked.due_at == asked.latest_lawful_at == last_second("2024-03-18")
    strict = deadline(
        moment("2024-03-01"), 15, CountUnit.CALENDAR_DAYS, CALENDAR, owed=Owed.BY_PETITIONER, rolls=False
    )
    assert (strict.due_at, strict.latest_lawful_at) == (last_second("2024-03-16"), last_second("2024-03-18"))


def test_skipped_days_say_why() -> None:
    found = deadline(moment("2024-09-30"), 10, CountUnit.WORKING_DAYS, CALENDAR)
    golden_week = [SkippedDay(date(2024, 10, day), "国庆节") for day in range(1, 8)]
    assert found.skipped == (*golden_week, SkippedDay(date(2024, 10, 13), "周末"))
    rolled = deadline(moment("2024-03-01"), 15, CountUnit.CALENDAR_DAYS, CALENDAR)
    assert [(day.day.day, day.reason) for day in rolled.skipped] == [(16, "周末"), (17, "周末")]


def test_hours_run_from_the_moment_over_nights_and_holidays() -> None:
    found = deadline(moment("2024-09-30", "22:15"), 24, CountUnit.CLOCK_HOURS, CALENDAR)
    assert found == Deadline(moment("2024-10-01", "22:15"), moment("2024-10-01", "22:15"), (), False)


def test_hours_stand_still_in_an_excluded_time() -> None:
    excluded = [
        (moment("2024-03-01", "12:00"), moment("2024-03-01", "14:00")),
        (moment("2024-03-01", "13:00"), moment("2024-03-01", "15:00")),
    ]
    found = deadline(moment("2024-03-01"), 3, CountUnit.CLOCK_HOURS, CALENDAR, excluded=excluded)
    assert found.due_at == moment("2024-03-01", "16:00")


def test_the_day_is_shanghais_whatever_the_zone_of_the_moment() -> None:
    late_in_utc = datetime(2024, 3, 14, 16, 30, tzinfo=UTC)
    found = deadline(late_in_utc, 1, CountUnit.CALENDAR_DAYS, CALENDAR)
    assert found.due_at == last_second("2024-03-16")
    assert found.due_at.tzinfo == SHANGHAI


def test_a_hearing_of_two_days_moves_the_end_by_two_days() -> None:
    hearing = [(moment("2024-03-05", "09:00"), moment("2024-03-06", "17:00"))]
    found = deadline(moment("2024-03-01"), 10, CountUnit.CALENDAR_DAYS, CALENDAR, excluded=hearing)
    assert found.due_at == last_second("2024-03-13")
    assert [day.reason for day in found.skipped] == ["不计入期间", "不计入期间"]


def test_a_hearing_until_midnight_does_not_touch_the_next_day() -> None:
    hearing = [(moment("2024-03-05", "09:00"), moment("2024-03-06", "00:00"))]
    found = deadline(moment("2024-03-01"), 10, CountUnit.CALENDAR_DAYS, CALENDAR, excluded=hearing)
    assert found.due_at == last_second("2024-03-12")


@pytest.mark.parametrize("unit", DAYS)
def test_a_hearing_of_centuries_costs_no_more_than_one_of_years(unit: CountUnit) -> None:
    """The end is counted and not walked to; of the days that did not count the first 400 are told."""
    hearing = [(moment("2024-02-02"), moment("2999-12-30"))]
    begun = process_time()
    for _ in range(20):
        found = deadline(moment("2024-01-05"), 30, unit, CALENDAR, excluded=hearing)
    assert process_time() - begun < 1
    assert found.due_at > moment("2999-12-31")
    assert len(found.skipped) == 400
    assert SkippedDay(date(2024, 2, 2), "不计入期间") in found.skipped


@pytest.mark.parametrize("unit", DAYS)
def test_an_unpublished_year_is_provisional_and_cautious_on_both_sides(unit: CountUnit) -> None:
    found = deadline(moment("2027-04-30"), 3, unit, CALENDAR)
    due = "2027-05-03" if unit is CountUnit.CALENDAR_DAYS else "2027-05-05"
    assert found.provisional
    assert found.due_at == last_second(due)
    assert found.latest_lawful_at == found.due_at + timedelta(days=8)


def test_a_petitioners_unpublished_window_ends_eight_days_after_its_unrolled_end() -> None:
    found = deadline(moment("2027-05-06"), 2, CountUnit.CALENDAR_DAYS, CALENDAR, owed=Owed.BY_PETITIONER)
    assert (found.due_at, found.latest_lawful_at) == (last_second("2027-05-10"), last_second("2027-05-16"))
    assert found.provisional


def test_days_that_an_unpublished_window_rolled_over_are_told() -> None:
    found = deadline(moment("2026-11-26"), 30, CountUnit.CALENDAR_DAYS, CALENDAR, owed=Owed.BY_PETITIONER)
    assert found.provisional
    assert found.due_at == last_second("2026-12-28")
    assert [day.day for day in found.skipped] == [date(2026, 12, 26), date(2026, 12, 27)]


def test_a_period_over_the_turn_of_the_last_published_year_keeps_what_is_published() -> None:
    found = deadline(moment("2026-09-30"), 70, CountUnit.WORKING_DAYS, CALENDAR)
    assert found.provisional
    assert SkippedDay(date(2026, 10, 1), "国庆节") in found.skipped


@pytest.mark.parametrize(("day", "open_"), [("2026-12-24", False), ("2026-12-25", True)])
def test_the_notice_for_next_year_may_still_move_the_last_week_of_this_one(day: str, open_: bool) -> None:
    assert deadline(moment(day), 0, CountUnit.CALENDAR_DAYS, CALENDAR).provisional is open_
    assert not deadline(moment("2027-05-01"), 8, CountUnit.CLOCK_HOURS, CALENDAR).provisional


def test_refuses_moments_without_zone_and_impossible_periods() -> None:
    good = moment("2024-03-01")
    naive = good.replace(tzinfo=None)
    with pytest.raises(ValueError, match="no zone"):
        deadline(naive, 1, CountUnit.CALENDAR_DAYS, CALENDAR)
    with pytest.raises(ValueError, match="no zone"):
        deadline(good, 1, CountUnit.CALENDAR_DAYS, CALENDAR, excluded=[(good, naive)])
    with pytest.raises(ValueError, match="length"):
        deadline(good, -1, CountUnit.CALENDAR_DAYS, CALENDAR)
    with pytest.raises(ValueError, match="before it begins"):
        deadline(good, 1, CountUnit.CALENDAR_DAYS, CALENDAR, excluded=[(good, good - timedelta(hours=1))])


MOMENTS = st.integers(0, 12_700_000).map(
    lambda minutes: (datetime(2003, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(SHANGHAI)
)


@st.composite
def periods(draw: st.DrawFn) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    start = draw(MOMENTS)
    hours = st.integers(-100, 1500)
    intervals = draw(st.lists(st.tuples(hours, st.integers(0, 150)), max_size=4))
    excluded = [
        (start + timedelta(hours=begins), start + timedelta(hours=begins + length))
        for begins, length in intervals
    ]
    return start, excluded


@given(
    periods(),
    st.integers(0, 90),
    st.sampled_from(DAYS),
    st.sampled_from(Owed),
    st.sampled_from([None, True, False]),
)
def test_days_agree_with_a_walk_day_by_day(
    period: tuple[datetime, list[tuple[datetime, datetime]]],
    amount: int,
    unit: CountUnit,
    owed: Owed,
    rolls: bool | None,
) -> None:
    start, excluded = period
    found = deadline(start, amount, unit, CALENDAR, owed=owed, rolls=rolls, excluded=excluded)
    working = unit is CountUnit.WORKING_DAYS
    off = CALENDAR.day_off_reason
    last = plain.last_day(start, amount, working, off, excluded)
    rolled = plain.roll(last, start, off, excluded)
    moves = rolls if rolls is not None else owed is Owed.BY_PETITIONER
    assert found.due_at == last_second(str(rolled if moves else last))
    assert start <= found.due_at <= found.latest_lawful_at
    if found.provisional:
        assert found.latest_lawful_at >= last_second(str(last)) + timedelta(days=8)
    else:
        assert found.latest_lawful_at == last_second(str(rolled))
    skipped = plain.skipped(start, last, rolled, working, off, excluded)
    assert [(day.day, day.reason) for day in found.skipped] == skipped
    unsettled = [day for day in (start.date(), last, rolled) if not CALENDAR.is_settled(day)]
    assert found.provisional is bool(unsettled if working else [d for d in unsettled if d >= last])


@given(periods(), st.integers(0, 100))
def test_hours_agree_with_a_walk_minute_by_minute(
    period: tuple[datetime, list[tuple[datetime, datetime]]], hours: int
) -> None:
    start, excluded = period
    found = deadline(start, hours, CountUnit.CLOCK_HOURS, CALENDAR, excluded=excluded)
    assert found.due_at == found.latest_lawful_at == plain.end_of_hours(start, hours, excluded)


@given(MOMENTS, st.integers(1, 60), st.sampled_from(DAYS))
def test_more_days_never_end_earlier(start: datetime, amount: int, unit: CountUnit) -> None:
    fewer = deadline(start, amount, unit, CALENDAR)
    more = deadline(start, amount + 1, unit, CALENDAR)
    assert fewer.due_at < more.due_at


@pytest.mark.parametrize(
    ("start", "months", "due", "latest"),
    [
        ("2024-01-31", 1, "2024-02-29", "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28", "2023-02-28"),
        ("2023-12-31", 2, "2024-02-29", "2024-02-29"),
        ("2024-03-15", 2, "2024-05-15", "2024-05-15"),
        ("2024-02-29", 12, "2025-02-28", "2025-02-28"),
        ("2024-04-01", 6, "2024-10-01", "2024-10-08"),
        ("2024-05-31", 0, "2024-05-31", "2024-05-31"),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_on_the_last(
    start: str, months: int, due: str, latest: str
) -> None:
    assert ends(start, months, CountUnit.MONTHS) == (due, latest)


@examples(200)
@given(start=st.dates(date(2010, 1, 1), date(2020, 12, 31)), months=st.integers(0, 50))
def test_months_are_what_a_clerk_turns_in_the_calendar(start: date, months: int) -> None:
    """One leaf a month; where the month has no such day, its last."""
    year, month = start.year, start.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    day = start.day
    while True:
        try:
            expected = date(year, month, day)
            break
        except ValueError:
            day -= 1
    found = deadline(datetime.combine(start, time(9), SHANGHAI), months, CountUnit.MONTHS, CALENDAR)
    assert found.due_at.date() == expected
    assert found.latest_lawful_at >= found.due_at
