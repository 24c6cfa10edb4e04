"""Writes answers: what the engine says into messages, as much of it as the view asks for."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.engine.case import Question
from rules_service.engine.index import Known, Unknown
from rules_service.engine.outcome import (
    CandidateOutcome,
    DutyOutcome,
    FindingOutcome,
    IndicatorOutcome,
    Outcome,
    PaperOutcome,
    TableOutcome,
)
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.tables import NearMiss, State
from rules_service.language.model import Basis, Citation, HitPolicy, Table
from rules_service.language.types import to_json

VIEW = common_pb2.View
SINGLE_HITS = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST})
BASES = {
    Basis.TEXT: common_pb2.BASIS_TEXT,
    Basis.CONVENTION: common_pb2.BASIS_CONVENTION,
    Basis.UNVERIFIED: common_pb2.BASIS_UNVERIFIED,
}
RELIANCES: Mapping[Basis, pb.Reliance.Kind.ValueType] = {
    Basis.CONVENTION: pb.Reliance.KIND_CONVENTION,
    Basis.UNVERIFIED: pb.Reliance.KIND_UNVERIFIED,
}


def decision_id(question: Message, rulebook: Rulebook, outcome: Outcome) -> str:
    """Digest of the question as it was understood and of the revisions that took part."""
    digest = hashlib.sha256(question.SerializeToString(deterministic=True))
    for name in sorted(outcome.rulesets):
        digest.update(b"\x1f" + name.encode())
    for revision in (
        rulebook.vocabulary.revision,
        rulebook.calendar.revision,
        rulebook.adoptions_revision,
    ):
        digest.update(b"\x1e" + revision.encode())
    return f"x-{digest.hexdigest()[:32]}"


def stamp(moment: datetime) -> Timestamp:
    """A moment as a timestamp."""
    result = Timestamp()
    result.FromDatetime(moment)
    return result


def to_text(value: object) -> str:
    """JSON with characters as they are and keys in order, so that equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class AnswerWriter:
    """Writes one answer in one view."""

    def __init__(self, rulebook: Rulebook, view: common_pb2.View.ValueType) -> None:
        """Takes what the answer's codes are looked up in."""
        self.rulebook = rulebook
        self.vocabulary = rulebook.vocabulary
        self.view = view or VIEW.VIEW_REASONS
        self.reasons = self.view >= VIEW.VIEW_REASONS
        self.full = self.view >= VIEW.VIEW_FULL

    def answer(self, outcome: Outcome, question: Question, asked: Message) -> pb.Answer:
        """The answer; `asked` is the question with all defaults filled."""
        answer = pb.Answer(
            decision_id=decision_id(asked, self.rulebook, outcome),
            at=stamp(question.at),
            as_of=question.as_of.isoformat(),
            jurisdiction=question.jurisdiction,
            view=self.view,
            decisions=[self.decision(table) for table in outcome.tables],
            candidates=[self.candidate(candidate) for candidate in outcome.candidates],
            duties=[self.duty(duty) for duty in outcome.duties],
            findings=[self.finding(finding) for finding in outcome.findings],
            indicators=[self.indicator(indicator) for indicator in outcome.indicators],
            papers=[self.paper(paper) for paper in outcome.papers],
            missing_facts=self.missing(outcome),
            revisions=self.revisions(outcome),
        )
        if self.reasons:
            answer.rests_on.extend(self.reliances(outcome))
        return answer

    def decision(self, outcome: TableOutcome) -> pb.Decision:
        """What one table says."""
        table, decided = outcome.table, outcome.decided
        message = pb.Decision(
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
            table=table.id,
            request_id=outcome.request_id,
            hit_policy=pb.HitPolicy.Value(f"HIT_POLICY_{table.hit.name}"),
            state=pb.DecisionState.Value(f"DECISION_STATE_{decided.state.name}"),
        )
        if decided.state is State.DECIDED:
            rows = [_outputs(table, row) for row in decided.rows]
            result: object = rows[0] if table.hit in SINGLE_HITS else rows
            if decided.aggregate is not None:
                result = to_json(decided.aggregate)
            message.outcome_json = to_text(result)
        readings = self._readings(outcome)
        for number in decided.rows:
            row = table.rows[number]
            matched = message.rows.add(row_id=row.id)
            if self.reasons:
                matched.number = number + 1
                matched.reading = readings[table.id, row.id]
                matched.outputs_json = to_text(_outputs(table, number))
                matched.citations.extend(self.citations(row.citations))
        if self.reasons:
            message.title = table.title
        if self.full:
            message.near_misses.extend(self.near_miss(outcome, miss) for miss in decided.near_misses)
        return message

    def _readings(self, outcome: TableOutcome) -> Mapping[tuple[str, str], str]:
        return self.rulebook.revision(outcome.ruleset.id, outcome.ruleset.revision).readings

    def near_miss(self, outcome: TableOutcome, miss: NearMiss) -> pb.NearMiss:
        """A row refused by exactly one column."""
        return pb.NearMiss(
            row_id=miss.row.id,
            input=outcome.table.inputs[miss.column],
            wanted=miss.row.tests[miss.column].text,
            given_json=_known_json(outcome.values[miss.column]),
        )

    def candidate(self, outcome: CandidateOutcome) -> pb.Candidate:
        """What a named official may decide."""
        definition = self.vocabulary.candidates[outcome.code]
        message = pb.Candidate(
            candidate_id=outcome.id,
            code=outcome.code,
            request_id=outcome.request_id,
            decided_by_role=definition.decided_by,
            papers=definition.papers,
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
            rule=outcome.rule,
        )
        if self.reasons:
            message.label = definition.label.chinese
            message.reason = outcome.reason
            message.citations.extend(self.citations(outcome.citations))
        return message

    def duty(self, outcome: DutyOutcome) -> pb.Duty:
        """A duty with its clock."""
        duty = outcome.duty
        message = pb.Duty(
            duty_id=outcome.id,
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
            rule=duty.id,
            concept=duty.concept,
            request_id=outcome.request_id,
            recipient_key=outcome.recipient_key,
            obliged=duty.obliged,
            obliged_office=outcome.obliged_office,
            state=pb.DutyState.Value(f"DUTY_STATE_{outcome.state.name}"),
            provisional=outcome.provisional,
            started_by=outcome.started_by,
            ended_by=outcome.ended_by,
            paper_call_ids=outcome.papers,
            merged_duty_ids=outcome.merged,
            starts_with=duty.period.start.name,
            met_by=duty.met_by,
        )
        for name in ("started_at", "due_at", "latest_lawful_at", "next_change_at", "met_at"):
            if (value := getattr(outcome, name)) is not None:
                getattr(message, name).FromDatetime(value)
        if duty.period.amount is not None:
            message.amount = outcome.amount
            message.unit = pb.CountUnit.Value(f"COUNT_UNIT_{duty.period.unit.name}")
        if self.reasons:
            message.title = duty.title
            message.citations.extend(self.citations(outcome.citations))
        if self.full:
            message.skipped_days.extend(
                pb.SkippedDay(day=skipped.day.isoformat(), reason=skipped.reason)
                for skipped in outcome.skipped
            )
        return message

    def finding(self, outcome: FindingOutcome) -> pb.Finding:
        """What was found."""
        message = pb.Finding(
            finding_id=outcome.id,
            code=outcome.code,
            request_id=outcome.request_id,
            duty_id=outcome.duty_id,
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
            rule=outcome.rule,
        )
        if self.reasons:
            message.label = self.vocabulary.label("finding", outcome.code)
            message.reason = outcome.reason
            message.citations.extend(self.citations(outcome.citations))
            if outcome.because:
                message.because_json = to_text(
                    [{name: to_json(value) for name, value in fact.items()} for fact in outcome.because]
                )
        return message

    def indicator(self, outcome: IndicatorOutcome) -> pb.Indicator:
        """A share."""
        message = pb.Indicator(
            code=outcome.code,
            numerator=outcome.numerator,
            denominator=outcome.denominator,
            unit="%",
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
        )
        if self.reasons:
            message.label = self.vocabulary.label("indicator", outcome.code)
            message.citations.extend(self.citations(outcome.citations))
        return message

    def paper(self, outcome: PaperOutcome) -> pb.PaperCall:
        """A paper called for."""
        message = pb.PaperCall(
            paper_call_id=outcome.id,
            paper=outcome.paper,
            variant=outcome.variant,
            request_id=outcome.request_id,
            state=pb.PaperCallState.Value(f"PAPER_CALL_STATE_{outcome.state.name}"),
            duty_id=outcome.duty_id,
            ruleset=outcome.ruleset.id,
            revision=outcome.ruleset.revision,
            rule=outcome.rule,
            fields_json=to_text({name: to_json(value) for name, value in outcome.fields.items()}),
            restricted=outcome.restricted,
        )
        if outcome.due_at is not None:
            message.due_at.FromDatetime(outcome.due_at)
        if self.reasons:
            message.title = self.vocabulary.label("paper", outcome.paper)
            message.citations.extend(self.citations(outcome.citations))
        return message

    def missing(self, outcome: Outcome) -> Iterable[pb.MissingFact]:
        """Facts that would decide more."""
        for (name, request_id), places in outcome.missing.places.items():
            message = pb.MissingFact(
                name=name,
                request_id=request_id,
                unknown=outcome.missing.told_unknown[name, request_id],
                would_decide=places,
            )
            if self.reasons:
                message.label = self.vocabulary.facts[name].label.chinese
            yield message

    def citations(self, citations: Iterable[Citation]) -> Iterable[common_pb2.Citation]:
        """Where a rule stands."""
        for citation in citations:
            source = self.rulebook.basics.sources.get(citation.source)
            yield common_pb2.Citation(
                source=citation.source,
                source_title=source.title if source else "",
                article=citation.article,
                quote=citation.quote,
                basis=BASES[citation.basis],
                note=citation.note,
            )

    def reliances(self, outcome: Outcome) -> list[pb.Reliance]:
        """Conventions, unverified figures, unchecked quotes and unpublished years that took part."""
        found: dict[tuple[pb.Reliance.Kind.ValueType, str, str], None] = {}
        for place, citation in _cited(outcome):
            source = self.rulebook.basics.sources.get(citation.source)
            if citation.basis in RELIANCES:
                found[RELIANCES[citation.basis], place, citation.note] = None
            elif source is not None and not source.checked:
                found[pb.Reliance.KIND_UNCHECKED_QUOTE, place, f"《{source.title}》{citation.quote}"] = None
        for duty in outcome.duties:
            if duty.provisional:
                text = "该年节假日安排尚未公布，期限为暂定。"
                place = f"{duty.ruleset.id}/{duty.duty.id}"
                found[pb.Reliance.KIND_PROVISIONAL_CALENDAR, place, text] = None
        return [pb.Reliance(kind=kind, place=place, text=text) for kind, place, text in found]

    def revisions(self, outcome: Outcome) -> pb.RevisionsUsed:
        """The revisions that took part."""
        return pb.RevisionsUsed(
            rulesets=[
                pb.RevisionsUsed.RulesetRevision(
                    ruleset=ruleset.id,
                    revision=ruleset.revision,
                    in_force_from=ruleset.in_force_from.isoformat(),
                    pack=ruleset.pack,
                )
                for _, ruleset in sorted(outcome.rulesets.items())
            ],
            vocabulary=self.vocabulary.revision,
            calendar=self.rulebook.calendar.revision,
            adoptions=self.rulebook.adoptions_revision,
        )


