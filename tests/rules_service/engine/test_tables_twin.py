"""The table index against the plain interpreter, on generated tables and facts."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from rules_service.engine.index import UNKNOWN, TableIndex
from rules_service.engine.tables import ContradictionError, decide
from rules_service.language import unary
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Aggregator, HitPolicy, Output, Row, Table
from rules_service.language.types import Kind, Value, ValueType
from tests.reference import tables as plain
from tests.reference.profile import examples
from tests.reference.tables import MISSING, PlainTable, Said
from tests.rules_service.engine.generated_tables import CODES, Case, cases, plainly


def type_of(kind: str) -> ValueType:
    return ValueType(Kind.ENUM, "letters", CODES) if kind == "enum" else ValueType(Kind(kind))


def compiled(table: PlainTable) -> TableIndex:
    types = [type_of(kind) for kind in table.kinds]
    outputs = tuple(
        Output(f"o{n}", type_of(kind), "", tuple(type_of(kind).from_text(text) for text in order))
        for n, (kind, order) in enumerate(zip(table.output_kinds, table.orders, strict=True))
    )
    rows = tuple(
        Row(
            f"r{n}",
            tuple(unary.parse(cell, kind) for cell, kind in zip(cells, types, strict=True)),
            tuple(
                None if text is None else output.type.from_text(text)
                for text, output in zip(table.outputs[n], outputs, strict=True)
            ),
            (),
        )
        for n, cells in enumerate(table.cells)
    )
    aggregator = Aggregator(table.aggregate) if table.aggregate else None
    inputs = tuple(f"i{n}" for n in range(len(types)))
    return TableIndex.of(Table("t", "", Each.MATTER, HitPolicy(table.hit), aggregator, inputs, outputs, rows))


def sent(kind: str, fact: object) -> object:
    """A fact as the engine has it, read from the JSON that a caller would send."""
    if fact is MISSING:
        return UNKNOWN
    if fact is None:
        return None
    assert isinstance(fact, str)
    written = fact if kind in {"int", "decimal", "bool"} else json.dumps(fact, ensure_ascii=False)
    return type_of(kind).from_json(json.loads(written, parse_float=Decimal))


def engine_says(index: TableIndex, table: PlainTable, facts: tuple[object, ...]) -> Said:
    values = [sent(kind, fact) for kind, fact in zip(table.kinds, facts, strict=True)]
    try:
        decided = decide(index, values)  # type: ignore[arg-type]
    except ContradictionError as error:
        return Said("contradiction", tuple(int(row.id[1:]) for row in error.rows))
    return Said(decided.state.value, decided.rows, as_fraction(decided.aggregate))


def as_fraction(number: Value | None) -> object:
    return Fraction(number) if isinstance(number, int | Decimal) else number


@examples(400)
@given(cases())
def test_the_index_says_what_the_plain_interpreter_says(case: Case) -> None:
    index = compiled(case.table)
    for facts in case.facts:
        wanted = plain.decide(case.table, plainly(case.table, facts))
        assert engine_says(index, case.table, facts) == wanted


@examples(300)
@given(cases())
def test_nothing_that_is_decided_can_be_contradicted_by_a_fact_that_was_missing(case: Case) -> None:
    """Only facts on which the ruleset contradicts itself are refused rather than answered so."""
    index = compiled(case.table)
    for facts in case.facts:
        said = engine_says(index, case.table, facts)
        told = plainly(case.table, facts)
        every = [found for found in plain.answers(case.table, told) if found.state != "contradiction"]
        if said.state == "decided":
            assert {outcome(case.table, found) for found in every} <= {outcome(case.table, said)}
        elif said.state == "no_match":
            assert {found.state for found in every} <= {"no_match"}
        elif said.state == "undecided":
            assert all(set(said.rows) <= set(found.rows) for found in every)
        else:
            assert not every


def outcome(table: PlainTable, said: Said) -> object:
    """What a caller would act on: for ANY, rows that say the same are the same."""
    rows = said.rows if table.hit != "A" else tuple(table.outputs[row] for row in said.rows)
    return said.state, rows, said.aggregate


@examples(200)
@given(cases())
def test_near_misses_are_rows_refused_by_exactly_one_column(case: Case) -> None:
    index = compiled(case.table)
    table = case.table
    for facts in case.facts:
        told = plainly(table, facts)
        refused = [
            [
                column
                for column, (cell, kind, fact) in enumerate(zip(cells, table.kinds, told, strict=True))
                if fact is not MISSING and not plain.lets_through(cell, kind, fact)
            ]
            for cells in table.cells
        ]
        wanted = [(f"r{row}", columns[0]) for row, columns in enumerate(refused) if len(columns) == 1][:5]
        values = [sent(kind, fact) for kind, fact in zip(table.kinds, facts, strict=True)]
        try:
            decided = decide(index, values)  # type: ignore[arg-type]
        except ContradictionError:
            continue
        assert [(miss.row.id, miss.column) for miss in decided.near_misses] == wanted


@examples(200)
@given(cases())
def test_an_undecided_table_names_exactly_the_missing_facts_that_a_possible_row_looks_at(case: Case) -> None:
    index = compiled(case.table)
    for facts in case.facts:
        told = plainly(case.table, facts)
        values = [sent(kind, fact) for kind, fact in zip(case.table.kinds, facts, strict=True)]
        try:
            decided = decide(index, values)  # type: ignore[arg-type]
        except ContradictionError:
            continue
        if decided.state.value != "undecided":
            assert decided.open_columns == ()
            continue
        possible = plain.rows_that(case.table, told, if_missing=True)
        wanted = tuple(
            column
            for column, fact in enumerate(told)
            if fact is MISSING and any(case.table.cells[row][column].strip() != "-" for row in possible)
        )
        assert decided.open_columns == wanted
        assert wanted
