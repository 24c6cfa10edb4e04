"""A piece that no value falls into is no piece."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest

from rules_service.analysis.pieces import Domain, between, pieces_of
from rules_service.engine.index import TableIndex
from rules_service.language import unary
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Kind, Value, ValueType, to_json

INT, DATE, DECIMAL, TIME = (ValueType(kind) for kind in (Kind.INT, Kind.DATE, Kind.DECIMAL, Kind.TIME))


def examples(cells: list[str], kind: ValueType, only: tuple[Value, ...] | None = None) -> list[object]:
    rows = tuple(Row(f"r{n}", (unary.parse(cell, kind),), (), ()) for n, cell in enumerate(cells))
    index = TableIndex.of(Table("t", "", Each.MATTER, HitPolicy.UNIQUE, None, ("i",), (), rows))
    return [piece.example for piece in pieces_of(index.columns[0], Domain(kind, only))]


def test_nothing_lies_between_whole_numbers_that_follow_one_another() -> None:
    assert examples(["<= 2", ">= 3"], INT) == [1, 3, None]
    assert examples(["<= 2", ">= 4"], INT) == [1, 3, 4, None]


def test_decimals_lie_dense() -> None:
    assert Decimal("2.5") in examples(["<= 2", ">= 3"], DECIMAL)


def test_nothing_lies_between_days_that_follow_one_another() -> None:
    assert len(examples(["<= 2024-02-28", ">= 2024-02-29"], DATE)) == 3
    assert date(2024, 2, 29) in examples(["<= 2024-02-28", ">= 2024-03-01"], DATE)


def test_a_day_has_no_time_after_its_last_second() -> None:
    assert examples(["< 23:59:59", ">= 23:59:59"], TIME) == [time(23, 59, 58), time(23, 59, 59), None]


def test_a_count_is_never_below_its_least() -> None:
    count = replace(INT, least=0, most=5)
    assert examples(["<= 0", "> 0"], count) == [0, 1, None]
    assert examples(["< 5", ">= 5"], count) == [4, 5, None]


def test_values_that_no_row_names_are_one_piece() -> None:
    text = ValueType(Kind.STRING)
    assert examples(['"甲"', 'not("甲")'], text) == ["甲", "其他", None]
    assert examples(['"其他"'], text) == ["其他", "其他的", None]
    assert examples(["a", "b"], ValueType(Kind.ENUM, "e", ("a", "b", "c", "d"))) == ["a", "b", "c", None]


def test_an_output_takes_the_values_that_its_rows_give() -> None:
    assert examples([">= 24", "< 24"], INT, only=(24, 8, 3)) == [24, 8, None]


@pytest.mark.parametrize(
    ("low", "high", "least", "most", "value"),
    [
        (None, None, None, None, "0"),
        ("1", "2", None, None, "1.5"),
        (None, "1", "0", None, "0"),
        (None, "0", "0", None, None),
        ("0", None, None, "9", "9"),
        ("9", None, None, "9", None),
        ("1", None, None, None, "2"),
        ("1", "2", "0", "9", "1.5"),
    ],
)
def test_decimals_between(
    low: str | None, high: str | None, least: str | None, most: str | None, value: str | None
) -> None:
    def decimal(text: str | None) -> Decimal | None:
        return Decimal(text) if text else None

    kind = replace(DECIMAL, least=decimal(least), most=decimal(most))
    assert between(kind, decimal(low), decimal(high)) == decimal(value)


TINY = "0." + "0" * 25 + "1"


@pytest.mark.parametrize(
    ("kind", "cells", "told"),
    [
        (Kind.DATE, ["< 1900-01-01", ">= 1900-01-01"], ["1900-01-01"]),
        (Kind.DATE, ["<= 2999-12-31", "> 2999-12-31"], ["2999-12-30"]),
        (Kind.DATETIME, ["< 1900-01-01T00:00:00+23:59"], ["1899-12-31T08:01:00+08:00"]),
        (Kind.DATETIME, ["> 2999-12-31T23:59:59-23:59"], ["3000-01-02T07:58:58+08:00"]),
        (Kind.DURATION, ['> duration("P999999D")'], ["P999998DT23H59M", "P999999DT1M"]),
        (Kind.DURATION, ['> duration("P999999DT999999H999999M")'], ["P1042360DT1H38M"]),
        (Kind.DECIMAL, [f">= {TINY}", "<= 0"], ["-1", TINY]),
        (Kind.DECIMAL, [f"> {TINY}", f"< {TINY}"], ["0", TINY, f"1{TINY[1:]}"]),
        (Kind.DECIMAL, ["> " + "9" * 28], ["9" * 27 + "8"]),
    ],
)
def test_what_nobody_can_tell_is_no_value(kind: Kind, cells: list[str], told: list[str]) -> None:
    assert [to_json(value) for value in examples(cells, ValueType(kind)) if value is not None] == told  # type: ignore[arg-type]
