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


LONGEST_AMOUNT = 100_000
LONGEST_MONTHS = 1200


def longest(unit: CountUnit) -> int:
    """The longest period that is counted in a unit."""
    return LONGEST_MONTHS if unit is CountUnit.MONTHS else LONGEST_AMOUNT


@dataclass(frozen=True, slots=True)
class Period:
    """A period from a named moment: some units long, until a day that is told, or without a number."""

    start: Reference
    amount: Reference | None
    unit: CountUnit
    presumed: "Period | None" = None
    until: Reference | None = None
