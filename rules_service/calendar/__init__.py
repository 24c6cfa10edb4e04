"""China's working days as dated data: a decision replayed years later counts the days it counted then."""

from rules_service.calendar.calendar import CalendarYear, SkippedDay, WorkingCalendar
from rules_service.calendar.reading import calendar_of, load_calendar, read_calendar
from rules_service.calendar.writing import write_calendar

__all__ = [
    "CalendarYear",
    "SkippedDay",
    "WorkingCalendar",
    "calendar_of",
    "load_calendar",
    "read_calendar",
    "write_calendar",
]
