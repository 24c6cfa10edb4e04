"""Parameters of a ruleset: thresholds with the days from which they hold."""

from dataclasses import dataclass
from datetime import date

from rules_service.language.model.basis import Citation
from rules_service.language.types import Value, ValueType


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from a day on."""

    in_force_from: date | None
    value: Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold that changes without touching a row."""

    id: str
    label: str
    type: ValueType
    values: tuple[DatedValue, ...]
    citations: tuple[Citation, ...]

    def at(self, day: date) -> Value | None:
        """The value in force on a day."""
        found = None
        for dated in self.values:
            if dated.in_force_from is None or dated.in_force_from <= day:
                found = dated.value
        return found
