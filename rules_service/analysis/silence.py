"""Candidates and exemptions that hold because nobody has told a fact that only an official's word makes so.

Such a fact, not told, has no value, nor has the time counted from or to a day that is such a fact. What a
table answers because of that is silence too, through as many tables as there are between; so is the missing
value of a table whose rows silence keeps from matching. Where one row answers instead of others, so is the
turn of a row that comes only because silence keeps those before it from matching.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate
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
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Value
from rules_service.language.unary import UnaryTest

Values = frozenset[Value | None]
# The values that a name may have by silence, null among them; None where it may be any.
Silent = Mapping[str, Values | None]
NULL: Values = frozenset({None})
ONE_INSTEAD = frozenset({HitPolicy.FIRST, HitPolicy.PRIORITY})
MOST_NODES = 100_000
NODES_A_ROW = 100


def check_silence(places: Places, wording: Wording, in_doubt: Container[str]) -> Iterator[Finding]:
    """Rows with candidates, and exemptions, that hold because nobody has told.

    Of tables in doubt it is not known which rows answer instead of which.
    """
    ruleset = wording.ruleset
    silent = silent_values(ruleset)
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
        if table.hit in ONE_INSTEAD and table.id not in in_doubt:
            yield from _in_turn(places, table, _kept_back(table, silent, wording))
    for duty in ruleset.duties:
        for exemption in duty.unless:
            names = _holding(exemption.conditions, silent)
            yield from _resting(places, places.duty_key(duty.id, "unless"), f"时限 {duty.id}", names)


def silent_values(ruleset: Ruleset) -> Silent:
    """The values that names may have because nobody has told: of facts, elapsed times, outputs of tables."""
    silent: dict[str, Values | None] = dict.fromkeys(ruleset.told_only, NULL)
    for rule in ruleset.elapsed:
        if any(end and end.kind is RefKind.FACT and end.name in silent for end in (rule.start, rule.end)):
            silent[rule.name] = NULL
    # Tables come in an order in which each reads only those before it.
    for table in ruleset.tables:
        answering, unanswered = _answers(table, silent)
        if not (answering or unanswered):
            continue
        for column, output in enumerate(table.outputs):
            values = frozenset(row.outputs[column] for row in answering)
            values |= NULL if unanswered else frozenset()
            # What is added up, counted or chosen among may come to anything.
            silent[f"{table.id}.{output.name}"] = None if table.aggregator else values
    return silent


def _answers(table: Table, silent: Silent) -> tuple[Sequence[Row], bool]:
    """The rows that may answer by silence, and whether silence may keep rows from answering."""
    letting = [any(_lets(*cell, silent) for cell in _cells(table, row)) for row in table.rows]
    kept = [any(_keeps(*cell, silent) for cell in _cells(table, row)) for row in table.rows]
    if any(kept) and table.hit in ONE_INSTEAD:
        # Where silence keeps a row from matching, another may answer instead.
        first = kept.index(True) if table.hit is HitPolicy.FIRST else -1
        letting = [lets or number > first for number, lets in enumerate(letting)]
    return [row for row, lets in zip(table.rows, letting, strict=True) if lets], any(kept)


def _kept_back(table: Table, silent: Silent, wording: Wording) -> Iterator[tuple[int, str, int]]:
    """Rows to which silence gives their turn, by what name, each with a row that does not propose the same.

    Such a name is one that the row itself does not look at. There is a case of it in which no row before this
    one matches, and that other row would answer if it were told. Where that is too much work to look for, it
    counts as found.
    """
    if silent.keys().isdisjoint(table.inputs) or not any(row.candidates for row in table.rows):
        return
    order = [*range(len(table.rows))]
    if table.hit is HitPolicy.PRIORITY:
        order = ranked(table, order)
    before = dict(zip(order, accumulate((1 << row for row in order), or_, initial=0), strict=False))
    index, budget = TableIndex.of(table), Budget(MOST_NODES + NODES_A_ROW * len(table.rows))
    pieces = [
        [piece.rows for piece in pieces_of(column, domain(name, wording))]
        for name, column in zip(table.inputs, index.columns, strict=True)
    ]
    unsaid = [
        masks if (values := silent.get(name, frozenset())) is None else [column.mask(it) for it in values]
        for name, column, masks in zip(table.inputs, index.columns, pieces, strict=True)
    ]
    try:
        shared = overlaps(pieces, index.all_rows, len(table.rows), budget)
    except BudgetSpentError:
        shared = [index.all_rows] * len(table.rows)

    def is_left(grid: Grid, rows: int) -> bool:
        try:
            return hole(grid, rows, shared, budget)[0] is not None
        except BudgetSpentError:
            return True

    def gives_turn(column: int, number: int, own: Grid, other: int) -> bool:
        told = [[mask for mask in masks if mask & 1 << other] for masks in own]
        case = [
            it + said if test.anything else it
            for it, said, test in zip(told, unsaid, table.rows[number].tests, strict=True)
        ]
        case[column] = [mask for mask in unsaid[column] if not mask & 1 << other]
        # Whatever else matches in such a case shares it with the row itself.
        near = shared[number]
        return is_left(told, before[other] & near & shared[other]) and is_left(case, before[number] & near)

    for number, row in enumerate(table.rows):
        if not row.candidates:
            continue
        own = [[mask for mask in masks if mask & 1 << number] for masks in pieces]
        for column, (name, test) in enumerate(_cells(table, row)):
            if test.anything:
                kept = reduce(or_, (~mask for mask in unsaid[column]), 0) & shared[number] & before[number]
                rivals = (it for it in bits(kept) if _proposed(row) - _proposed(table.rows[it]))
                other = next((it for it in rivals if gives_turn(column, number, own, it)), None)
                if other is not None:
                    yield number, name, other


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
