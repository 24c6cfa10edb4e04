"""Which rows of a table can answer at all, and which of them the examples reach.

Rows are taken from what the tables decided on the examples, not from an index, and what can answer from the
analysis of the whole table, so that full coverage means that every row was tried which can be tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules_service.analysis.places import Places
from rules_service.analysis.tables import TableCheck
from rules_service.analysis.words import row_place
from rules_service.language.findings import Code, Finding
from rules_service.language.model.ruleset import Ruleset

Reached = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """Rows of one table: how many there are, can answer, and were reached; and those that were not, by id.

    `reachable` counts rows of which it is not proved that they cannot answer; `unproved` says of how many
    of them the search ended too early to tell.
    """

    ruleset: str
    file: str
    table: str
    title: str
    rows: int
    reachable: int
    reached: int
    unproved: int
    missed: tuple[str, ...]


def coverage(
    ruleset: Ruleset, slices: Sequence[Sequence[TableCheck]], reached: Reached
) -> Iterator[TableCoverage]:
    """The coverage of every table of all slices. A row that can answer in one slice can answer."""
    seen = set(reached)
    looked_at = [{check.table.id: check for check in checks} for checks in slices]
    for table in ruleset.tables:
        checks = [of[table.id] for of in looked_at if table.id in of]
        if len(checks) < len(looked_at):
            continue
        dead = set.intersection(*(check.unreachable for check in checks))
        alive = [row.id for number, row in enumerate(table.rows) if number not in dead]
        missed = tuple(row for row in alive if (table.id, row) not in seen)
        yield TableCoverage(
            ruleset.id,
            ruleset.file,
            table.id,
            table.title,
            len(table.rows),
            len(alive),
            len(alive) - len(missed),
            len(set.union(*(check.unproved for check in checks)) - dead),
            missed,
        )


def without_example(ruleset: Ruleset, places: Places, tables: Iterable[TableCoverage]) -> Iterator[Finding]:
    """Rows that can answer and that no example reaches."""
    missed = {(covered.table, row) for covered in tables for row in covered.missed}
    for table in ruleset.tables:
        for number, row in enumerate(table.rows):
            if (table.id, row.id) in missed:
                yield places.find(
                    Code.ROW_WITHOUT_EXAMPLE,
                    places.row(table.id, number),
                    row_place(table, number),
                    "没有例子走到这一行。",
                    "请补一个例子。",
                )
