"""The end of a period, found by walking day by day: slow, obvious, and sharing no code with the engine."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
Interval = tuple[datetime, datetime]
Off = Callable[[date], str | None]


def touched(day: date, excluded: Sequence[Interval]) -> bool:
    begins = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return any(a < begins + DAY and begins < b and a < b for a, b in excluded)


def last_day(start: datetime, days: int, working: bool, off: Off, excluded: Sequence[Interval]) -> date:
    day = start.astimezone(SHANGHAI).date()
    while days:
        day += DAY
        if not touched(day, excluded) and not (working and off(day)):
            days -= 1
    return day


def roll(last: date, start: datetime, off: Off, excluded: Sequence[Interval]) -> date:
    first = start.astimezone(SHANGHAI).date()
    while off(last) or (last > first and touched(last, excluded)):
        last += DAY
    return last


def skipped(
    start: datetime, end: date, rolled: date, working: bool, off: Off, excluded: Sequence[Interval]
) -> list[tuple[date, str]]:
    days = []
    first = start.astimezone(SHANGHAI).date()
    day = first
    while day < max(rolled, end + DAY):
        counts_off = (working and day > first) or end <= day < rolled
        if counts_off and off(day):
            days.append((day, str(off(day))))
        elif day > first and touched(day, excluded):
            days.append((day, "不计入期间"))
        day += DAY
    return days


def end_of_hours(start: datetime, hours: int, excluded: Sequence[Interval]) -> datetime:
    """Minute by minute; every moment given must be a whole minute."""
    moment = start
    minutes = hours * 60
    while minutes:
        if not any(a <= moment < b for a, b in excluded):
            minutes -= 1
        moment += timedelta(minutes=1)
    return moment
