"""Hit policies and aggregates on tables small enough to check by eye."""

from datetime import timedelta
from decimal import Decimal

import pytest

from rules_service.engine.index import UNKNOWN, Known, TableIndex, Unknown
from rules_service.engine.tables import ContradictionError, Decided, State, decide
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Aggregator, HitPolicy, Output, Row, Table
from rules_service.language.types import Kind, Value, ValueType
from rules_service.language.unary import parse

INT = ValueType(Kind.INT)


def table(
    hit: str,
    rows: list[tuple[list[str], list[Value | None]]],
    kind: Kind = Kind.INT,
    aggregate: str = "",
    order: tuple[Value, ...] = (),
) -> TableIndex:
    columns = len(rows[0][0])
    outputs = tuple(Output(f"o{n}", ValueType(kind), "", order) for n in range(len(rows[0][1])))
    return TableIndex.of(
        Table(
            "t",
            "",
            Each.MATTER,
            HitPolicy(hit),
            Aggregator(aggregate) if aggregate else None,
            tuple(f"i{n}" for n in range(columns)),
            outputs,
            tuple(
                Row(f"r{n}", tuple(parse(cell, INT) for cell in cells), tuple(thens), ())
                for n, (cells, thens) in enumerate(rows)
            ),
        )
    )


def ask(index: TableIndex, *values: Known | Unknown) -> Decided:
    return decide(index, values)


def test_unique_refuses_two_rows_at_run_time_and_names_both() -> None:
    overlapping = table("U", [([">= 3"], [1]), (["[1..3]"], [2])])
    assert ask(overlapping, 4).rows == (0,)
    with pytest.raises(ContradictionError, match="t: r0, r1"):
        ask(overlapping, 3)


def test_any_takes_rows_that_say_the_same_and_refuses_those_that_differ() -> None:
    index = table("A", [([">= 3"], [1]), (["[1..3]"], [1]), (["3..9".join("[]")], [2])])
    assert ask(index, 1).rows == (1,)
    with pytest.raises(ContradictionError):
        ask(index, 3)


def test_an_overlap_that_a_missing_fact_may_still_prevent_is_not_yet_a_contradiction() -> None:
    index = table("U", [(["1", "-"], [1]), (["-", "1"], [2])])
    assert ask(index, 1, UNKNOWN).state is State.DECIDED
    with pytest.raises(ContradictionError):
        ask(index, 1, 1)


def test_first_and_priority_wait_for_a_better_row_that_a_missing_fact_may_still_open() -> None:
    first = table("F", [(["1", "-"], [1]), (["-", "1"], [2])])
    assert ask(first, UNKNOWN, 1).state is State.UNDECIDED
    assert ask(first, 1, UNKNOWN).rows == (0,)
    ranked = table("P", [(["1", "-"], [7]), (["-", "1"], [8])], order=(8, 7))
    assert ask(ranked, 1, UNKNOWN).state is State.UNDECIDED
    assert ask(ranked, UNKNOWN, 1).rows == (1,)


def test_output_order_puts_unranked_outputs_last_and_equal_ones_by_row() -> None:
    index = table(
        "O", [(["-"], [None]), (["-"], [9]), (["-"], [2]), (["-"], [1]), (["-"], [1])], order=(1, 2)
    )
    assert ask(index, 0).rows == (3, 4, 2, 0, 1)


def test_no_row_is_a_result_with_no_aggregate() -> None:
    counted = ask(table("C", [(["1"], [1])], aggregate="count"), 2)
    assert (counted.state, counted.aggregate) == (State.NO_MATCH, None)


@pytest.mark.parametrize(("aggregate", "wanted"), [("sum", 6), ("min", 1), ("max", 3), ("count", 4)])
def test_aggregates_leave_out_rows_that_say_nothing_but_count_counts_them(
    aggregate: str, wanted: int
) -> None:
    rows: list[tuple[list[str], list[Value | None]]] = [(["-"], [n]) for n in (3, 2, None, 1)]
    assert ask(table("C", rows, aggregate=aggregate), 0).aggregate == wanted


def test_a_sum_of_decimals_is_exact_however_many_digits_it_takes() -> None:
    large, small = Decimal("99999999999999999999999999"), Decimal("0.00000000000000000000000001")
    index = table("C", [(["-"], [large]), (["-"], [small])], Kind.DECIMAL, "sum")
    assert str(ask(index, 0).aggregate) == "99999999999999999999999999.00000000000000000000000001"


def test_a_sum_of_lengths_is_a_length() -> None:
    index = table("C", [(["-"], [timedelta(days=1)]), (["-"], [timedelta(hours=2)])], Kind.DURATION, "sum")
    assert ask(index, 0).aggregate == timedelta(days=1, hours=2)


def test_rows_without_any_output_can_be_counted() -> None:
    assert ask(table("C", [(["-"], []), (["1"], [])], aggregate="count"), 1).aggregate == 2


def test_at_most_five_near_misses_are_told() -> None:
    index = table("F", [([str(n)], [n]) for n in range(9)])
    missed = ask(index, 100).near_misses
    assert [miss.row.id for miss in missed] == ["r0", "r1", "r2", "r3", "r4"]
