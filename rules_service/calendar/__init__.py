"""China's working days as dated data: a decision replayed years later counts the days it counted then."""

from rules_service.calendar.calendar import CalendarYear, SkippedDay, WorkingCalendar
from rules_service.calendar.reading import load_calendar, read_calendar
from rules_service.calendar.writing import write_calendar

__all__ = [
    "CalendarYear",
    "SkippedDay",
    "WorkingCalendar",
    "load_calendar",
    "read_calendar",
    "write_calendar",
]
