"""The moment asked about, and what is known of the days around it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rules_service.calendar import WorkingCalendar
from rules_service.engine.bounds import Clocks
from rules_service.language.types import day_of


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment asked about, and up to when silence means that nothing happened."""

    at: datetime
    silent_until: datetime
    calendar: WorkingCalendar
    clocks: Clocks = field(default_factory=Clocks, repr=False, compare=False)
    """What runs by it."""
    today: date = field(init=False)
    """The day in Asia/Shanghai."""

    def __post_init__(self) -> None:
        """Finds the day, which is asked for again and again."""
        object.__setattr__(self, "today", day_of(self.at))
