"""Rows that withhold a paper from a petitioner for what must not count, or refuse one something for it.

What a person did before or in company never worsens what is owed: a row may call for more papers where a
petitioner repeats or many come, for the others it may not call for what these do not get.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from rules_service.analysis.places import Places
from rules_service.analysis.refusals import refused_by_row
from rules_service.analysis.words import Wording, row_place
from rules_service.language.behind import facts_behind, inputs_of, source_table
from rules_service.language.findings import Code, Finding
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Kind
from rules_service.language.unary import UnaryTest

MANY = 1_000_000


def withheld(places: Places, wording: Wording, neutral: AbstractSet[str]) -> Iterator[Finding]:
    """The rows of a ruleset that do so, with the fact that they do it for."""
    for table in wording.ruleset.tables:
        for number in range(len(table.rows)):
            for fact in sorted(_for_what(table, number, wording, neutral)):
                yield places.find(
                    Code.INTERFERENCE,
                    places.row(table.id, number),
                    row_place(table, number),
                    f"文书和候选不得因“{wording.label(fact)}”而不同。",
                    "重复、越级、集体、匿名和人数都不减少告知，也不是拒绝的理由。请去掉这个条件。",
                )


def _for_what(table: Table, number: int, wording: Wording, neutral: AbstractSet[str]) -> set[str]:
    row = table.rows[number]
    called = _papers(row)
    refused = bool(refused_by_row(row, wording.vocabulary))
    facts: set[str] = set()
    for name, test in zip(table.inputs, row.tests, strict=True):
        behind = facts_behind(name, wording.ruleset) & neutral
        if not behind or test.anything:
            continue
        spared = not _reaches(name, test, wording, neutral)
        if (called and spared) or refused or (not spared and _lost(table, number, called)):
            facts |= behind
    for paper in row.papers:
        for name in inputs_of(paper.when):
            facts |= facts_behind(name, wording.ruleset) & neutral
    return facts


def _papers(row: Row) -> set[str]:
    return {paper.paper for paper in row.papers if not paper.candidate}


def _reaches(name: str, test: UnaryTest, wording: Wording, neutral: AbstractSet[str]) -> bool:
    """Whether a cell lets through whoever repeats or comes with many; of codes none is known to.

    Of what a table answers it is asked what that may answer of such a petitioner.
    """
    source = source_table(name, wording.ruleset)
    if source is not None:
        if source.aggregator:
            return False
        column = [f"{source.id}.{output.name}" for output in source.outputs].index(name)
        return any(
            test.allows(row.outputs[column])
            for row in source.rows
            if all(
                cell.anything
                or not facts_behind(inner, wording.ruleset) & neutral
                or _reaches(inner, cell, wording, neutral)
                for inner, cell in zip(source.inputs, row.tests, strict=True)
            )
        )
    kind = wording.named(name)[1].kind
    if kind is Kind.BOOL:
        return test.allows(True)
    return kind is Kind.INT and test.allows(MANY)


def _lost(table: Table, number: int, called: set[str]) -> bool:
    """Whether a row that answers instead of another takes away a paper of that other's."""
    if not table.hit.one_instead:
        return False
    others = table.rows[number + 1 :] if table.hit is HitPolicy.FIRST else table.rows
    return any(_papers(other) - called for other in others)
