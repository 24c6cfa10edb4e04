"""Chained rules: several facts that stand in some relation lead to a finding, or to a further fact.

Conditions are positive: a rule says what must be there, never what must be missing. Counts, absence,
arithmetic and date arithmetic are worked out before and come in as facts of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple


class FieldType(Enum):
    """What a field holds. Codes of an enum are texts; a decimal comes in as an integer of a smaller unit."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    DATE = "date"

    @property
    def python(self) -> type:
        """The Python type of a value, exactly: True is no INT and a datetime no DATE."""
        return PYTHON_TYPES[self]


PYTHON_TYPES: Mapping[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.INT: int,
    FieldType.BOOL: bool,
    FieldType.DATE: date,
}

ORDERED = frozenset({FieldType.INT, FieldType.DATE})

Scalar = str | int | bool | date
Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact and the fields that a fact of this kind may have."""

    name: str
    fields: Mapping[str, FieldType]


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A field compared with a constant. A field that a fact lacks is unknown and passes no test."""

    field: str
    op: Operator
    value: Scalar


@dataclass(frozen=True, slots=True)
class Join:
    """A field compared with a field of the fact of an earlier pattern: `field op other_alias.other_field`.

    A field that either fact lacks is unknown, and the join does not hold.
    """

    field: str
    op: Operator
    other_alias: str
    other_field: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """One fact that a rule needs, bound to an alias. One fact never fills two aliases of a rule."""

    alias: str
    kind: str
    tests: tuple[FieldTest, ...] = ()
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the fact that an alias is bound to."""

    alias: str
    field: str


@dataclass(frozen=True, slots=True)
class FindingConclusion:
    """A finding code with fields. A field taken from one that the fact lacks is left out."""

    code: str
    fields: Mapping[str, Scalar | FieldRef]


@dataclass(frozen=True, slots=True)
class FactConclusion:
    """A further fact, which other rules may need. A field taken from one that the fact lacks is left out."""

    kind: str
    fields: Mapping[str, Scalar | FieldRef]


Conclusion = FindingConclusion | FactConclusion


@dataclass(frozen=True, slots=True)
class ChainRule:
    """When every pattern is bound, the conclusion holds. Lower priorities are told first."""

    id: str
    when: tuple[Pattern, ...]
    then: Conclusion
    priority: int = 0


@dataclass(frozen=True, slots=True)
class ChainProgram:
    """Chained rules that run together, and the kinds of facts they speak of."""

    kinds: tuple[FactKind, ...]
    rules: tuple[ChainRule, ...]


class Fact(NamedTuple):
    """Something known: a kind, and the values of those of its fields that are known."""

    kind: str
    fields: Mapping[str, Scalar]
