"""Writes a calendar as the file that people read and git compares."""

from collections.abc import Iterable
from datetime import date, timedelta

from rules_service.calendar.calendar import WorkingCalendar
from rules_service.calendar.reading import RANGE


def write_calendar(calendar: WorkingCalendar, title: str, source: str) -> str:
    """The calendar as YAML: each year's days off by holiday, and the weekend days worked for them."""
    lines = [f"title: {title}", f"source: {source}", "years:"]
    for number, year in calendar.years.items():
        lines += [f"  {number}:", "    holidays:"]
        names = dict.fromkeys(name for _, name in sorted(year.holidays.items()))
        for name in names:
            days = [day for day, holiday in year.holidays.items() if holiday == name]
            lines.append(f"      {name}: [{', '.join(_ranges(days))}]")
        makeups = ", ".join(f"{day:%m-%d}" for day in sorted(year.makeup_workdays))
        lines.append(f"    makeup_workdays: [{makeups}]")
    return "\n".join(lines) + "\n"


def _ranges(days: Iterable[date]) -> list[str]:
    """Days as `10-01`, days in a row as `10-01..10-07`."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] + timedelta(days=1) == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]:%m-%d}{RANGE}{run[-1]:%m-%d}" if len(run) > 1 else f"{run[0]:%m-%d}" for run in runs]
