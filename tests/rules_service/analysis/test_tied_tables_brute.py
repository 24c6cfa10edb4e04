"""A table that reads another table and the facts behind it, against every way of telling these facts.

The plain interpreter decides both tables for every value that a cell could name, those beside it, and null.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules_service.analysis import joint
from rules_service.analysis.tables import TableCheck
from rules_service.language.findings import Code
from rules_service.language.model.subjects import Each
from tests.reference import tables as plain
from tests.reference.profile import examples
from tests.reference.tables import PlainTable, Said
from tests.rules_service.analysis.tables_at_hand import NOWHERE, wording
from tests.rules_service.engine.generated_tables import CODES, LITERALS, cells
from tests.rules_service.engine.test_tables_twin import compiled, type_of

FACTS = {"channel": "enum", "people": "int"}
TOLD: list[list[object]] = [[*CODES, None], [*map(Fraction, range(-6, 7)), None]]
SAID = "before.o0"


@dataclass(frozen=True)
class Pair:
    """A table over the facts, and one that reads its output and some of the facts."""

    before: PlainTable
    table: PlainTable
    inputs: tuple[str, ...]

    def says(self, told: tuple[object, ...]) -> object:
        """The output of the table before."""
        said = plain.decide(self.before, told)
        if self.before.aggregate or not said.rows:
            return said.aggregate
        text = self.before.outputs[said.rows[0]][0]
        return None if text is None else plain.value(self.before.output_kinds[0], text)

    def decides(self, told: tuple[object, ...]) -> Said:
        """What the table says of the facts."""
        known = {**dict(zip(FACTS, told, strict=True)), SAID: self.says(told)}
        return plain.decide(self.table, [known[name] for name in self.inputs])

    def check(self, each: Each = Each.MATTER) -> TableCheck:
        before = replace(compiled(self.before).table, id="before", inputs=tuple(FACTS))
        table = replace(compiled(self.table).table, inputs=self.inputs, complete=True, each=each)
        words = wording(before, [type_of(kind) for kind in FACTS.values()])
        words = replace(words, ruleset=replace(words.ruleset, tables=(before, table)))
        return TableCheck(table, words, NOWHERE).run()


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    hit = draw(st.sampled_from("UAFPC"))
    aggregate = draw(st.sampled_from(["sum", "min", "max", "count"])) if hit == "C" else ""
    said = "int" if aggregate else "enum"
    count = draw(st.integers(1, 4))
    before = PlainTable(
        tuple(FACTS.values()),
        tuple(tuple(draw(cells(kind)) for kind in FACTS.values()) for _ in range(count)),
        hit,
        tuple((draw(st.none() | LITERALS[said]),) for _ in range(count)),
        (said,),
        (CODES if hit == "P" else (),),
        aggregate,
    )
    others = draw(st.sampled_from([(), ("channel",), ("people",), ("channel", "people")]))
    kinds = (said, *(FACTS[name] for name in others))
    rows = draw(st.integers(0, 4))
    table = PlainTable(
        kinds,
        tuple(tuple(draw(cells(kind)) for kind in kinds) for _ in range(rows)),
        draw(st.sampled_from("UAF")),
        tuple((draw(LITERALS["enum"]),) for _ in range(rows)),
        ("enum",),
        ((),),
    )
    return Pair(before, table, (SAID, *others))


@examples(400)
@given(pairs())
def test_the_analysis_finds_what_can_be_told_and_nothing_else(pair: Pair) -> None:
    ways = list(product(*TOLD))
    assume(not any(plain.decide(pair.before, told).state == "contradiction" for told in ways))
    decided = {told: pair.decides(told) for told in ways}
    check = pair.check()
    codes = {finding.code_ for finding in check.findings}
    assert Code.NOT_PROVED not in codes
    gaps = [told for told, said in decided.items() if said.state == "no_match"]
    ordinary = any(None not in told for told in gaps)
    assert (Code.GAP_THOUGH_COMPLETE in codes) == ordinary
    assert (Code.NULL_GAP in codes) == (bool(gaps) and not ordinary)
    contradicts = any(said.state == "contradiction" for said in decided.values())
    assert bool({Code.ROWS_OVERLAP, Code.ROWS_DIFFER} & codes) == contradicts
    if pair.table.hit == "F":
        answers = {row for said in decided.values() for row in said.rows}
    else:
        answers = {row for told in ways for row in matching(pair, told)}
    assert check.unreachable == set(range(len(pair.table.cells))) - answers


def matching(pair: Pair, told: tuple[object, ...]) -> tuple[int, ...]:
    every = replace(pair, table=replace(pair.table, hit="R"))
    return every.decides(told).rows


MANY = Pair(
    PlainTable(("enum", "int"), (("-", "> 5"),), "U", (("a",),), ("enum",), ((),)),
    PlainTable(("enum", "int"), (("a", "-"), ("null", "null")), "U", (("a",), ("b",)), ("enum",), ((),)),
    (SAID, "people"),
)


def test_a_table_before_that_says_nothing_is_no_null_of_a_fact() -> None:
    (finding,) = MANY.check().findings
    assert (finding.code_, finding.message) == (
        Code.GAP_THOUGH_COMPLETE,
        "表“t”写明 complete: true，却有没写到的情形，例如：=（空），people=4。",
    )


def test_a_request_may_tell_a_fact_otherwise_than_its_matter() -> None:
    nothing_left = replace(MANY, table=replace(MANY.table, cells=(("a", "> 5"), ("null", "null, <= 5"))))
    assert not {it.code_ for it in nothing_left.check().findings} & {Code.GAP_THOUGH_COMPLETE, Code.NULL_GAP}
    assert Code.GAP_THOUGH_COMPLETE in {it.code_ for it in nothing_left.check(Each.REQUEST).findings}


def test_where_the_ways_are_too_many_it_is_said_that_nothing_is_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(joint, "MOST_CASES", 2)
    assert {finding.code_ for finding in MANY.check().findings} == {Code.NOT_PROVED}
