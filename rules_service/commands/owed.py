"""Writes duties: what a rule says of every duty of its own is serialised once."""

from dataclasses import dataclass
from datetime import date

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.commands import wire
from rules_service.commands.static import Citer
from rules_service.engine.outcome import DutyOutcome, DutyState
from rules_service.language.model.periods import CountUnit

STATES = {state: pb.DutyState.Value(f"DUTY_STATE_{state.name}") for state in DutyState}
UNITS = {unit: pb.CountUnit.Value(f"COUNT_UNIT_{unit.name}") for unit in CountUnit}

_DUTIES = wire.tag(pb.Answer.DESCRIPTOR, "duties")
_DUTY = pb.Duty.DESCRIPTOR
_ID = wire.tag(_DUTY, "duty_id")
_REQUEST_ID = wire.tag(_DUTY, "request_id")
_RECIPIENT_KEY = wire.tag(_DUTY, "recipient_key")
_OBLIGED_OFFICE = wire.tag(_DUTY, "obliged_office")
_PROVISIONAL = wire.number(wire.number_tag(_DUTY, "provisional"), 1)
_STARTED_AT = wire.tag(_DUTY, "started_at")
_STARTED_BY = wire.tag(_DUTY, "started_by")
_AMOUNT = wire.number_tag(_DUTY, "amount")
_DUE_AT = wire.tag(_DUTY, "due_at")
_LATEST_LAWFUL_AT = wire.tag(_DUTY, "latest_lawful_at")
_NEXT_CHANGE_AT = wire.tag(_DUTY, "next_change_at")
_MET_AT = wire.tag(_DUTY, "met_at")
_ENDED_BY = wire.tag(_DUTY, "ended_by")
_SKIPPED_DAYS = wire.tag(_DUTY, "skipped_days")
_PAPERS = wire.tag(_DUTY, "paper_call_ids")
_MERGED = wire.tag(_DUTY, "merged_duty_ids")
_CITATIONS = wire.tag(_DUTY, "citations")
_STATE_FIELDS = {state: wire.number(wire.number_tag(_DUTY, "state"), code) for state, code in STATES.items()}


@dataclass(frozen=True, slots=True)
class _Static:
    """What one rule's duties have in common, in the order in which they are written."""

    rule: bytes
    obliged: bytes
    unit: bytes
    citations: bytes
    events: bytes


class DutyWriter:
    """Writes the duties of a rulebook in one view."""

    def __init__(self, cite: Citer, view: common_pb2.View.ValueType) -> None:
        """Takes what turns citations into parts of an answer."""
        self._cite = cite
        self._reasons = view >= common_pb2.VIEW_REASONS
        self._full = view >= common_pb2.VIEW_FULL
        self._known: dict[tuple[str, date, str], _Static] = {}

    def field(self, outcome: DutyOutcome) -> bytes:
        """A duty with its clock as a field of an answer, serialised."""
        static = self._static(outcome)
        duty = outcome.duty
        citations = static.citations
        if self._reasons and outcome.citations != duty.citations:
            citations = self._cite.cited(_CITATIONS, outcome.citations)
        return wire.field(
            _DUTIES,
            b"".join(
                (
                    wire.field(_ID, outcome.id.encode()),
                    static.rule,
                    wire.text(_REQUEST_ID, outcome.request_id),
                    wire.text(_RECIPIENT_KEY, outcome.recipient_key),
                    static.obliged,
                    wire.text(_OBLIGED_OFFICE, outcome.obliged_office),
                    _STATE_FIELDS[outcome.state],
                    self._clock(outcome, static) if outcome.started_at else static.unit,
                    wire.moment(_NEXT_CHANGE_AT, outcome.next_change_at),
                    self._done(outcome) if outcome.started_at else b"",
                    *[wire.field(_PAPERS, paper.encode()) for paper in outcome.papers],
                    *[wire.field(_MERGED, other.encode()) for other in outcome.merged],
                    citations,
                    static.events,
                )
            ),
        )

    def _clock(self, outcome: DutyOutcome, static: _Static) -> bytes:
        """What a clock that has started says before its next change."""
        return b"".join(
            (
                _PROVISIONAL if outcome.provisional else b"",
                wire.moment(_STARTED_AT, outcome.started_at),
                wire.text(_STARTED_BY, outcome.started_by),
                wire.number(_AMOUNT, outcome.amount) if static.unit else b"",
                static.unit,
                wire.moment(_DUE_AT, outcome.due_at),
                wire.moment(_LATEST_LAWFUL_AT, outcome.latest_lawful_at),
            )
        )

    def _done(self, outcome: DutyOutcome) -> bytes:
        """What a clock that has started says after its next change."""
        return b"".join(
            (
                wire.moment(_MET_AT, outcome.met_at),
                wire.text(_ENDED_BY, outcome.ended_by),
                self._skipped(outcome) if self._full else b"",
            )
        )

    def _skipped(self, outcome: DutyOutcome) -> bytes:
        days = (pb.SkippedDay(day=it.day.isoformat(), reason=it.reason) for it in outcome.skipped)
        return b"".join(wire.field(_SKIPPED_DAYS, day.SerializeToString()) for day in days)

    def _static(self, outcome: DutyOutcome) -> _Static:
        ruleset, duty = outcome.ruleset, outcome.duty
        key = (ruleset.revision, ruleset.in_force_from, duty.id)
        static = self._known.get(key)
        if static is None:
            title = duty.title if self._reasons else ""
            rule = pb.Duty(
                ruleset=ruleset.id, revision=ruleset.revision, rule=duty.id, concept=duty.concept, title=title
            )
            unit = pb.Duty(unit=UNITS[duty.period.unit]) if duty.period.amount is not None else pb.Duty()
            events = pb.Duty(starts_with=duty.period.start.name, met_by=duty.met_by)
            static = self._known[key] = _Static(
                rule.SerializeToString(),
                pb.Duty(obliged=duty.obliged).SerializeToString(),
                unit.SerializeToString(),
                self._cite.cited(_CITATIONS, duty.citations) if self._reasons else b"",
                events.SerializeToString(),
            )
        return static
