"""What a table says of some values, as bytes of an answer.

What calls for more than bytes (a fact not told, a row with candidates, findings or papers) is not said here,
and the question takes the way that all others take.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rules_service.commands.writing import AnswerWriter
from rules_service.engine.compiled import Compiled, Step
from rules_service.engine.index import Cell
from rules_service.engine.ruling import decide_table, outputs_of
from rules_service.engine.tables import ContradictionError, State


class Said(NamedTuple):
    """The decision as a field of an answer, what it rests on, and the outputs by their names."""

    decision: bytes
    reliances: Mapping[bytes, None]
    outputs: Mapping[str, Cell]


def said_of(compiled: Compiled, step: Step, writer: AnswerWriter, values: tuple[Cell, ...]) -> Said | None:
    """What one table of a revision says of the values of its inputs; None where bytes are not enough."""
    try:
        table = decide_table(compiled, step, values, near=writer.full)
    except ContradictionError:
        return None
    decided = table.decided
    if decided.state is State.UNDECIDED or not step.with_effects.isdisjoint(decided.rows):
        return None
    return Said(writer.decision(table), writer.reliances_of(table), outputs_of(step, decided))
