"""The bitmask index of a decision table.

Each column cuts its domain into elementary pieces and keeps for each piece a bitmask of the rows that
let it through. A decision is one look-up a column and an AND.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules_service.language.model.tables import Table
from rules_service.language.types import Value
from rules_service.language.unary import Interval, UnaryTest

if TYPE_CHECKING:
    from rules_service.engine.tables import Decided


class Unknown:
    """The value of a fact that was not told."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Known = Value | None
Cell = Known | Unknown


@dataclass(frozen=True, slots=True)
class OrderedColumn:
    """A column of an ordered type: piece 2i+1 is the i-th point, piece 2i the stretch before it."""

    points: tuple[Value, ...]
    pieces: tuple[int, ...]
    null: int
    anything: int

    def mask(self, value: Known) -> int:
        """Rows that let the value through."""
        if value is None:
            return self.null
        at = bisect_left(self.points, value)
        hit = at < len(self.points) and self.points[at] == value
        return self.pieces[2 * at + hit]


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column of codes, texts or booleans."""

    values: dict[Value, int]
    others: int
    null: int
    anything: int

    def mask(self, value: Known) -> int:
        """Rows that let the value through."""
        return self.null if value is None else self.values.get(value, self.others)


Column = OrderedColumn | PlainColumn


@dataclass(frozen=True, slots=True)
class TableIndex:
    """A table ready to be asked.

    `settled` keeps what sets of matching rows have come to: a table's cases have few outcomes.
    """

    table: Table
    columns: tuple[Column, ...]
    all_rows: int
    settled: dict[int, "Decided"] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, table: Table) -> "TableIndex":
        """Indexes a table."""
        columns = tuple(
            _column([row.tests[number] for row in table.rows]) for number in range(len(table.inputs))
        )
        return cls(table, columns, (1 << len(table.rows)) - 1)


def _column(tests: Sequence[UnaryTest]) -> Column:
    null = sum(1 << row for row, test in enumerate(tests) if test.null)
    anything = sum(1 << row for row, test in enumerate(tests) if test.anything)
    if any(test.intervals for test in tests):
        return _ordered(tests, null, anything)
    others = anything | sum(1 << row for row, test in enumerate(tests) if test.negated)
    values: dict[Value, int] = {}
    for value in {value for test in tests for value in test.values}:
        values[value] = sum(1 << row for row, test in enumerate(tests) if test.allows(value))
    return PlainColumn(values, others, null, anything)


def _ordered(tests: Sequence[UnaryTest], null: int, anything: int) -> OrderedColumn:
    bounds = {
        bound
        for test in tests
        for interval in test.intervals
        for bound in (interval.low, interval.high)
        if bound is not None
    }
    points = tuple(sorted(bounds))
    at = {point: number for number, point in enumerate(points)}
    count = 2 * len(points) + 1
    pieces = [0] * count
    for row, test in enumerate(tests):
        inside: set[int] = set(range(count)) if test.anything else set()
        for interval in test.intervals:
            inside.update(_covered(interval, at, count))
        if test.negated:
            inside = set(range(count)) - inside
        for piece in inside:
            pieces[piece] |= 1 << row
    return OrderedColumn(points, tuple(pieces), null, anything)


def _covered(interval: Interval, at: dict[Value, int], count: int) -> range:
    first = 0 if interval.low is None else 2 * at[interval.low] + (1 if interval.low_closed else 2)
    last = count - 1 if interval.high is None else 2 * at[interval.high] + (1 if interval.high_closed else 0)
    return range(first, last + 1)


def bits(mask: int) -> list[int]:
    """Numbers of the bits that are set, lowest first."""
    result = []
    while mask:
        low = mask & -mask
        result.append(low.bit_length() - 1)
        mask ^= low
    return result
