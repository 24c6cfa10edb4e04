"""Whether rows cover every combination of pieces, and which combinations they leave out.

A table is a grid: a column is a list of pieces, a piece a bitmask of the rows that let it through. A
combination takes one piece of each column; it is left out where the AND of their masks is 0. To ask
whether there is one is hard in general (it is the question of tautology), so the search keeps a budget of
visited nodes, and what it cuts off is exact:

- a row that lets every remaining piece through covers all that remains;
- rows that are disjoint cover as many combinations as their sizes add up to, so counting decides; rows
  that overlap cover at most so many, so too small a sum proves that something is left out;
- of two pieces of a column the one with fewer rows leaves out whatever the other does;
- what was covered once from a column on is covered again with the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rules_service.engine.index import bits

Grid = Sequence[Sequence[int]]


class BudgetSpentError(Exception):
    """The search stopped before it knew."""


@dataclass(slots=True)
class Budget:
    """How many nodes may still be visited."""

    left: int

    def spend(self, nodes: int = 1) -> None:
        """Takes from the budget; raises BudgetSpentError where it is used up."""
        self.left -= nodes
        if self.left < 0:
            raise BudgetSpentError


@dataclass(frozen=True, slots=True)
class Hole:
    """Combinations that no row covers: for each column the pieces, and one combination among them."""

    pieces: tuple[frozenset[int], ...]
    example: tuple[int, ...]


def overlaps(grid: Grid, rows: int, count: int, budget: Budget) -> list[int]:
    """For each row the mask of rows, itself among them, with which it shares a combination.

    Exact without a search: two rows share one where they share a piece in every column.
    """
    result = [rows] * count
    for column in grid:
        together = [0] * count
        everywhere, anywhere = rows, 0
        for piece in set(column):
            everywhere &= piece
            anywhere |= piece
        for piece in set(column):
            members = bits(piece & ~everywhere)
            budget.spend(len(members) // 64)
            for row in members:
                together[row] |= piece
        for row in bits(everywhere):
            together[row] = anywhere
        for row in range(count):
            result[row] &= together[row]
    return result


def hole(grid: Grid, rows: int, shared: Sequence[int], budget: Budget) -> tuple[Hole | None, int]:
    """A hole that the rows leave, or None and rows that cover everything together.

    `shared` is what `overlaps` says of the rows, on this grid or on one that this is a part of.
    """
    search = _Search(grid, rows, shared, budget)
    found = search.run()
    if found is None:
        return None, search.covering
    return _widened(grid, rows, found), 0


def holes(grid: Grid, rows: int, shared: Sequence[int], budget: Budget, most: int) -> tuple[list[Hole], bool]:
    """Holes that do not overlap, at most so many, and whether there are more.

    Each hole that is found becomes a row of its own before the next is looked for.
    """
    found: list[Hole] = []
    columns = [list(column) for column in grid]
    known = list(shared)
    while True:
        new, _ = hole(columns, rows, known, budget)
        if new is None:
            return found, False
        if len(found) == most:
            return found, True
        found.append(new)
        bit = 1 << rows.bit_length()
        rows |= bit
        known.append(bit)
        for column, pieces in zip(columns, new.pieces, strict=True):
            for piece in pieces:
                column[piece] |= bit


def _widened(grid: Grid, rows: int, example: tuple[int, ...]) -> Hole:
    """The combination, widened column by column to all pieces that still leave every row out."""
    masks = [column[piece] for column, piece in zip(grid, example, strict=True)]
    wide = []
    for number, column in enumerate(grid):
        others = rows
        for at, mask in enumerate(masks):
            if at != number:
                others &= mask
        pieces = frozenset(at for at, mask in enumerate(column) if not mask & others)
        wide.append(pieces)
        masks[number] = 0
        for piece in pieces:
            masks[number] |= column[piece]
    return Hole(tuple(wide), example)


@dataclass(slots=True)
class _Search:
    grid: Grid
    rows: int
    shared: Sequence[int]
    budget: Budget
    covering: int = 0
    order: list[int] = field(default_factory=list)
    columns: list[list[tuple[int, int]]] = field(default_factory=list)
    sizes: list[dict[int, int]] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    full: list[int] = field(default_factory=list)
    covered: set[tuple[int, int]] = field(default_factory=set)

    def run(self) -> tuple[int, ...] | None:
        if not all(self.grid):
            return None
        # Columns that tell rows apart come first: they leave few rows alive.
        self.order = sorted(range(len(self.grid)), key=self._crowding)
        self.columns = [self._thinnest(number) for number in self.order]
        self._measure()
        found = self._below(0, self.rows)
        if found is None:
            return None
        example = [0] * len(self.grid)
        for number, piece in zip(self.order, found, strict=True):
            example[number] = piece
        return tuple(example)

    def _crowding(self, number: int) -> float:
        column = self.grid[number]
        return sum((piece & self.rows).bit_count() for piece in column) / max(len(column), 1)

    def _thinnest(self, number: int) -> list[tuple[int, int]]:
        """Pieces with their rows, those with the fewest first, one of each kind."""
        kept: dict[int, int] = {}
        for piece, mask in enumerate(self.grid[number]):
            kept.setdefault(mask & self.rows, piece)
        return sorted(((mask, piece) for mask, piece in kept.items()), key=lambda it: it[0].bit_count())

    def _measure(self) -> None:
        """How many combinations each row covers from a column on, and how many there are."""
        depth = len(self.columns)
        rows = bits(self.rows)
        self.budget.spend(sum(mask.bit_count() for column in self.columns for mask, _ in column) // 100)
        self.sizes = [dict.fromkeys(rows, 1) for _ in range(depth + 1)]
        self.whole = [1] * (depth + 1)
        self.full = [self.rows] * (depth + 1)
        for at in reversed(range(depth)):
            column, after = self.columns[at], self.sizes[at + 1]
            lets = dict.fromkeys(rows, 0)
            everywhere = self.rows
            for mask, _ in column:
                everywhere &= mask
                for row in bits(mask):
                    lets[row] += 1
            self.sizes[at] = {row: lets[row] * after[row] for row in rows}
            self.whole[at] = len(column) * self.whole[at + 1]
            self.full[at] = self.full[at + 1] & everywhere

    def _below(self, at: int, alive: int) -> list[int] | None:
        """Pieces from a column on that no row alive covers, or None."""
        self.budget.spend(1 + alive.bit_count() // 1000)
        if not alive:
            return [column[0][1] for column in self.columns[at:]]
        if whole := alive & self.full[at]:
            self.covering |= whole & -whole
            return None
        if (at, alive) in self.covered:
            return None
        sizes = self.sizes[at]
        living = bits(alive)
        covered = sum(sizes[row] for row in living)
        if covered == self.whole[at] and all(self.shared[row] & alive == 1 << row for row in living):
            self.covering |= alive
            return None
        for mask, piece in self._children(at, alive, surely=covered < self.whole[at]):
            found = self._below(at + 1, mask)
            if found is not None:
                return [piece, *found]
        self.covered.add((at, alive))
        return None

    def _children(self, at: int, alive: int, *, surely: bool) -> list[tuple[int, int]]:
        """The pieces to look into; where something is surely left out, one where it surely is comes first."""
        kept: dict[int, int] = {}
        for mask, piece in self.columns[at]:
            kept.setdefault(mask & alive, piece)
        children = sorted(kept.items(), key=lambda it: it[0].bit_count())
        if not surely:
            return _minimal(children)
        after = self.sizes[at + 1]
        for mask, piece in children:
            if sum(after[row] for row in bits(mask)) < self.whole[at + 1]:
                return [(mask, piece)]
        return children


def _minimal(children: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that contain none of the others; they come with the fewest rows first."""
    kept: list[tuple[int, int]] = []
    for mask, piece in children:
        if not any(other & mask == other for other, _ in kept):
            kept.append((mask, piece))
    return kept
