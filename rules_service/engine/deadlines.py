"""When a period ends, in Asia/Shanghai whatever the host's zone: articles 201 to 203 of the 民法典 (CIVIL).

What has to be done "within n days" may be done until the last day is over: the end of a period is told as
the last second that is in time, and all of that second is in time.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from heapq import merge
from itertools import chain, groupby, islice
from operator import attrgetter

from rules_service.calendar import SkippedDay, WorkingCalendar
from rules_service.language.model.periods import CountUnit, longest
from rules_service.language.types import SHANGHAI, last_second

__all__ = ["CountUnit", "Deadline", "Owed", "SkippedDay", "deadline", "in_time", "late_from"]

ONE_SECOND = timedelta(seconds=1)
ONE_DAY = timedelta(days=1)
MOST_SKIPPED = 400
EXCLUDED = "不计入期间"

# Convention: the usual longest run of days off. Tried on 2008 to 2025 as if each were unpublished, it is too
# short for fewer than 1 in 1,000 periods of up to 15 days or working days, and for 1 in 100 of 60 working
# days, by 3 days at most; the longest runs so far were 10 days (2020) and 9 (2026).
CAUTION = timedelta(days=8)

DAY_OF = attrgetter("day")

Gaps = Sequence[tuple[date, date]]


class Owed(Enum):
    """Who has the time: an office that owes something, or a petitioner who may still do something."""

    BY_OFFICE = "by_office"
    BY_PETITIONER = "by_petitioner"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period. What is due is warned about by `due_at` and judged by `latest_lawful_at`.

    `skipped` are the days that did not count on the way to the last day, and those over which it rolls by
    any reading, the first 400 where there are more. `provisional` says that a notice of the State Council
    still to come may change the end.
    """

    due_at: datetime
    latest_lawful_at: datetime
    skipped: tuple[SkippedDay, ...]
    provisional: bool


def in_time(moment: datetime, last: datetime) -> bool:
    """Whether a moment comes no later than the last second that is in time (CIVIL art. 203.2)."""
    return moment < late_from(last)


def late_from(last: datetime) -> datetime:
    """The first moment after the last second that is in time."""
    return last + ONE_SECOND


def deadline(
    start: datetime,
    amount: int,
    unit: CountUnit,
    calendar: WorkingCalendar,
    *,
    owed: Owed = Owed.BY_OFFICE,
    rolls: bool | None = None,
    excluded: Sequence[tuple[datetime, datetime]] = (),
) -> Deadline:
    """The end of a period of `amount` (0 or more) units from a moment.

    The start day does not count; hours run from the moment itself (CIVIL art. 201). A last day that is a
    day off rolls to the next working day (art. 203): always for `latest_lawful_at`; for `due_at` as
    `rolls` says, and where it says nothing, for a petitioner and not for an office, so that an office is
    warned on the strict reading and accused on none that it could contest.

    `excluded` are times that do not count, such as a hearing (REG22 art. 36.2), from a moment up to, not
    including, another. A day that one of them touches does not count and the period does not end on it;
    hours stand still meanwhile.

    Where the end hangs on days that no notice settles yet, weekends alone are taken as off, and
    `latest_lawful_at` is eight days after the end not rolled: a petitioner's window is not called lapsed
    earlier, and an office is not accused earlier, since it may rely on the same holiday.
    """
    _refuse_wrong_input(start, amount, unit, excluded)
    if unit is CountUnit.CLOCK_HOURS:
        end = _after_hours(start, amount, excluded)
        return Deadline(end, end, (), provisional=False)

    first = start.astimezone(SHANGHAI).date()
    gaps = _touched_days(excluded, first)
    if unit in {CountUnit.CALENDAR_DAYS, CountUnit.MONTHS}:
        ends = month_after(first, amount) if unit is CountUnit.MONTHS else first + timedelta(days=amount)
        last = _past_gaps(ends, gaps)
        settled = calendar.is_settled(last)
        off: Iterable[SkippedDay] = ()
    else:
        last = _after_working_days(first, amount, gaps, calendar)
        settled = calendar.is_settled(first) and calendar.is_settled(last)
        off = calendar.days_off(first + ONE_DAY, last)

    rolled = _rolled(last, gaps, calendar)
    due_day = rolled if (owed is Owed.BY_PETITIONER if rolls is None else rolls) else last
    if settled and calendar.is_settled(rolled):
        latest = rolled
    else:
        settled = False
        latest = max(last + CAUTION, rolled)
    off = chain(off, calendar.days_off(last, rolled - ONE_DAY))
    excluded_days = _gap_days(gaps, rolled)
    skipped = _in_order(off, excluded_days) if gaps else tuple(islice(off, MOST_SKIPPED))
    return Deadline(last_second(due_day), last_second(latest), skipped, provisional=not settled)


