"""Gaps, overlaps and dead rows against brute force over values, on generated tables.

The force knows nothing of pieces: it reads the cells' texts by the plain interpreter and tries every value
that a cell names, those just beside it, and null. Every witness is put to the engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.analysis.cover import Budget, holes
from rules_service.analysis.grid import TableGrid
from rules_service.analysis.tables import TableCheck
from rules_service.engine.index import Known
from rules_service.engine.tables import ContradictionError, State, decide
from rules_service.language.findings import Code
from rules_service.language.model.tables import HitPolicy, Table
from rules_service.language.types import Kind, Value, ValueType
from tests.reference.profile import examples
from tests.reference.tables import ORDERED, lets_through, literal, literals, ranked
from tests.rules_service.analysis.tables_at_hand import NOWHERE, wording
from tests.rules_service.engine.generated_tables import CODES, Case, cases
from tests.rules_service.engine.test_tables_twin import compiled, type_of

PLENTY = 10**7


def engine_value(kind: str, plain: object) -> Value:
    if not isinstance(plain, Fraction):
        return plain == "true" if kind == "bool" else str(plain)
    number = int(plain)
    match kind:
        case "int":
            return number
        case "decimal":
            return Decimal(plain.numerator) / Decimal(plain.denominator)
        case "date":
            return date.fromordinal(number)
        case "datetime":
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        case "time":
            return time(number // 3600, number // 60 % 60, number % 60)
    return timedelta(minutes=number)


def candidates(kind: str, cells: list[str]) -> list[object]:
    """Values enough to meet every case that the cells tell apart, as the plain interpreter has them."""
    named = {literal(kind, text) for cell in cells for text in literals(cell)}
    if kind == "enum":
        return list(CODES)
    if kind == "bool":
        return ["true", "false"]
    if kind == "string":
        return [*sorted(map(str, named)), "哪里都没有的字"]
    points = sorted(named)
    if not points:
        return [Fraction(1)]
    if kind == "decimal":
        return [*points, *((a + b) / 2 for a, b in pairwise(points)), points[0] - 1, points[-1] + 1]
    around = sorted({point + step for point in points for step in (-1, 0, 1)})
    return [value for value in around if kind != "time" or 0 <= value < 86_400]


@dataclass(frozen=True)
class Force:
    """For each column the values that rows tell apart, with the rows that let each through."""

    columns: list[dict[tuple[bool, ...], Known]]

    @classmethod
    def of(cls, case: Case, bounds: tuple[tuple[int, int] | None, ...]) -> "Force":
        columns: list[dict[tuple[bool, ...], Known]] = []
        for number, kind in enumerate(case.table.kinds):
            cells = [row[number] for row in case.table.cells]
            values = candidates(kind, cells)
            limit = bounds[number]
            if limit and kind == "int":
                values = [v for v in [*values, *map(Fraction, limit)] if limit[0] <= v <= limit[1]]
            column: dict[tuple[bool, ...], Known] = {}
            for value in values:
                told = tuple(lets_through(cell, kind, value) for cell in cells)
                column.setdefault(told, engine_value(kind, value))
            column[(*(lets_through(cell, kind, None) for cell in cells), True)] = None
            columns.append(column)
        return cls(columns)

    def rows(self, *, null: bool) -> list[tuple[tuple[Known, ...], list[int]]]:
        """Every case with the rows that match it."""
        columns = [
            [(told, value) for told, value in column.items() if null or value is not None]
            for column in self.columns
        ]
        return [
            (
                tuple(value for _, value in combination),
                [row for row in range(self.count) if all(told[row] for told, _ in combination)],
            )
            for combination in product(*columns)
        ]

    @property
    def count(self) -> int:
        return min(len(told) for column in self.columns for told in column)


def bounded(kind: ValueType, limit: tuple[int, int] | None) -> ValueType:
    return replace(kind, least=limit[0], most=limit[1]) if limit and kind.kind is Kind.INT else kind


def matching(grid: TableGrid, case: tuple[Known, ...]) -> int:
    mask = grid.index.all_rows
    for column, value in zip(grid.index.columns, case, strict=True):
        mask &= column.mask(value)
    return mask


LIMITS = st.lists(st.sampled_from([None, (0, 3), (-1, 10**6), (2, 2)]), min_size=3, max_size=3)


@given(cases(hits="UAFP"), LIMITS, st.booleans())
@examples(300)
def test_the_analysis_finds_what_brute_force_finds(case: Case, limits: list[object], complete: bool) -> None:
    if not case.table.cells:
        return
    bounds: tuple[tuple[int, int] | None, ...] = tuple(limits[: len(case.table.kinds)])  # type: ignore[arg-type]
    types = [bounded(type_of(kind), limit) for kind, limit in zip(case.table.kinds, bounds, strict=True)]
    table = replace(compiled(case.table).table, complete=complete)
    words = wording(table, types)
    grid = TableGrid.of(table, words, Budget(PLENTY))
    force = Force.of(case, bounds)
    every = force.rows(null=True)
    told = [(values, rows) for values, rows in every if None not in values]

    overlapping = {pair for _, rows in every for pair in product(rows, rows)}
    pairs = {
        (one, other)
        for one, mask in enumerate(grid.shared)
        for other in range(force.count)
        if mask >> other & 1
    }
    assert pairs == overlapping
    for one, other in pairs:
        values, _ = grid.common((one, other))
        assert matching(grid, values) >> one & matching(grid, values) >> other & 1

    for null, known in ((False, told), (True, every)):
        gaps = [values for values, rows in known if not rows]
        found, more = holes(grid.masks(null=null), grid.index.all_rows, grid.shared, Budget(PLENTY), PLENTY)
        assert not more
        assert bool(found) == bool(gaps)
        for hole in found:
            assert decide(grid.index, grid.example(hole.example)).state is State.NO_MATCH
            telling = grid.telling(hole, null=null)
            assert not any(rows for values, rows in every if agrees(grid, values, telling))
        for number in grid.telling(found[0], null=null) if found else ():
            # Of the first hole each column that is named has to be: without it, some row lets a case through.
            named = grid.telling(found[0], null=null).keys() - {number}
            wider = tuple(
                found[0].pieces[at] if at in named else frozenset(range(len(group.cases)))
                for at, group in enumerate(grid.groups)
            )
            assert any(rows for values, rows in every if inside(grid, wider, values))
        assert all(any(inside(grid, hole.pieces, values) for hole in found) for values in gaps)

    check = TableCheck(table, words, NOWHERE).run()
    codes = {finding.code_ for finding in check.findings}
    assert not check.unproved
    assert not codes & {Code.NOT_PROVED, Code.GAP_NOT_PROVED}
    answers = {first(case, table, rows) for _, rows in every if rows}
    if table.hit in {HitPolicy.FIRST, HitPolicy.PRIORITY}:
        assert check.unreachable == set(range(force.count)) - answers
    else:
        assert check.unreachable == set(range(force.count)) - {row for _, rows in every for row in rows}
    uncovered = any(not rows for _, rows in told)
    assert (Code.GAP in codes) == (uncovered and not complete)
    assert (Code.GAP_THOUGH_COMPLETE in codes) == (uncovered and complete)
    assert (Code.NULL_GAP in codes) == (complete and not uncovered and any(not rows for _, rows in every))
    assert (Code.ROWS_OVERLAP in codes) == (
        table.hit is HitPolicy.UNIQUE and any(len(rows) > 1 for _, rows in every)
    )
    assert (Code.ROWS_DIFFER in codes) == (
        table.hit is HitPolicy.ANY
        and any(len({table.rows[row].outputs for row in rows}) > 1 for _, rows in every)
    )


def first(case: Case, table: Table, rows: list[int]) -> int:
    return ranked(case.table, rows)[0] if table.hit is HitPolicy.PRIORITY else rows[0]


def agrees(grid: TableGrid, values: tuple[Known, ...], telling: Mapping[int, Known]) -> bool:
    """Whether a case is one that a witness names, whatever stands in the columns that it leaves out."""
    return all(
        (values[number] is None) == (value is None)
        and grid.index.columns[number].mask(values[number]) == grid.index.columns[number].mask(value)
        for number, value in telling.items()
    )


def inside(grid: TableGrid, pieces: tuple[frozenset[int], ...], values: tuple[Known, ...]) -> bool:
    for number, (column, allowed) in enumerate(zip(grid.index.columns, pieces, strict=True)):
        value = values[number]
        at = next(
            at
            for at, case in enumerate(grid.groups[number].cases)
            if case.null == (value is None) and case.rows == column.mask(value)
        )
        if at not in allowed:
            return False
    return True


@given(cases(hits="U"))
@examples(100)
def test_the_witness_of_an_overlap_makes_the_engine_refuse(case: Case) -> None:
    table = compiled(case.table).table
    if not table.rows:
        return
    grid = TableGrid.of(table, wording(table, [type_of(kind) for kind in case.table.kinds]), Budget(PLENTY))
    for second, mask in enumerate(grid.shared):
        for one in range(second):
            if mask >> one & 1:
                values, _ = grid.common((one, second))
                with pytest.raises(ContradictionError) as refused:
                    decide(grid.index, values)
                assert {table.rows[one], table.rows[second]} <= set(refused.value.rows)


def test_every_ordered_kind_is_tried() -> None:
    assert {kind.value for kind in Kind if ValueType(kind).ordered} == ORDERED
