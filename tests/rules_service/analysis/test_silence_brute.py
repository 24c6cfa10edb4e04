"""Rows that rest on silence against brute force over values, on generated tables whose columns are told only.

Under other hit policies what one row says never hangs on another. A row rests on silence where it answers a
case that takes a null, and with that null told the table no longer proposes what the row does. So does what a
table answers, or that it answers nothing, for the tables that read it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from rules_service.analysis.silence import check_silence
from rules_service.engine.index import Known
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.unary import parse
from tests.reference.profile import examples
from tests.rules_service.analysis.tables_at_hand import NOWHERE, wording
from tests.rules_service.analysis.test_tables_brute import Force, first
from tests.rules_service.engine.generated_tables import CODES, Case, cases
from tests.rules_service.engine.test_tables_twin import compiled, type_of

ROW = re.compile(r"第 (\d+) 行（")
IN_TURN = re.compile(r"“(\w+)”没有人说过，第 \d+ 行就不命中")


def differing(one: Sequence[Known], other: Sequence[Known]) -> list[int]:
    return [number for number, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


@given(cases(hits="FP"), st.lists(st.sampled_from(["refused", "merged"]), min_size=8, max_size=8))
@examples(150)
def test_whatever_rests_on_silence_is_found(case: Case, proposed: list[str]) -> None:
    rows = tuple(
        replace(row, candidates=(proposed[number % 8],))
        for number, row in enumerate(compiled(case.table).table.rows)
    )
    table = replace(compiled(case.table).table, rows=rows)
    words = wording(table, [type_of(kind) for kind in case.table.kinds])
    words = replace(words, ruleset=replace(words.ruleset, told_only=table.inputs))
    findings = list(check_silence(NOWHERE, words, frozenset()))
    named = {int(ROW.search(it.place)[1]) - 1 for it in findings}  # type: ignore[index]

    answers = {
        values: answering(case, table, matching)
        for values, matching in Force.of(case, (None,) * len(table.inputs)).rows(null=True)
    }
    silent = {values: row for values, row in answers.items() if row is not None and None in values}
    for (values, row), (told, another) in product(silent.items(), answers.items()):
        if all(values[column] is None for column in differing(values, told)):
            assert proposes(row) <= proposes(another) or rows.index(row) in named
    for finding in findings:
        if turn := IN_TURN.match(finding.message):
            row, column = rows[int(ROW.search(finding.place)[1]) - 1], table.inputs.index(turn[1])  # type: ignore[index]
            assert any(values[column] is None for values, other in silent.items() if other is row)


@given(cases(hits="FPU"), st.lists(st.booleans(), min_size=3, max_size=3))
@examples(400)
def test_an_answer_is_silence_just_where_telling_may_change_it(case: Case, told_only: list[bool]) -> None:
    before = replace(compiled(case.table).table, id="before")
    every = Force.of(case, (None,) * len(before.inputs)).rows(null=True)
    assume(before.hit is not HitPolicy.UNIQUE or all(len(matching) < 2 for _, matching in every))
    output = before.outputs[0]
    after = Table(
        "after",
        "",
        Each.MATTER,
        HitPolicy.UNIQUE,
        None,
        (f"before.{output.name}",),
        (),
        tuple(Row(it, (parse(it, output.type),), (), (), candidates=("refused",)) for it in (*CODES, "null")),
    )
    words = wording(before, [type_of(kind) for kind in case.table.kinds])
    unsaid = {number for number in range(len(before.inputs)) if told_only[number]}
    names = tuple(before.inputs[it] for it in unsaid)
    words = replace(words, ruleset=replace(words.ruleset, tables=(before, after), told_only=names))
    found = {int(ROW.search(it.place)[1]) - 1 for it in check_silence(NOWHERE, words, frozenset())}  # type: ignore[index]

    said = {values: output_of(answering(case, before, matching)) for values, matching in every}
    resting = {
        row.outputs[0]
        for row in before.rows
        if any(row.tests[it].null and not row.tests[it].anything for it in unsaid)
    }
    for (values, one), (told, other) in product(said.items(), said.items()):
        if one != other and all(it in unsaid and values[it] is None for it in differing(values, told)):
            resting.add(one)
    assert {after.rows[row].id for row in found} == {"null" if it is None else it for it in resting}


def output_of(row: Row | None) -> object:
    return row.outputs[0] if row else None


def answering(case: Case, table: Table, matching: list[int]) -> Row | None:
    return table.rows[first(case, table, matching)] if matching else None


def proposes(row: Row | None) -> set[str]:
    return set(row.candidates) if row else set()
