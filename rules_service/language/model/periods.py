"""Periods: from a moment, so and so long."""

from dataclasses import dataclass
from enum import Enum

from rules_service.language.model.references import Reference


class CountUnit(Enum):
    """What a period is counted in."""

    CLOCK_HOURS = "clock_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Period:
    """A period from a named moment: some units long, until a day that is told, or without a number."""

    start: Reference
    amount: Reference | None
    unit: CountUnit
    presumed: "Period | None" = None
    until: Reference | None = None
