"""Writes duties. What a rule says of every duty of its own is put together once and copied after."""

from datetime import date

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.commands.static import Citer
from rules_service.engine.outcome import DutyOutcome, DutyState
from rules_service.language.model.periods import CountUnit

STATES = {state: pb.DutyState.Value(f"DUTY_STATE_{state.name}") for state in DutyState}
UNITS = {unit: pb.CountUnit.Value(f"COUNT_UNIT_{unit.name}") for unit in CountUnit}


class DutyWriter:
    """Writes the duties of a rulebook in one view."""

    def __init__(self, cite: Citer, view: common_pb2.View.ValueType) -> None:
        """Takes what turns citations into parts of an answer."""
        self._cite = cite
        self._reasons = view >= common_pb2.VIEW_REASONS
        self._full = view >= common_pb2.VIEW_FULL
        self._static: dict[tuple[str, date, str], pb.Duty] = {}

    def duty(self, outcome: DutyOutcome) -> pb.Duty:
        """A duty with its clock."""
        duty = outcome.duty
        message = pb.Duty()
        message.CopyFrom(self._static_of(outcome))
        message.duty_id = outcome.id
        message.request_id = outcome.request_id
        message.recipient_key = outcome.recipient_key
        message.obliged_office = outcome.obliged_office
        message.state = STATES[outcome.state]
        message.provisional = outcome.provisional
        message.started_by = outcome.started_by
        message.ended_by = outcome.ended_by
        message.paper_call_ids.extend(outcome.papers)
        message.merged_duty_ids.extend(outcome.merged)
        for name in ("started_at", "due_at", "latest_lawful_at", "next_change_at", "met_at"):
            if (value := getattr(outcome, name)) is not None:
                getattr(message, name).FromDatetime(value)
        if duty.period.amount is not None:
            message.amount = outcome.amount
        if self._reasons and outcome.citations != duty.citations:
            del message.citations[:]
            message.citations.extend(self._cite.citations(outcome.citations))
        if self._full:
            message.skipped_days.extend(
                pb.SkippedDay(day=skipped.day.isoformat(), reason=skipped.reason)
                for skipped in outcome.skipped
            )
        return message

    def _static_of(self, outcome: DutyOutcome) -> pb.Duty:
        ruleset, duty = outcome.ruleset, outcome.duty
        key = (ruleset.revision, ruleset.in_force_from, duty.id)
        message = self._static.get(key)
        if message is not None:
            return message
        message = pb.Duty(
            ruleset=ruleset.id,
            revision=ruleset.revision,
            rule=duty.id,
            concept=duty.concept,
            obliged=duty.obliged,
            starts_with=duty.period.start.name,
            met_by=duty.met_by,
        )
        if duty.period.amount is not None:
            message.unit = UNITS[duty.period.unit]
        if self._reasons:
            message.title = duty.title
            message.citations.extend(self._cite.citations(duty.citations))
        self._static[key] = message
        return message
