"""Elapsed time, found by leafing through a calendar page by page; no code of the engine."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.reference.deadlines import DAY, SHANGHAI, Off
from tests.reference.matter import Happened

UNKNOWN = "unknown"
Number = int | None | str


@dataclass(frozen=True)
class PlainElapsed:
    """From an event's first time to now or to another event; over once one of `ended_by` has happened."""

    start: str
    end: str
    unit: str
    ended_by: tuple[str, ...] = ()


def day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def month_on(first: date, months: int) -> date:
    year, month = first.year, first.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def units(first: date, last: date, unit: str, off: Off) -> int:
    if unit == "months":
        months = 0
        while month_on(first, months + 1) <= last:
            months += 1
        return months
    passed, today = 0, first
    while today < last:
        today += DAY
        passed += not (unit == "working_days" and off(today))
    return passed


def elapsed(
    rule: PlainElapsed, events: Sequence[Happened], complete_until: datetime | None, at: datetime, off: Off
) -> Number:
    told = [event for event in events if event.at <= at]
    silent = complete_until is None or complete_until >= at
    nothing = None if silent else UNKNOWN
    running = None
    for event in sorted(told, key=lambda event: event.at):
        if event.type == rule.start and running is None:
            running = event.at
        if event.type in rule.ended_by and running is not None and event.at >= running:
            running = None
    if running is None:
        return nothing
    if rule.ended_by and not silent:
        return UNKNOWN
    if rule.end == "now":
        return units(day(running), day(at), rule.unit, off)
    ends = [day(event.at) for event in told if event.type == rule.end and day(event.at) >= day(running)]
    return units(day(running), min(ends), rule.unit, off) if ends else nothing


def first_difference(moment: datetime, days: int, differs) -> datetime | None:
    """The first midnight after a moment, of so many, at which something differs."""
    midnight = datetime.combine(day(moment), datetime.min.time(), SHANGHAI)
    later = (midnight + timedelta(days=number) for number in range(1, days + 1))
    return next((then for then in later if differs(then)), None)
