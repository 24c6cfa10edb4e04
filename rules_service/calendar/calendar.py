"""Which days offices work, as the State Council's yearly notices (节假日安排的通知) say."""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

WEEKEND = "周末"
WORKING_DAYS_A_WEEK = 5

# The notice for a year has also moved days at the end of December before it, never earlier than the 29th.
LAST_DAY_THAT_THE_NEXT_NOTICE_LEAVES = (12, 24)


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that does not count, and why, in Chinese."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What the notice says about one year: days off with the holiday's name, and weekend days worked."""

    holidays: Mapping[date, str]
    makeup_workdays: frozenset[date]


class WorkingCalendar:
    """Working days and days off; years without a notice have their weekends off and nothing else.

    Immutable. Looking up a working day costs a binary search.
    """

    def __init__(self, years: Mapping[int, CalendarYear]) -> None:
        """Years follow one another without a gap, and hold only their own days."""
        self._years = dict(sorted(years.items()))
        self._first = date(min(years), 1, 1)
        self._last = date(max(years), 12, 31)
        self._settled_until = date(self._last.year, *LAST_DAY_THAT_THE_NEXT_NOTICE_LEAVES)
        self._holidays = {day: name for year in self._years.values() for day, name in year.holidays.items()}
        self._makeups = frozenset(day for year in self._years.values() for day in year.makeup_workdays)
        self._working: list[date] = []
        self._off: list[SkippedDay] = []
        for day in _days(self._first, self._last):
            if (reason := self.day_off_reason(day)) is None:
                self._working.append(day)
            else:
                self._off.append(SkippedDay(day, reason))
        self._off_days = [off.day for off in self._off]
        self.revision = _digest(self._years)

    @property
    def years(self) -> Mapping[int, CalendarYear]:
        """The published years, oldest first."""
        return dict(self._years)

    def is_published(self, year: int) -> bool:
        """Whether the notice for the year is in this calendar."""
        return year in self._years

    @property
    def settled_until(self) -> date:
        """The last day that no notice still to come can make off or worked."""
        return self._settled_until

    def is_settled(self, day: date) -> bool:
        """Whether no notice still to come can make this day off or worked.

        The last week of the last published year is open: the notice for the year after may move its days,
        as those for 2007, 2008, 2012, 2019 and 2023 did.
        """
        return self._first <= day <= self._settled_until

    def day_off_reason(self, day: date) -> str | None:
        """The holiday's name or 周末 for a day off, nothing for a working day."""
        if (name := self._holidays.get(day)) is not None:
            return name
        if day.weekday() >= WORKING_DAYS_A_WEEK and day not in self._makeups:
            return WEEKEND
        return None

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day."""
        return self.day_off_reason(day) is None

    def working_day_after(self, day: date, number: int) -> date:
        """The working day that comes `number` (at least 1) working days after a day, itself not counted."""
        if day < self._first:
            eve = self._first - timedelta(days=1)
            weekdays = _weekdays_until(eve) - _weekdays_until(day)
            if number <= weekdays:
                return _weekday_after(day, number)
            day, number = eve, number - weekdays
        index = bisect_right(self._working, day) + number - 1
        if index < len(self._working):
            return self._working[index]
        return _weekday_after(max(day, self._last), index - len(self._working) + 1)

    def working_days(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both included."""
        return self._working_until(last) - self._working_until(first - timedelta(days=1))

    def _working_until(self, day: date) -> int:
        """Working days since before all days, up to and with the day."""
        eve = self._first - timedelta(days=1)
        if day <= eve:
            return _weekdays_until(day)
        known = bisect_right(self._working, day)
        after = _weekdays_until(max(day, self._last)) - _weekdays_until(self._last)
        return _weekdays_until(eve) + known + after

    def days_off(self, first: date, last: date) -> Iterator[SkippedDay]:
        """Days off from `first` to `last`, both included, in order."""
        known = self._off[bisect_left(self._off_days, first) : bisect_right(self._off_days, last)]
        if self._first <= first and last <= self._last:
            return iter(known)
        before = _weekends(first, min(last, self._first - timedelta(days=1)))
        after = _weekends(max(first, self._last + timedelta(days=1)), last)
        return chain(before, known, after)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


def _weekends(first: date, last: date) -> Iterable[SkippedDay]:
    return (SkippedDay(day, WEEKEND) for day in _days(first, last) if day.weekday() >= WORKING_DAYS_A_WEEK)


def _weekdays_until(day: date) -> int:
    """Days from Monday to Friday since the calendar began, up to and with the day."""
    weeks, days = divmod(day.toordinal() - 1, 7)
    return weeks * WORKING_DAYS_A_WEEK + min(days + 1, WORKING_DAYS_A_WEEK)


def _weekday_after(day: date, number: int) -> date:
    """The `number`-th day from Monday to Friday after a day."""
    weeks, days = divmod(_weekdays_until(day) + number - 1, WORKING_DAYS_A_WEEK)
    return date.fromordinal(weeks * 7 + days + 1)


def _digest(years: Mapping[int, CalendarYear]) -> str:
    """Sixteen hexadecimal digits that stand for all that a calendar can answer."""
    content = {
        year: {
            "holidays": {day.isoformat(): name for day, name in sorted(entry.holidays.items())},
            "makeup_workdays": sorted(day.isoformat() for day in entry.makeup_workdays),
        }
        for year, entry in years.items()
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
