"""Figures of an office: indicators, and indexes over them."""

from dataclasses import dataclass
from enum import Enum

from rules_service.language.model.basis import Citation
from rules_service.language.model.references import Reference


class Wanted(Enum):
    """Which way an indicator is hoped to move."""

    NOT_SAID = ""
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class DutyShare:
    """The share of the duties of some concepts that stand in some states."""

    concepts: tuple[str, ...]
    part: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountShare:
    """One count divided by another."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class CountTotal:
    """A count by itself."""

    of: str


@dataclass(frozen=True, slots=True)
class AverageDays:
    """The mean of the days between two moments of the matters of a count."""

    of: str
    start: Reference
    end: Reference


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """A figure of an office, and which way it is hoped to move."""

    id: str
    figure: DutyShare | CountShare | CountTotal | AverageDays
    wanted: Wanted
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class IndexPart:
    """An indicator in an index, with the parameter that is its weight."""

    indicator: str
    weight: Reference


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A weighted mean of indicators, its parts open to view."""

    id: str
    parts: tuple[IndexPart, ...]
    citations: tuple[Citation, ...]
