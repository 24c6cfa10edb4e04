"""Pins what the chinesecalendar package knows.

`python -m rules_service.calendar.pin rulesets/calendars/china.yaml`, once a year, when the package has the
next notice; the diff is then reviewed like any ruleset.
"""

import sys
from importlib.metadata import version
from pathlib import Path

from chinese_calendar import Holiday, constants

from rules_service.calendar.calendar import CalendarYear, WorkingCalendar
from rules_service.calendar.writing import write_calendar

TITLE = "全国工作日"

# The package shortens three names; these are those of 全国年节及纪念日放假办法.
NAMES = {
    Holiday.new_years_day: "元旦",
    Holiday.spring_festival: "春节",
    Holiday.tomb_sweeping_day: "清明节",
    Holiday.labour_day: "劳动节",
    Holiday.dragon_boat_festival: "端午节",
    Holiday.national_day: "国庆节",
    Holiday.mid_autumn_festival: "中秋节",
    Holiday.anti_fascist_70th_day: "抗战胜利70周年纪念日",
}


def packaged_calendar() -> WorkingCalendar:
    """The calendar that the installed chinesecalendar package holds."""
    names = {holiday.value: NAMES[holiday] for holiday in Holiday}
    years = sorted({day.year for day in constants.holidays})
    return WorkingCalendar(
        {
            year: CalendarYear(
                {day: names[name] for day, name in constants.holidays.items() if day.year == year},
                frozenset(day for day in constants.workdays if day.year == year),
            )
            for year in range(years[0], years[-1] + 1)
        }
    )


def pin() -> str:
    """The pinned calendar, as YAML."""
    source = f"国务院办公厅历年节假日安排通知，取自 chinesecalendar {version('chinesecalendar')}"
    return write_calendar(packaged_calendar(), TITLE, source)


def main() -> None:
    """Writes the calendar into the file named on the command line."""
    Path(sys.argv[1]).write_text(pin(), encoding="utf-8")


if __name__ == "__main__":
    main()
