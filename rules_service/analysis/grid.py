"""A table as the grid that the search works on, with what a combination of pieces means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules_service.analysis.cover import Budget, Hole, overlaps
from rules_service.analysis.domains import domain
from rules_service.analysis.pieces import Piece, pieces_of
from rules_service.analysis.words import Wording
from rules_service.engine.index import Known, TableIndex
from rules_service.language.model.tables import Table


@dataclass(frozen=True, slots=True)
class TableGrid:
    """The pieces of each column (null last), and for each row those it shares a combination with."""

    table: Table
    index: TableIndex
    columns: tuple[tuple[Piece, ...], ...]
    shared: tuple[int, ...]

    @classmethod
    def of(cls, table: Table, wording: Wording, budget: Budget) -> "TableGrid":
        """Cuts a table into pieces; raises BudgetSpentError where it is too large."""
        index = TableIndex.of(table)
        columns = tuple(
            pieces_of(column, domain(name, wording))
            for column, name in zip(index.columns, table.inputs, strict=True)
        )
        masks = [[piece.rows for piece in column] for column in columns]
        return cls(table, index, columns, tuple(overlaps(masks, index.all_rows, len(table.rows), budget)))

    def masks(self, *, null: bool) -> list[list[int]]:
        """The grid's masks, with or without the pieces of null."""
        last = None if null else -1
        return [[piece.rows for piece in column[:last]] for column in self.columns]

    def example(self, combination: Sequence[int]) -> tuple[Known, ...]:
        """A combination as one value a column."""
        return tuple(column[at].example for column, at in zip(self.columns, combination, strict=True))

    def telling(self, hole: Hole, *, null: bool) -> Mapping[int, Known]:
        """The columns of a hole's example that matter, with their values."""
        counts = [len(column) - (not null) for column in self.columns]
        return {
            number: self.columns[number][hole.example[number]].example
            for number, (pieces, count) in enumerate(zip(hole.pieces, counts, strict=True))
            if len(pieces) < count
        }

    def common(self, rows: Iterable[int]) -> tuple[tuple[Known, ...], Mapping[int, Known]]:
        """A case that all the rows let through, and the columns of it that matter.

        The rows must share a combination. null is taken only where no value is shared.
        """
        wanted = 0
        for row in rows:
            wanted |= 1 << row
        case: list[Known] = []
        telling: dict[int, Known] = {}
        for number, column in enumerate(self.columns):
            shared = [piece for piece in column if piece.rows & wanted == wanted]
            case.append(shared[0].example)
            if len(shared) < len(column):
                telling[number] = shared[0].example
        return tuple(case), telling
