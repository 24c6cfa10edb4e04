"""What is static in the decisions of a ruleset, serialised once a view.

A decision of a table with one hit is the same bytes whenever the same row matches, but for the request
it is about and its near misses; so almost nothing is left to do for it when it is asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.commands import wire
from rules_service.commands.resting import Relier, TableResting
from rules_service.commands.text import to_text
from rules_service.engine.index import Known, Unknown
from rules_service.engine.outcome import TableOutcome
from rules_service.engine.tables import NearMiss, State
from rules_service.language.model.basis import Citation
from rules_service.language.model.tables import HitPolicy, Table
from rules_service.language.types import to_json

SINGLE_HITS = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST})


class Citer(Relier, Protocol):
    """What turns citations into parts of an answer."""

    def citations(self, citations: Iterable[Citation]) -> Iterable[common_pb2.Citation]:
        """Where a rule stands."""

    def cited(self, field_tag: bytes, citations: Iterable[Citation]) -> bytes:
        """Where a rule stands, as fields, serialised."""


DECISIONS = wire.tag(pb.Answer.DESCRIPTOR, "decisions")
_DECISION = pb.Decision.DESCRIPTOR
REQUEST_ID = wire.tag(_DECISION, "request_id")
_OUTCOME = wire.tag(_DECISION, "outcome_json")
_TEXT = wire.tag(_DECISION, "outcome_text")
_ROWS = wire.tag(_DECISION, "rows")
_NEAR_MISSES = wire.tag(_DECISION, "near_misses")
_GIVEN = wire.tag(pb.NearMiss.DESCRIPTOR, "given_json")


@dataclass(frozen=True, slots=True)
class TableText:
    """The static parts of a table's decisions in one view."""

    table: Table
    head: bytes
    state: dict[State, bytes]
    outputs: tuple[str, ...]
    texts: tuple[str, ...]
    rows: tuple[bytes, ...]
    hits: tuple[bytes, ...]
    misses: dict[tuple[str, int], bytes]
    resting: TableResting
    full: bool

    @classmethod
    def of(cls, outcome: TableOutcome, view: common_pb2.View.ValueType, cite: Citer) -> "TableText":
        """Serialises what is static in the decisions of the outcome's table."""
        ruleset, table = outcome.ruleset, outcome.table
        reasons = view >= common_pb2.VIEW_REASONS
        hit = pb.HitPolicy.Value(f"HIT_POLICY_{table.hit.name}")
        head = pb.Decision(
            ruleset=ruleset.id,
            revision=ruleset.revision,
            table=table.id,
            title=table.title if reasons else "",
        )
        states = {
            state: pb.Decision(
                hit_policy=hit, state=pb.DecisionState.Value(f"DECISION_STATE_{state.name}")
            ).SerializeToString()
            for state in State
        }
        outputs = tuple(to_text(outputs_of(table, number)) for number in range(len(table.rows)))
        rows = tuple(
            wire.field(_ROWS, _row(outcome, number, outputs[number], cite, reasons=reasons))
            for number in range(len(table.rows))
        )
        texts = tuple(outcome.results[table.id, row.id] if reasons else "" for row in table.rows)
        hits = tuple(
            states[State.DECIDED] + wire.field(_OUTCOME, output.encode()) + row + wire.text(_TEXT, text)
            for output, row, text in zip(outputs, rows, texts, strict=True)
        )
        return cls(
            table,
            head.SerializeToString(),
            states,
            outputs,
            texts,
            rows,
            hits,
            _misses(table) if view >= common_pb2.VIEW_FULL else {},
            TableResting.of(ruleset, table, cite),
            view >= common_pb2.VIEW_FULL,
        )

    def field(self, outcome: TableOutcome) -> bytes:
        """The decision about no request as a field of an answer, serialised."""
        return wire.field(DECISIONS, self.head + self.body(outcome))

    def rests_on(self, outcome: TableOutcome) -> dict[bytes, None]:
        """What the decision rests on beside plain texts."""
        return self.resting.on(outcome)

    def body(self, outcome: TableOutcome) -> bytes:
        """What follows the head, and the request's id where the decision is about one."""
        decided = outcome.decided
        parts = []
        if decided.state is State.DECIDED and self.table.hit in SINGLE_HITS:
            parts.append(self.hits[decided.rows[0]])
        else:
            parts.append(self.state[decided.state])
            if decided.state is State.DECIDED:
                parts.append(wire.field(_OUTCOME, self._several(outcome).encode()))
            parts += [self.rows[row] for row in decided.rows]
            parts.append(wire.text(_TEXT, "、".join(filter(None, (self.texts[row] for row in decided.rows)))))
        if self.full:
            parts += [self._miss(outcome, miss) for miss in decided.near_misses]
        return b"".join(parts)

    def _several(self, outcome: TableOutcome) -> str:
        if self.table.aggregator is not None:
            return to_text(outcome.decided.aggregate)
        return f"[{','.join(self.outputs[row] for row in outcome.decided.rows)}]"

    def _miss(self, outcome: TableOutcome, miss: NearMiss) -> bytes:
        static = self.misses[miss.row.id, miss.column]
        given = _known_json(outcome.values[miss.column])
        return wire.field(_NEAR_MISSES, static + wire.field(_GIVEN, given.encode()))


def outputs_of(table: Table, row: int) -> dict[str, object]:
    """A row's outputs as JSON has them; those left empty are left out."""
    return {
        output.name: to_json(value)
        for output, value in zip(table.outputs, table.rows[row].outputs, strict=True)
        if value is not None
    }


def _row(outcome: TableOutcome, number: int, outputs: str, cite: Citer, *, reasons: bool) -> bytes:
    row = outcome.table.rows[number]
    message = pb.MatchedRow(row_id=row.id)
    if reasons:
        message.number = number + 1
        message.reading = outcome.readings[outcome.table.id, row.id]
        message.outputs_json = outputs
        message.citations.extend(cite.citations(row.citations))
    return message.SerializeToString()


def _misses(table: Table) -> dict[tuple[str, int], bytes]:
    return {
        (row.id, column): pb.NearMiss(
            row_id=row.id, input=name, wanted=row.tests[column].text
        ).SerializeToString()
        for row in table.rows
        for column, name in enumerate(table.inputs)
        if not row.tests[column].anything
    }


def _known_json(value: Known | Unknown) -> str:
    if isinstance(value, Unknown):
        return ""
    return to_text(value)
