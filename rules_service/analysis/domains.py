"""What values a table's column may meet, looked at by itself, and the facts that it rests on.

A fact may take any value of its type within the bounds of the vocabulary. An output of another table takes
only the values that its rows give; a count is of the rows that matched, so at least one and at most all.
"""

from collections.abc import Iterator

from rules_service.analysis.pieces import Domain
from rules_service.analysis.words import Wording
from rules_service.language.behind import facts_behind, source_table
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Aggregator, Table
from rules_service.language.types import Kind, Value, ValueType

Told = tuple[str, Each]
"""A fact, told of a matter, a request or an office: a request may tell it otherwise than its matter."""


def domain(name: str, wording: Wording) -> Domain:
    """The domain of a fact or of `table.output`."""
    kind = wording.named(name)[1]
    source = source_table(name, wording.ruleset)
    if source is None or source.aggregator is Aggregator.SUM:
        return Domain(kind)
    if source.aggregator is Aggregator.COUNT:
        return Domain(ValueType(Kind.INT, least=1, most=max(len(source.rows), 1)))
    column = [f"{source.id}.{output.name}" for output in source.outputs].index(name)
    values: dict[Value, None] = {}
    for row in source.rows:
        if (value := row.outputs[column]) is not None:
            values.setdefault(value)
    return Domain(kind, tuple(values))


def told_behind(name: str, each: Each, ruleset: Ruleset) -> frozenset[Told]:
    """The facts that a name rests on in a table about such things."""
    source = source_table(name, ruleset)
    if source is None:
        return frozenset({(name, each)})
    return frozenset().union(*(told_behind(inner, source.each, ruleset) for inner in source.inputs))


def tied_columns(table: Table, ruleset: Ruleset) -> Iterator[tuple[int, int]]:
    """Pairs of columns of which it cannot be said what they take at once.

    They rest on times that are counted from one moment, on a moment and the time counted from it, or on
    counts of matters in which one event falls. A column may be such a pair with itself.
    """
    behind = [told_behind(name, table.each, ruleset) for name in table.inputs]
    during = {count.name: frozenset({count.during}) for count in ruleset.counts}
    counted = {rule.name for rule in ruleset.elapsed} | during.keys()
    if not counted:
        return

    def grounds(name: str) -> frozenset[str]:
        return facts_behind(name, ruleset) | during.get(name, frozenset())

    for first in range(len(behind)):
        for second in range(first, len(behind)):
            if any(
                one != other and counted & {one[0], other[0]} and grounds(one[0]) & grounds(other[0])
                for one in behind[first]
                for other in behind[second]
            ):
                yield first, second
