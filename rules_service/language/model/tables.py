"""Decision tables (DMN 1.3)."""

from dataclasses import dataclass
from enum import Enum

from rules_service.language.model.basis import Citation, Departure
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.subjects import Each
from rules_service.language.types import Value, ValueType
from rules_service.language.unary import UnaryTest


class HitPolicy(Enum):
    """How a table answers when several rows match (DMN 1.3, 8.2.10)."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"

    @property
    def one_instead(self) -> bool:
        """Whether of several rows that match one answers instead of the others."""
        return self in {HitPolicy.FIRST, HitPolicy.PRIORITY}


class Aggregator(Enum):
    """What COLLECT makes of the outputs."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Output:
    """A column of outputs; `order` ranks values for PRIORITY and OUTPUT ORDER."""

    name: str
    type: ValueType
    label: str
    order: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `parameters` are those that its outputs are."""

    id: str
    tests: tuple[UnaryTest, ...]
    outputs: tuple[Value | None, ...]
    citations: tuple[Citation, ...]
    papers: tuple[PaperRule, ...] = ()
    candidates: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    note: str = ""
    departs_from: Departure | None = None
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `complete` is its author's word that no case is left out."""

    id: str
    title: str
    each: Each
    hit: HitPolicy
    aggregator: Aggregator | None
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    complete: bool = False
