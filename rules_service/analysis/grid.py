"""A table as the grid that the search works on, with what a combination of cases means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from rules_service.analysis.cover import Budget, Hole, overlaps
from rules_service.analysis.joint import Group, Groups
from rules_service.analysis.words import Wording
from rules_service.engine.index import Known, TableIndex
from rules_service.language.model.tables import Table


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The cases of each group of columns, and for each row those rows with which it shares one.

    `doubtful` are pairs of columns of which it is not known what they take at once.
    """

    table: Table
    index: TableIndex
    groups: tuple[Group, ...]
    doubtful: tuple[tuple[int, int], ...]
    shared: tuple[int, ...]

    @classmethod
    def of(cls, table: Table, wording: Wording, budget: Budget) -> "TableGrid":
        """Cuts a table into cases; raises BudgetSpentError where it is too large."""
        index = TableIndex.of(table)
        found = Groups.of(index, wording)
        masks = [[case.rows for case in group.cases] for group in found.groups]
        shared = overlaps(masks, index.all_rows, len(table.rows), budget)
        return cls(table, index, found.groups, found.doubtful, tuple(shared))

    def masks(self, *, null: bool) -> list[list[int]]:
        """The grid's masks, with or without the cases that take a null."""
        return [[case.rows for case in group.cases if null or not case.null] for group in self.groups]

    def example(self, combination: Sequence[int]) -> tuple[Known, ...]:
        """A combination as one value a column."""
        values: dict[int, Known] = {}
        for group, at in zip(self.groups, combination, strict=True):
            values.update(zip(group.columns, group.cases[at].values, strict=True))
        return tuple(value for _, value in sorted(values.items()))

    def telling(self, hole: Hole, *, null: bool) -> Mapping[int, Known]:
        """The columns of a hole's example without which a row may let it through, with their values.

        A hole that was looked for without nulls may be one only where some column is not null: that is named.
        """
        reached = [
            reduce(or_, (group.cases[at].rows for at in pieces))
            for group, pieces in zip(self.groups, hole.pieces, strict=True)
        ]
        telling: dict[int, Known] = {}
        for number, (group, masks) in enumerate(zip(self.groups, self.masks(null=null), strict=True)):
            rows = reduce(and_, reached[:number] + reached[number + 1 :], self.index.all_rows)
            if len(hole.pieces[number]) == len(masks) and not any(case.rows & rows for case in group.cases):
                reached[number] = reduce(or_, (case.rows for case in group.cases))
            else:
                values = group.cases[hole.example[number]].values
                telling.update(zip(group.columns, values, strict=True))
        return telling

    def common(self, rows: Iterable[int]) -> tuple[tuple[Known, ...], Mapping[int, Known]]:
        """A case that all the rows let through, and the columns of it that matter.

        The rows must share a combination. One that takes a null is named only where there is no other.
        """
        wanted = 0
        for row in rows:
            wanted |= 1 << row
        combination: list[int] = []
        telling: dict[int, Known] = {}
        for group in self.groups:
            shared = [at for at, case in enumerate(group.cases) if case.rows & wanted == wanted]
            combination.append(shared[0])
            if len(shared) < len(group.cases):
                telling.update(zip(group.columns, group.cases[shared[0]].values, strict=True))
        return self.example(combination), telling

    def in_doubt(self, telling: Mapping[int, Known]) -> bool:
        """Whether it is not known that a case can come up."""
        return any(first in telling and second in telling for first, second in self.doubtful)
