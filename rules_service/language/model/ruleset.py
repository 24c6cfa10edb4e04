"""A ruleset as a value: what the loader makes of a file and the engine evaluates.

Names of facts, events and codes are those of the vocabulary; the loader has checked them, so nothing
behind it checks them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from rules_service.language.model.chains import ChainedRule, ChainSource
from rules_service.language.model.counts import Count
from rules_service.language.model.duties import Duty
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.model.figures import IndexRule, IndicatorRule
from rules_service.language.model.parameters import Parameter
from rules_service.language.model.subjects import Subject
from rules_service.language.model.tables import Table


class Layer(Enum):
    """Where a ruleset stands, highest first."""

    LAW = "law"
    NATIONAL_NORM = "national-norm"
    SECTOR = "sector"
    PROVINCE = "province"
    LOCAL = "local"

    @property
    def rank(self) -> int:
        """How many steps below the law; what sectors and provinces say stands side by side."""
        return RANKS[self.value]


RANKS = {"law": 0, "national-norm": 1, "sector": 2, "province": 2, "local": 3}


@dataclass(frozen=True, slots=True)
class Example:
    """Facts and the outcome that is expected of them."""

    name: str
    line: int
    case: Mapping[str, object]
    expect: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One revision of one ruleset."""

    id: str
    revision: str
    title: str
    subject: Subject
    layer: Layer
    pack: str
    source: str
    in_force_from: date
    in_force_to: date | None
    inputs: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    tables: tuple[Table, ...]
    duties: tuple[Duty, ...]
    counts: tuple[Count, ...]
    indicators: tuple[IndicatorRule, ...]
    indexes: tuple[IndexRule, ...]
    chain_sources: tuple[ChainSource, ...]
    chains: tuple[ChainedRule, ...]
    examples: tuple[Example, ...]
    yaml: str
    file: str
    told_only: tuple[str, ...] = ()
    jurisdiction: str = ""
    elapsed: tuple[Elapsed, ...] = ()

    def in_force_on(self, day: date) -> bool:
        """Whether the revision is in force on a day."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)

    @property
    def name(self) -> str:
        """The revision's name as callers pin it."""
        return f"{self.id}@{self.revision}"
