"""What values a table's columns may meet, and which columns hang together.

A fact may take any value of its type within the bounds of the vocabulary. An output of another table takes
only the values that its rows give. Columns are looked at as if independent of each other; where two of
them rest on one fact (a fact and a table's answer about that fact) they are not, and what is found by
combining them is not proved.
"""

from collections.abc import Iterator

from rules_service.analysis.pieces import Domain
from rules_service.analysis.words import Wording
from rules_service.language.behind import facts_behind, source_table
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Aggregator, Table
from rules_service.language.types import Kind, Value, ValueType


def domain(name: str, wording: Wording) -> Domain:
    """The domain of a fact or of `table.output`."""
    kind = wording.named(name)[1]
    source = source_table(name, wording.ruleset)
    if source is None:
        return Domain(kind)
    if source.aggregator is Aggregator.COUNT:
        return Domain(ValueType(Kind.INT, least=0))
    if source.aggregator is Aggregator.SUM:
        return Domain(kind)
    column = [f"{source.id}.{output.name}" for output in source.outputs].index(name)
    values: dict[Value, None] = {}
    for row in source.rows:
        if (value := row.outputs[column]) is not None:
            values.setdefault(value)
    return Domain(kind, tuple(values))


def tied_columns(table: Table, ruleset: Ruleset) -> Iterator[tuple[int, int]]:
    """Pairs of columns that rest on one fact, so that not every combination of their values exists."""
    behind = [facts_behind(name, ruleset) for name in table.inputs]
    for first in range(len(behind)):
        for second in range(first + 1, len(behind)):
            if behind[first] & behind[second]:
                yield first, second