def _refuse_wrong_input(
    start: datetime, amount: int, unit: CountUnit, excluded: Sequence[tuple[datetime, datetime]]
) -> None:
    for moment in (start, *chain.from_iterable(excluded)):
        if moment.utcoffset() is None:
            raise ValueError(f"{moment} has no zone")
    if not 0 <= amount <= longest(unit):
        raise ValueError(f"{amount} is no length of a period")
    for begins, ends in excluded:
        if ends < begins:
            raise ValueError(f"the excluded time from {begins} ends before it begins")


def _after_hours(start: datetime, hours: int, excluded: Iterable[tuple[datetime, datetime]]) -> datetime:
    """The moment when the hours have run, standing still in excluded times (CIVIL art. 201.2)."""
    begins = start.astimezone(UTC)
    end = begins + timedelta(hours=hours)
    reached = begins
    for stops, resumes in sorted(excluded):
        stops = max(stops.astimezone(UTC), reached)
        resumes = resumes.astimezone(UTC)
        if stops < end and stops < resumes:
            end += resumes - stops
            reached = resumes
    return end.astimezone(SHANGHAI)


def _touched_days(excluded: Iterable[tuple[datetime, datetime]], first: date) -> Gaps:
    """Stretches of days after the first that excluded times touch, apart from one another and in order."""
    stretches: list[tuple[date, date]] = []
    for begins, ends in sorted(excluded):
        if begins == ends:
            continue
        a = max(begins.astimezone(SHANGHAI).date(), first + ONE_DAY)
        b = (ends.astimezone(SHANGHAI) - timedelta.resolution).date()
        if stretches:
            a = max(a, stretches[-1][1] + ONE_DAY)
        if a <= b:
            stretches.append((a, b))
    return stretches


def month_after(first: date, months: int) -> date:
    """The day of the same number months later, or the month's last where it has none (CIVIL art. 202)."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _past_gaps(last: date, gaps: Gaps) -> date:
    for a, b in gaps:
        if a <= last:
            last += b - a + ONE_DAY
    return last


def _after_working_days(first: date, days: int, gaps: Gaps, calendar: WorkingCalendar) -> date:
    last = calendar.working_day_after(first, days) if days else first
    for a, b in gaps:
        lost = calendar.working_days(a, b)
        if a <= last and lost:
            last = calendar.working_day_after(last, lost)
    return last


def _rolled(last: date, gaps: Gaps, calendar: WorkingCalendar) -> date:
    """The last day, or the next that is neither off nor touched by an excluded time (CIVIL art. 203.1)."""
    last = _worked(last, calendar)
    for a, b in gaps:
        if a <= last <= b:
            last = _worked(b + ONE_DAY, calendar)
    return last


def _worked(day: date, calendar: WorkingCalendar) -> date:
    """The day, or the next on which offices work."""
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def _gap_days(gaps: Gaps, last: date) -> Iterator[SkippedDay]:
    """The days of the gaps up to and with the last."""
    return (
        SkippedDay(a + timedelta(days=count), EXCLUDED)
        for a, b in gaps
        for count in range((min(b, last) - a).days + 1)
    )


def _in_order(off: Iterable[SkippedDay], excluded: Iterable[SkippedDay]) -> tuple[SkippedDay, ...]:
    """In order, each day once; of a day off that an excluded time touches, why it is off."""
    told = groupby(merge(off, excluded, key=DAY_OF), DAY_OF)
    return tuple(islice((next(same) for _, same in told), MOST_SKIPPED))
