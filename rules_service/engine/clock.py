"""The moment asked about, and what is known of the days around it."""

from dataclasses import dataclass
from datetime import datetime

from rules_service.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment asked about, and up to when silence means that nothing happened."""

    at: datetime
    silent_until: datetime
    calendar: WorkingCalendar
