"""Which of two periods from one moment ends later, at the worst case over all published calendar years.

Two numbers of one unit compare as numbers. Different units are tried with the engine's own deadlines from
every day that the calendar settles: 10 working days from 2024-09-30 end on 2024-10-18, after 15 days, which
end on 2024-10-15. Where hours are counted, which run from the moment, each day is tried from its first and
from its last second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules_service.calendar import WorkingCalendar
from rules_service.engine.deadlines import Owed, deadline
from rules_service.language.model.periods import CountUnit
from rules_service.language.types import SHANGHAI

UNIT_WORDS = {
    CountUnit.CLOCK_HOURS: "小时",
    CountUnit.CALENDAR_DAYS: "日",
    CountUnit.WORKING_DAYS: "个工作日",
    CountUnit.MONTHS: "个月",
}
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a period is."""

    amount: int
    unit: CountUnit

    def __str__(self) -> str:
        return f"{self.amount} {UNIT_WORDS[self.unit]}"

    def with_more(self, days: int) -> "Length":
        """The period with days of extension, which count as its own do."""
        return Length(self.amount + days, self.unit)


@dataclass(frozen=True, slots=True)
class Witness:
    """A start from which one period ends after the other."""

    start: datetime
    later: datetime
    earlier: datetime

    def words(self, later: Length, earlier: Length) -> str:
        """The witness in Chinese."""
        start = f"{self.start:%Y-%m-%d}"
        if CountUnit.CLOCK_HOURS in {later.unit, earlier.unit}:
            start = f"{self.start:%Y-%m-%d %H:%M:%S}"
            ends = [f"{end:%Y-%m-%d %H:%M:%S}" for end in (self.later, self.earlier)]
        else:
            ends = [f"{end:%Y-%m-%d}" for end in (self.later, self.earlier)]
        return f"自{start}起，{later}到{ends[0]}，{earlier}到{ends[1]}"


def ends_later(one: Length, other: Length, calendar: WorkingCalendar, owed: Owed) -> Witness | None:
    """A start from which the first period ends after the second, or None where there is none."""
    if one.unit is other.unit and one.amount <= other.amount:
        return None
    by_hours = CountUnit.CLOCK_HOURS in {one.unit, other.unit}
    for start in _starts(calendar, (time(), LAST_SECOND) if by_hours else (time(),)):
        first = deadline(start, one.amount, one.unit, calendar, owed=owed)
        second = deadline(start, other.amount, other.unit, calendar, owed=owed)
        if first.due_at > second.due_at and not (first.provisional or second.provisional):
            return Witness(start, first.due_at, second.due_at)
    return None


def _starts(calendar: WorkingCalendar, clocks: tuple[time, ...]) -> Iterator[datetime]:
    """Some moments of every day of the published years, latest years first."""
    for year in sorted(calendar.years, reverse=True):
        day = date(year, 1, 1)
        while day.year == year:
            for clock in clocks:
                yield datetime.combine(day, clock, SHANGHAI)
            day += timedelta(days=1)
