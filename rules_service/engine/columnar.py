"""Decides a table for many cases at once, column by column, over the same pieces as one by one.

Cases of a backtest repeat: a few values a column, a few outcomes a table. So each column looks a value up
once, and each set of rows is decided once.
"""

from collections.abc import Iterable, Iterator, Sequence

from rules_service.engine.index import UNKNOWN, Column, Known, TableIndex, Unknown
from rules_service.engine.tables import Decided, decide_masks, settle

Cell = Known | Unknown
Masks = tuple[int, int]


class _ColumnMasks(dict[Cell, Masks]):
    """Certain and possible rows by value, looked up when a value is first seen.

    The key tells truth values from numbers: a column holds values of one type only.
    """

    def __init__(self, column: Column, all_rows: int) -> None:
        super().__init__()
        self[UNKNOWN] = (column.anything, all_rows)
        self._column = column

    def __missing__(self, value: Cell) -> Masks:
        assert not isinstance(value, Unknown)  # noqa: S101  the one that is missing is there from the start
        mask = self._column.mask(value)
        masks = self[value] = (mask, mask)
        return masks


def decide_many(index: TableIndex, columns: Sequence[Iterable[Cell]]) -> Iterator[Decided]:
    """Decides a table for cases whose values come as one sequence a column, in the order of the cases.

    Near misses are left out. Raises ContradictionError at the first case whose rows contradict each other.
    """
    known = [_ColumnMasks(column, index.all_rows) for column in index.columns]
    for values in zip(*columns, strict=True):
        certain = possible = index.all_rows
        for masks, value in zip(known, values, strict=True):
            sure, open_ = masks[value]
            certain &= sure
            possible &= open_
        if certain != possible:
            unknown = [number for number, value in enumerate(values) if value is UNKNOWN]
            yield decide_masks(index, certain, possible, unknown)
            continue
        yield settle(index, certain)
