"""Candidates and exemptions that hold because nobody has told a fact that only an official's word makes so.

Such a fact, not told, has no value. What a table answers because of that is silence too, through as many
tables as there are between; so is the missing value of a table whose rows silence keeps from matching.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rules_service.analysis.places import Places
from rules_service.language.findings import Code, Finding
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Value
from rules_service.language.unary import UnaryTest

Values = frozenset[Value | None]
# The values that a name may have by silence, null among them; None where it may be any.
Silent = Mapping[str, Values | None]
NULL: Values = frozenset({None})
ONE_INSTEAD = frozenset({HitPolicy.FIRST, HitPolicy.PRIORITY})


def check_silence(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    """Rows with candidates, and exemptions, that hold because nobody has told."""
    silent = silent_values(ruleset)
    if not silent:
        return
    for table in ruleset.tables:
        for number, row in enumerate(table.rows):
            if row.candidates:
                names = [name for name, test in _cells(table, row) if _lets(name, test, silent)]
                place = f"{table.id} 第 {number + 1} 行"
                yield from _resting(places, places.row(table.id, number), place, names)
    for duty in ruleset.duties:
        for exemption in duty.unless:
            names = [it.input for it in exemption.conditions if _lets(it.input, it.test, silent)]
            yield from _resting(places, places.duty_key(duty.id, "unless"), f"时限 {duty.id}", names)


def silent_values(ruleset: Ruleset) -> Silent:
    """The values that names may have because nobody has told: of facts, and of outputs of tables."""
    silent: dict[str, Values | None] = dict.fromkeys(ruleset.told_only, NULL)
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


def _cells(table: Table, row: Row) -> Iterable[tuple[str, UnaryTest]]:
    return zip(table.inputs, row.tests, strict=True)


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
