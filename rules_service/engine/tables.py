"""Decides a table: the rows that match, by the table's hit policy (OMG DMN 1.3, 8.2.10).

A fact that was not told leaves a row open unless the row does not look at it. A table is decided when
no open row could change its outcome.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import localcontext
from enum import Enum
from typing import NamedTuple

from rules_service.engine.index import UNKNOWN, Known, TableIndex, Unknown, bits
from rules_service.language.model.tables import Aggregator, HitPolicy, Row, Table
from rules_service.language.types import Kind, Value

MOST_NEAR_MISSES = 5
MOST_SETTLED = 10_000
# More than any sum of decimals of a table can have: each has at most 28 before and behind the point.
EXACT_DIGITS = 100


class ContradictionError(Exception):
    """A UNIQUE or ANY table whose rows contradict each other on these facts."""

    def __init__(self, table: Table, rows: Sequence[Row]) -> None:
        self.table = table
        self.rows = tuple(rows)
        super().__init__(f"{table.id}: {', '.join(row.id for row in rows)}")


class State(Enum):
    """Whether a table could decide."""

    DECIDED = "decided"
    NO_MATCH = "no_match"
    UNDECIDED = "undecided"


class NearMiss(NamedTuple):
    """A row refused by exactly one column."""

    row: Row
    column: int


class Decided(NamedTuple):
    """What a table says: rows by number, in the policy's order.

    `open_columns` are those whose missing value keeps the table undecided.
    """

    state: State
    rows: tuple[int, ...]
    near_misses: tuple[NearMiss, ...]
    open_columns: tuple[int, ...]
    aggregate: Value | None = None


def decide(index: TableIndex, values: Sequence[Known | Unknown], *, near: bool = True) -> Decided:
    """Decides a table on one value a column.

    Raises ContradictionError where UNIQUE finds several rows or ANY finds rows that differ.
    """
    certain = possible = index.all_rows
    masks = []
    for column, value in zip(index.columns, values, strict=True):
        if value is UNKNOWN:
            masks.append(index.all_rows)
            certain &= column.anything
        else:
            mask = column.mask(value)  # type: ignore[arg-type]
            masks.append(mask)
            possible &= mask
            certain &= mask
    if near:
        unknown = [number for number, value in enumerate(values) if value is UNKNOWN]
        return decide_masks(index, certain, possible, unknown, _near_misses(index, masks))
    if certain == possible:
        return settle(index, certain)
    unknown = [number for number, value in enumerate(values) if value is UNKNOWN]
    return decide_masks(index, certain, possible, unknown)


def settle(index: TableIndex, rows: int) -> Decided:
    """What a table says where just these rows match and none is open, near misses left out."""
    decided = index.settled.get(rows)
    if decided is None:
        decided = decide_masks(index, rows, rows, ())
        if len(index.settled) < MOST_SETTLED:
            index.settled[rows] = decided
    return decided


def decide_masks(
    index: TableIndex,
    certain: int,
    possible: int,
    unknown: Sequence[int],
    misses: tuple[NearMiss, ...] = (),
) -> Decided:
    """Decides a table on the rows that match for certain and those that may, and the columns not told."""
    rows, state = _chosen(index.table, certain, possible)
    open_columns: tuple[int, ...] = ()
    if state is State.UNDECIDED:
        open_columns = tuple(n for n in unknown if possible & ~index.columns[n].anything)
    aggregate = _aggregate(index.table, rows) if state is State.DECIDED else None
    return Decided(state, rows, misses, open_columns, aggregate)


def _chosen(table: Table, certain: int, possible: int) -> tuple[tuple[int, ...], State]:
    if not possible:
        return (), State.NO_MATCH
    if certain == possible and not certain & (certain - 1):
        # One row, whatever is missing: every hit policy says the same.
        return (certain.bit_length() - 1,), State.DECIDED
    match table.hit:
        case HitPolicy.UNIQUE | HitPolicy.ANY:
            rows = bits(certain)
            _agree(table, rows)
            return (tuple(rows[:1]), State.DECIDED) if rows else ((), State.UNDECIDED)
        case HitPolicy.FIRST:
            low = possible & -possible
            return ((low.bit_length() - 1,), State.DECIDED) if low & certain else ((), State.UNDECIDED)
        case HitPolicy.PRIORITY:
            best = ranked(table, bits(possible))[0]
            return ((best,), State.DECIDED) if certain >> best & 1 else ((), State.UNDECIDED)
        case HitPolicy.OUTPUT_ORDER:
            rows = ranked(table, bits(certain))
        case HitPolicy.RULE_ORDER | HitPolicy.COLLECT:
            rows = bits(certain)
    return tuple(rows), State.DECIDED if certain == possible else State.UNDECIDED


def _agree(table: Table, rows: list[int]) -> None:
    if len(rows) < 2:
        return
    matched = [table.rows[row] for row in rows]
    said = {(row.outputs, row.papers, row.candidates, row.findings) for row in matched}
    if table.hit is HitPolicy.UNIQUE or len(said) > 1:
        raise ContradictionError(table, matched)


def ranked(table: Table, rows: list[int]) -> list[int]:
    """Rows in the order in which their outputs rank, those that rank alike as they stand."""

    def rank(row: int) -> tuple[int, ...]:
        return tuple(
            output.order.index(value) if value in output.order else len(output.order)
            for output, value in zip(table.outputs, table.rows[row].outputs, strict=True)
            if output.order
        )

    return sorted(rows, key=lambda row: (rank(row), row))


def _near_misses(index: TableIndex, masks: list[int]) -> tuple[NearMiss, ...]:
    once = more = 0
    for mask in masks:
        refused = index.all_rows & ~mask
        more |= once & refused
        once |= refused
    left = once & ~more
    result: list[NearMiss] = []
    while left and len(result) < MOST_NEAR_MISSES:
        low = left & -left
        left ^= low
        column = next(number for number, passed in enumerate(masks) if not passed & low)
        result.append(NearMiss(index.table.rows[low.bit_length() - 1], column))
    return tuple(result)


def _aggregate(table: Table, rows: tuple[int, ...]) -> Value | None:
    if table.aggregator is None:
        return None
    if table.aggregator is Aggregator.COUNT:
        return len(rows)
    values = [value for row in rows if (value := table.rows[row].outputs[0]) is not None]
    match table.aggregator:
        case Aggregator.SUM:
            zero = timedelta() if table.outputs[0].type.kind is Kind.DURATION else 0
            with localcontext(prec=EXACT_DIGITS):
                return sum(values, zero)  # type: ignore[arg-type]
        case Aggregator.MIN:
            return min(values, default=None)
        case Aggregator.MAX:
            return max(values, default=None)
