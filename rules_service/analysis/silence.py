"""Candidates and exemptions that hold because nobody has told a fact that only an official's word makes so.

Such a fact, not told, has no value, nor has the time counted from or to a day that is such a fact. What a
table answers because of that is silence too, through as many tables as there are between; so is the missing
value of a table whose rows silence keeps from matching. Where one row answers instead of others, so is the
turn of a row that comes only because silence keeps those before it from matching.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from operator import or_

from rules_service.analysis.cover import Budget, BudgetSpentError, Grid, hole, overlaps
from rules_service.analysis.domains import domain
from rules_service.analysis.pieces import pieces_of
from rules_service.analysis.places import Places
from rules_service.analysis.words import Wording, row_place
from rules_service.engine.index import TableIndex, bits
from rules_service.engine.tables import ranked
from rules_service.language.findings import Code, Finding
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.references import Condition, RefKind
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Value
from rules_service.language.unary import ANYTHING, UnaryTest

Values = frozenset[Value | None]
# The values that a name may have by silence, null among them; None where it may be any.
Silent = Mapping[str, Values | None]
NULL: Values = frozenset({None})
MOST_NODES = 100_000
NODES_A_ROW = 100


def check_silence(places: Places, wording: Wording, in_doubt: Container[str]) -> Iterator[Finding]:
    """Rows with candidates, and exemptions, that hold because nobody has told.

    Of tables in doubt it is not known which rows answer instead of which.
    """
    ruleset = wording.ruleset
    silent = silent_values(wording, in_doubt)
    if not silent:
        return
    for table in ruleset.tables:
        for number, row in enumerate(table.rows):
            if not row.candidates:
                continue
            line, place = places.row(table.id, number), row_place(table, number)
            names = [name for name, test in _cells(table, row) if _lets(name, test, silent)]
            names += (it for paper in row.papers if paper.candidate for it in _holding(paper.when, silent))
            yield from _resting(places, line, place, dict.fromkeys(names))
        if table.hit.one_instead and table.id not in in_doubt:
            yield from _in_turn(places, table, _kept_back(table, silent, wording))
    for duty in ruleset.duties:
        for exemption in duty.unless:
            names = _holding(exemption.conditions, silent)
            yield from _resting(places, places.duty_key(duty.id, "unless"), f"时限 {duty.id}", names)


def silent_values(wording: Wording, in_doubt: Container[str]) -> Silent:
    """The values that names may have because nobody has told: of facts, elapsed times, outputs of tables."""
    ruleset = wording.ruleset
    silent: dict[str, Values | None] = dict.fromkeys(ruleset.told_only, NULL)
    for rule in ruleset.elapsed:
        if any(end and end.kind is RefKind.FACT and end.name in silent for end in (rule.start, rule.end)):
            silent[rule.name] = NULL
    # Tables come in an order in which each reads only those before it.
    for table in ruleset.tables:
        if not silent.keys().isdisjoint(table.inputs):
            turns = None if table.id in in_doubt or table.aggregator else _Turns.of(table, silent, wording)
            silent |= _answers(table, silent, turns)
    return silent


def _answers(table: Table, silent: Silent, turns: "_Turns | None") -> Silent:
    """The outputs of a table that silence may give a value, or keep from having one."""
    names = [f"{table.id}.{output.name}" for output in table.outputs]
    cells = [(name, test) for row in table.rows for name, test in _cells(table, row)]
    if table.aggregator:
        # What is added up, counted or chosen among may come to anything.
        rests = any(_lets(*cell, silent) or _keeps(*cell, silent) for cell in cells)
        return dict.fromkeys(names if rests else ())
    letting = [row for row in table.rows if any(_lets(*cell, silent) for cell in _cells(table, row))]
    found: dict[str, Values | None] = {}
    for column, name in enumerate(names):
        values = {row.outputs[column] for row in letting}
        for number, row in enumerate(turns.table.rows if turns else ()):
            value = row.outputs[column]
            if turns and value not in values and any(turns.given(number, _answering_else(column, value))):
                values.add(value)
        if values:
            found[name] = frozenset(values)
    return found


def _answering_else(column: int, value: Value | None) -> Callable[[Row], bool]:
    return lambda row: row.outputs[column] != value


def _kept_back(table: Table, silent: Silent, wording: Wording) -> Iterator[tuple[int, str, int]]:
    """Rows to which silence gives their turn, by what name, each with a row that does not propose as much."""
    if silent.keys().isdisjoint(table.inputs) or not any(row.candidates for row in table.rows):
        return
    turns = _Turns.of(table, silent, wording)
    for number, row in enumerate(table.rows):
        if row.candidates:
            proposed = _proposed(row)
            yield from ((number, *it) for it in turns.given(number, _proposing_less(proposed)))


def _proposing_less(proposed: frozenset[str | PaperRule]) -> Callable[[Row], bool]:
    return lambda row: bool(proposed - _proposed(row))


@dataclass(frozen=True, slots=True)
class _Turns:
    """Which rows of a table get their turn because silence keeps others from matching.

    Behind the rows of the table stands one that looks at nothing and says nothing: it answers where no row
    matches. `before` are for each row those that answer instead of it where they match, as masks; `unsaid`
    are for each column the rows that let through what it has by silence. `shared` are for each row those that
    overlap it, `twice` the same where the rows stand twice in the grid.
    """

    table: Table
    pieces: Grid
    unsaid: Grid
    before: Sequence[int]
    shared: Sequence[int]
    twice: Sequence[int]
    budget: Budget

    @classmethod
    def of(cls, table: Table, silent: Silent, wording: Wording) -> "_Turns":
        """Cuts a table into pieces; where that is too much work, all rows count as overlapping."""
        nobody = Row("", (ANYTHING,) * len(table.inputs), (None,) * len(table.outputs), ())
        count, table = len(table.rows), replace(table, rows=(*table.rows, nobody))
        before = [0] * count + [(1 << count) - 1]
        if table.hit.one_instead:
            order = [*range(count)]
            if table.hit is HitPolicy.PRIORITY:
                order = ranked(table, order)
            for first, second in pairwise(order):
                before[second] = before[first] | 1 << first
        index, budget = TableIndex.of(table), Budget(MOST_NODES + NODES_A_ROW * count)
        pieces = [
            [piece.rows for piece in pieces_of(column, domain(name, wording))]
            for name, column in zip(table.inputs, index.columns, strict=True)
        ]
        unsaid = [
            masks if (values := silent.get(name, frozenset())) is None else [column.mask(it) for it in values]
            for name, column, masks in zip(table.inputs, index.columns, pieces, strict=True)
        ]
        try:
            shared = overlaps(pieces, index.all_rows, count + 1, budget)
        except BudgetSpentError:
            shared = [index.all_rows] * (count + 1)
        twice = [it | index.all_rows << count + 1 for it in shared]
        twice += [index.all_rows | it << count + 1 for it in shared]
        return cls(table, pieces, unsaid, before, shared, twice, budget)

    def given(self, number: int, is_rival: Callable[[Row], bool]) -> Iterator[tuple[str, int]]:
        """The names that give a row its turn by silence, each with a rival that would answer instead.

        Such a name is one that the row itself does not look at. Where it is too much work to look for a
        case, it counts as found.
        """
        near = self.shared[number] & self.before[number]
        for column, (name, test) in enumerate(_cells(self.table, self.table.rows[number])):
            if not test.anything:
                continue
            kept = reduce(or_, (~mask for mask in self.unsaid[column]), 0) & near
            rivals = (it for it in bits(kept) if is_rival(self.table.rows[it]))
            other = next((it for it in rivals if self._gives_turn(column, number, it)), None)
            if other is not None:
                yield name, other

    def _gives_turn(self, column: int, number: int, other: int) -> bool:
        """Whether there is a case that a row answers, and that another one answers once more is told.

        Both are looked for at once: the rows stand twice in the grid, as they match when more is told and,
        behind that, as they match by silence.
        """
        count = len(self.table.rows)
        both = 1 << number | 1 << other
        grid = []
        for at, test in enumerate(self.table.rows[number].tests):
            told = [mask for mask in self.pieces[at] if mask & both == both]
            unsaid = self.unsaid[at] if test.anything else ()
            if at == column:
                pairs = [(mask, said) for mask in told for said in unsaid if not said & 1 << other]
            else:
                pairs = [(mask, said) for mask in told for said in (mask, *unsaid)]
            grid.append([mask | said << count for mask, said in pairs])
        told_rows = self.before[other] & self.shared[other] & self.shared[number]
        silent_rows = self.before[number] & self.shared[number]
        try:
            return hole(grid, told_rows | silent_rows << count, self.twice, self.budget)[0] is not None
        except BudgetSpentError:
            return True


def _proposed(row: Row) -> frozenset[str | PaperRule]:
    return frozenset(row.candidates).union(paper for paper in row.papers if paper.candidate)


def _cells(table: Table, row: Row) -> Iterable[tuple[str, UnaryTest]]:
    return zip(table.inputs, row.tests, strict=True)


def _holding(conditions: Iterable[Condition], silent: Silent) -> list[str]:
    return [it.input for it in conditions if _lets(it.input, it.test, silent)]


def _lets(name: str, test: UnaryTest, silent: Silent) -> bool:
    values = silent.get(name, frozenset())
    return not test.anything and (values is None or any(map(test.allows, values)))


def _keeps(name: str, test: UnaryTest, silent: Silent) -> bool:
    values = silent.get(name, frozenset())
    return not (test.anything if values is None else all(map(test.allows, values)))


def _resting(places: Places, line: int, place: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        yield places.find(
            Code.RESTS_ON_SILENCE,
            line,
            place,
            f"“{name}”没有人说过也会成立：候选和例外不能取决于没有说过的事。",
            "请改成说过才成立的条件。",
        )


def _in_turn(places: Places, table: Table, kept_back: Iterable[tuple[int, str, int]]) -> Iterator[Finding]:
    for number, name, other in kept_back:
        yield places.find(
            Code.RESTS_ON_SILENCE,
            places.row(table.id, number),
            row_place(table, number),
            f"“{name}”没有人说过，第 {other + 1} 行就不命中，才轮到这一行：候选不能取决于没有说过的事。",
            "请在这一行写明“说过”的条件，或把候选写到不看先后的表（UNIQUE）里。",
        )
