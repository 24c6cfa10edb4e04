"""The columns of a table that hang together, and what they take at once.

What other tables say of one fact, and the fact itself, do not come in every combination. Columns that rest
on one fact are a group, and its cases are gathered by asking the tables behind it about every way in which
their rows tell the facts apart. Where these are too many, or rows of a table behind contradict each other,
each column counts as free: no case is left out, and what comes of putting them together is not proved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

from rules_service.analysis.domains import Told, domain, tied_columns, told_behind
from rules_service.analysis.pieces import Domain, Piece, pieces_of
from rules_service.analysis.words import Wording
from rules_service.engine.compiled import Step
from rules_service.engine.index import Known, TableIndex
from rules_service.engine.ruling import outputs_of
from rules_service.engine.tables import ContradictionError, decide
from rules_service.language.behind import source_table
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import HitPolicy, Row, Table

# Ways of telling the facts behind a group; fewer where the tables that are asked each time are long.
MOST_CASES = 20_000
ROWS_A_CASE = 100


@dataclass(frozen=True, slots=True)
class Case:
    """What the columns of a group take at once, and the mask of rows that let all of it through.

    It comes up only with a `null` where a fact behind it has no value. That a table says nothing is no such
    thing: that comes of facts that have values.
    """

    values: tuple[Known, ...]
    rows: int
    null: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that hang together, with their cases of different rows, those that take a null last.

    `masks` has for each column what its values let through by themselves.
    """

    columns: tuple[int, ...]
    cases: tuple[Case, ...]
    masks: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a table's columns, in the order of their first ones.

    `doubtful` are pairs of columns of which it is not known what they take at once; a column may be such a
    pair with itself.
    """

    groups: tuple[Group, ...]
    doubtful: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, index: TableIndex, wording: Wording) -> "Groups":
        """Puts a table's columns into groups."""
        table = index.table
        behind = [told_behind(name, table.each, wording.ruleset) for name in table.inputs]
        doubtful = set(tied_columns(table, wording.ruleset))
        groups: list[Group] = []
        for columns in _connected(behind):
            said = [it for it in columns if source_table(table.inputs[it], wording.ruleset)]
            if len(columns) == 1 and not said:
                groups.append(_free(index, columns[0], wording))
                continue
            facts = frozenset[Told]().union(*(behind[column] for column in columns))
            asked = _asked(index, columns, facts, wording)
            if asked is None:
                groups += (_free(index, column, wording) for column in columns)
                doubtful |= {*combinations(columns, 2), *zip(said, said, strict=True)}
            else:
                groups.append(asked)
        return cls(tuple(sorted(groups, key=lambda group: group.columns)), tuple(sorted(doubtful)))


def _connected(behind: Sequence[frozenset[Told]]) -> list[tuple[int, ...]]:
    """Columns that rest on one fact, or on facts that a third column rests on."""
    groups: list[tuple[tuple[int, ...], frozenset[Told]]] = []
    for number, facts in enumerate(behind):
        joined = [group for group in groups if group[1] & facts]
        groups = [group for group in groups if not group[1] & facts]
        columns = tuple(sorted([number, *(column for group in joined for column in group[0])]))
        groups.append((columns, facts.union(*(group[1] for group in joined))))
    return sorted(columns for columns, _ in groups)


def _free(index: TableIndex, column: int, wording: Wording) -> Group:
    """A column that takes any of its values whatever the others take."""
    pieces = pieces_of(index.columns[column], domain(index.table.inputs[column], wording))
    taken = (((piece.example,), (piece.rows,), piece.example is None) for piece in pieces)
    return _gathered((column,), index.all_rows, taken)


def _asked(
    index: TableIndex, columns: tuple[int, ...], facts: frozenset[Told], wording: Wording
) -> Group | None:
    """The columns as the facts behind them make them; None where that cannot be told of all of these."""
    names = [index.table.inputs[column] for column in columns]
    before = _tables_behind(names, wording.ruleset)
    told = sorted(facts, key=lambda fact: (fact[0], fact[1].value))
    choices = [_pieces(fact, [*before, index.table], wording) for fact in told]
    cost = 1 + sum(len(table.rows) for table in before) // ROWS_A_CASE
    if prod(len(pieces) for pieces in choices) * cost > MOST_CASES:
        return None
    steps = [Step.of(table) for table in before]

    taken: list[tuple[list[Known], list[int], bool]] = []
    for way in product(*choices):
        known = dict(zip(told, (piece.example for piece in way), strict=True))
        outputs = _said(steps, known)
        if outputs is None:
            return None
        values = [outputs[it] if it in outputs else known[it, index.table.each] for it in names]
        masks = [index.columns[it].mask(value) for it, value in zip(columns, values, strict=True)]
        taken.append((values, masks, any(piece.example is None for piece in way)))
    return _gathered(columns, index.all_rows, taken)


def _said(steps: Iterable[Step], known: Mapping[Told, Known]) -> dict[str, Known] | None:
    """The outputs of tables that follow one another; None where the rows of one contradict each other."""
    outputs: dict[str, Known] = {}
    for step in steps:
        table = step.index.table
        values = [outputs[name] if name in outputs else known[name, table.each] for name in table.inputs]
        try:
            decided = decide(step.index, values, near=False)
        except ContradictionError:
            return None
        outputs |= outputs_of(step, decided)  # type: ignore[arg-type]  # all is told, so nothing is open
    return outputs


def _gathered(
    columns: tuple[int, ...],
    all_rows: int,
    taken: Iterable[tuple[Sequence[Known], Sequence[int], bool]],
) -> Group:
    """A group of what its columns take: the values, the rows that each lets through, whether of a null."""
    cases: dict[tuple[bool, int], Case] = {}
    masks: list[set[int]] = [set() for _ in columns]
    for values, let_through, null in taken:
        rows = all_rows
        for mask, seen in zip(let_through, masks, strict=True):
            rows &= mask
            seen.add(mask)
        cases.setdefault((null, rows), Case(tuple(values), rows, null))
    ordered = tuple(sorted(cases.values(), key=lambda case: case.null))
    return Group(columns, ordered, tuple(frozenset(seen) for seen in masks))


def _tables_behind(names: Iterable[str], ruleset: Ruleset) -> list[Table]:
    """The tables that names rest on, each after those that it reads."""
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        table = source_table(waiting.pop(), ruleset)
        if table is not None and table.id not in wanted:
            wanted.add(table.id)
            waiting += table.inputs
    return [table for table in ruleset.tables if table.id in wanted]


def _pieces(fact: Told, tables: Iterable[Table], wording: Wording) -> tuple[Piece, ...]:
    """Stretches of a fact's values that no row of the tables tells apart."""
    name, each = fact
    tests = dict.fromkeys(
        row.tests[column]
        for table in tables
        if table.each is each
        for column, read in enumerate(table.inputs)
        if read == name
        for row in table.rows
    )
    rows = tuple(Row("", (test,), (), ()) for test in tests)
    merged = TableIndex.of(Table("", "", each, HitPolicy.COLLECT, None, (name,), (), rows))
    return pieces_of(merged.columns[0], Domain(wording.named(name)[1]))
