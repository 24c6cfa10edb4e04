"""Reads a calendar file strictly: every day belongs to its year and is named once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from rules_service.calendar.calendar import WORKING_DAYS_A_WEEK, CalendarYear, WorkingCalendar
from rules_service.language.findings import Code, Finding
from rules_service.language.source import Node, Reading, read, read_file
from service_kit.problems import RefusedError

RANGE = ".."


def load_calendar(path: Path) -> WorkingCalendar:
    """The calendar in a file; RefusedError with everything that is wrong with it."""
    return _right(*calendar_of(path))


def read_calendar(text: str, name: str) -> WorkingCalendar:
    """The calendar in a text, `name` standing for it in what is found wrong; see `load_calendar`."""
    node, reading = read(text, name)
    return _right(_calendar(node, reading), reading.findings)


def calendar_of(path: Path) -> tuple[WorkingCalendar | None, list[Finding]]:
    """The calendar in a file, or what is wrong with it."""
    node, reading = read_file(path)
    return _calendar(node, reading), reading.findings


def _right(calendar: WorkingCalendar | None, findings: Sequence[Finding]) -> WorkingCalendar:
    if calendar is None:
        raise RefusedError(finding.problem() for finding in findings)
    return calendar


def _calendar(node: Node | None, reading: Reading) -> WorkingCalendar | None:
    years: dict[int, CalendarYear] = {}
    record = reading.record(node, "日历", required="title source years")
    reading.text(record.get("title"), "title")
    reading.text(record.get("source"), "source")
    for key, entry in reading.entries(record.get("years"), "years").items():
        if not (key.isascii() and key.isdigit() and 1949 <= int(key) <= 9998):
            reading.find(
                Code.WRONG_LITERAL, entry, "years", f"“{key}”不是年份。", "请写四位数的年份，如 2026。"
            )
        elif years and int(key) != max(years) + 1:
            reading.find(
                Code.WRONG_LITERAL,
                entry,
                "years",
                f"{key} 年前面不是它的上一年。",
                "年份请从早到晚写，中间不缺。",
            )
        else:
            years[int(key)] = _year(int(key), entry, reading)
    if node is not None and not years:
        reading.find(Code.MISSING_KEY, node, "years", "日历里一年也没有。", "请至少写一个已公布的年份。")
    return None if reading.findings else WorkingCalendar(years)


def _year(year: int, node: Node, reading: Reading) -> CalendarYear:
    place = f"{year} 年"
    record = reading.record(node, place, required="holidays makeup_workdays")
    holidays: dict[date, str] = {}
    for name, days in reading.entries(record.get("holidays"), f"{place} holidays").items():
        for day in _days(year, days, f"{place}{name}", reading, holidays):
            holidays[day] = name
    makeups: set[date] = set()
    place = f"{place} makeup_workdays"
    node = record.get("makeup_workdays", node)
    for day in _days(year, record.get("makeup_workdays"), place, reading, holidays):
        if day.weekday() < WORKING_DAYS_A_WEEK:
            reading.find(
                Code.WRONG_LITERAL, node, place, f"{day} 不是周末，本来就上班。", "调休上班日只写周末的日子。"
            )
        makeups.add(day)
    return CalendarYear(holidays, frozenset(makeups))


def _days(
    year: int, node: Node | None, place: str, reading: Reading, taken: Mapping[date, str]
) -> list[date]:
    """The days of a list, without those that a holiday already has."""
    days: list[date] = []
    none: tuple[date, ...] = ()
    for item in reading.items(node, place):
        for day in reading.literal(item, place, partial(_parse_days, year), none):
            if day in taken:
                reading.find(
                    Code.WRONG_LITERAL, item, place, f"{day} 已经列在{taken[day]}下。", "请删去一处。"
                )
            elif day in days:
                reading.find(Code.WRONG_LITERAL, item, place, f"{day} 写了两次。", "请删去一处。")
            else:
                days.append(day)
    return days


def _parse_days(year: int, text: str) -> tuple[date, ...]:
    """Days from `10-01` or `10-01..10-07`."""
    first, _, last = text.partition(RANGE)
    try:
        start = date.fromisoformat(f"{year}-{first}")
        end = date.fromisoformat(f"{year}-{last}") if RANGE in text else start
    except ValueError:
        raise ValueError("不是日子。请写月和日，如 10-01，或一段，如 10-01..10-07。") from None
    if end < start:
        raise ValueError("的末日在首日之前。")
    return tuple(start + timedelta(days=count) for count in range((end - start).days + 1))