def _cited(outcome: Outcome) -> Iterable[tuple[str, Citation]]:
    """Every citation that took part, with its place: rows, the parameters of their tables, duties."""
    for table in outcome.tables:
        for row in (table.table.rows[number] for number in table.decided.rows):
            for citation in row.citations:
                yield f"{table.ruleset.id}/{table.table.id}/{row.id}", citation
        for name in sorted(table.table.parameters) if table.decided.rows else ():
            for citation in table.ruleset.parameters[name].citations:
                yield f"{table.ruleset.id}/{name}", citation
    for duty in outcome.duties:
        for citation in duty.citations:
            yield f"{duty.ruleset.id}/{duty.duty.id}", citation
        periods = [duty.duty.period, duty.duty.period.presumed if duty.presumed else None]
        for period in periods:
            amount = period.amount if period else None
            parameter = duty.ruleset.parameters.get(amount.name) if amount else None
            for citation in parameter.citations if parameter else ():
                yield f"{duty.ruleset.id}/{amount.name if amount else ''}", citation
    for outcomes in (outcome.findings, outcome.indicators):
        for item in outcomes:
            for citation in item.citations:
                yield f"{item.ruleset.id}/{item.code}", citation


def _outputs(table: Table, row: int) -> dict[str, object]:
    return {
        output.name: to_json(value)
        for output, value in zip(table.outputs, table.rows[row].outputs, strict=True)
        if value is not None
    }


def _known_json(value: Known | Unknown) -> str:
    if isinstance(value, Unknown):
        return ""
    return to_text(None if value is None else to_json(value))
