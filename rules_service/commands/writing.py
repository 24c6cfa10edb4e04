"""Writes answers: what the engine says into messages, as much of it as the view asks for."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.commands import elapsed, figures, wire
from rules_service.commands.called_for import PaperWriter
from rules_service.commands.found import FindingWriter
from rules_service.commands.missing import MissingWriter
from rules_service.commands.owed import DutyWriter
from rules_service.commands.resting import Resting
from rules_service.commands.ruled import RulingWriter
from rules_service.commands.static import TableText
from rules_service.engine.case import Question
from rules_service.engine.outcome import (
    CandidateOutcome,
    ElapsedOutcome,
    IndexOutcome,
    IndicatorOutcome,
    Outcome,
    TableOutcome,
)
from rules_service.engine.rulebook import Rulebook
from rules_service.language.adoption import lies_in
from rules_service.language.model.basis import Basis, Citation, Departure

VIEW = common_pb2.View
ID_LENGTH = 32
MOST_KEPT = 10_000
AT = wire.tag(pb.Answer.DESCRIPTOR, "at")
DECISION_ID = wire.tag(pb.Answer.DESCRIPTOR, "decision_id")
DECISION_ID_HEAD = DECISION_ID + wire.varint(ID_LENGTH + 2) + b"x-"
CANDIDATES = wire.tag(pb.Answer.DESCRIPTOR, "candidates")
INDICATORS = wire.tag(pb.Answer.DESCRIPTOR, "indicators")
RESTS_ON = wire.tag(pb.Answer.DESCRIPTOR, "rests_on")
REVISIONS = wire.tag(pb.Answer.DESCRIPTOR, "revisions")
BASES = {
    Basis.TEXT: common_pb2.BASIS_TEXT,
    Basis.CONVENTION: common_pb2.BASIS_CONVENTION,
    Basis.UNVERIFIED: common_pb2.BASIS_UNVERIFIED,
}
RELIANCES: Mapping[Basis, pb.Reliance.Kind.ValueType] = {
    Basis.CONVENTION: pb.Reliance.KIND_CONVENTION,
    Basis.UNVERIFIED: pb.Reliance.KIND_UNVERIFIED,
}


def stamp(moment: datetime) -> Timestamp:
    """A moment as a timestamp."""
    seconds, nanos = wire.since_epoch(moment)
    return Timestamp(seconds=seconds, nanos=nanos)


@dataclass(frozen=True, slots=True)
class Ending:
    """The revisions that took part: what they add to an answer's id, and how the answer tells them."""

    identity: bytes
    revisions: bytes


class AnswerWriter:
    """Writes answers from one rulebook in one view."""

    def __init__(self, rulebook: Rulebook, view: common_pb2.View.ValueType) -> None:
        """Takes what the answers' codes are looked up in."""
        self.vocabulary = rulebook.vocabulary
        self.sources = rulebook.basics.sources
        self.view = view
        self.reasons = self.view >= VIEW.VIEW_REASONS
        self.full = self.view >= VIEW.VIEW_FULL
        self._tables: dict[tuple[str, date, str], TableText] = {}
        self.findings = FindingWriter(self.vocabulary, self, reasons=self.reasons)
        self._duties = DutyWriter(self, self.view)
        self._resting = Resting(self)
        self._rulings = RulingWriter(self._table, reasons=self.reasons)
        self._papers = PaperWriter(self.vocabulary, self, reasons=self.reasons)
        self._missing = MissingWriter(self.vocabulary, reasons=self.reasons)
        self._citations: dict[Citation, bytes] = {}
        self._endings: dict[tuple[tuple[str, date], ...], Ending] = {}
        self._basics = pb.RevisionsUsed(
            vocabulary=rulebook.vocabulary.revision,
            calendar=rulebook.calendar.revision,
            adoptions=rulebook.adoptions_revision,
            sources=rulebook.basics.sources_revision,
        )

    def head(self, question: Question) -> bytes:
        """What an answer repeats of the question, serialised."""
        return wire.moment(AT, question.at) + self.head_after_moment(question)

    def head_after_moment(self, question: Question) -> bytes:
        """As `head`, without the moment asked about, which comes first."""
        head = pb.Answer(as_of=question.as_of.isoformat(), jurisdiction=question.jurisdiction, view=self.view)
        return head.SerializeToString()

    def answer(self, outcome: Outcome, head: bytes, asked: bytes) -> bytes:
        """The answer, serialised; `asked` is the question with all defaults filled, serialised."""
        decisions = [self._rulings.fields(ruling, request_id) for request_id, ruling in outcome.rulings]
        ending = self.ending(outcome)
        digest = hashlib.sha256(asked + ending.identity).hexdigest()
        return b"".join(
            (
                DECISION_ID_HEAD,
                digest[:ID_LENGTH].encode(),
                head,
                *decisions,
                self._rest_of(outcome),
                self.reliances(outcome) if self.reasons else b"",
                ending.revisions,
            )
        )

    def ending(self, outcome: Outcome) -> "Ending":
        """What an answer says of the revisions that took part."""
        # A revision with dated parameters has several parts of one name.
        used = tuple(sorted((name, ruleset.in_force_from) for name, ruleset in outcome.rulesets.items()))
        known = self._endings.get(used)
        if known is None:
            known = Ending(
                "\x1f".join(sorted(outcome.rulesets)).encode() + self._basics.SerializeToString(),
                wire.field(REVISIONS, self.revisions(outcome).SerializeToString()),
            )
            if len(self._endings) < MOST_KEPT:
                self._endings[used] = known
        return known

    def decision(self, outcome: TableOutcome) -> bytes:
        """What a table decided about no request, as a field of an answer."""
        return self._table(outcome).field(outcome)

    def reliances_of(self, outcome: TableOutcome) -> dict[bytes, None]:
        """What the rows that a table found rest on beside plain texts."""
        return self._table(outcome).rests_on(outcome) if self.reasons else {}

    def _table(self, outcome: TableOutcome) -> TableText:
        ruleset = outcome.ruleset
        key = (ruleset.revision, ruleset.in_force_from, outcome.table.id)
        text = self._tables.get(key)
        if text is None:
            text = self._tables[key] = TableText.of(outcome, self.view, self)
        return text

    def _rest_of(self, outcome: Outcome) -> bytes:
        """What is left beside decisions and reliances, where there is any."""
        lists = (
            outcome.candidates,
            outcome.duties,
            outcome.findings,
            outcome.indicators,
            outcome.indexes,
            outcome.papers,
        )
        if not (any(lists) or outcome.missing.places or outcome.elapsed or outcome.changes_at):
            return b""
        parts = [wire.field(CANDIDATES, self._candidate(it).SerializeToString()) for it in outcome.candidates]
        parts += [self._duties.field(duty) for duty in outcome.duties]
        parts += [self.findings.field(finding) for finding in outcome.findings]
        for one in outcome.indicators:
            shown = figures.indicator(one, *self._rule(one), self.vocabulary)
            parts.append(wire.field(INDICATORS, shown.SerializeToString()))
        parts += [self._papers.field(paper) for paper in outcome.papers]
        parts += self._missing.fields(outcome.missing)
        last = pb.Answer(
            indexes=[figures.index(one, *self._rule(one)) for one in outcome.indexes],
            elapsed=elapsed.known(outcome.elapsed.values(), self._elapsed),
            next_change_at=stamp(outcome.changes_at) if outcome.changes_at else None,
        )
        return b"".join((*parts, last.SerializeToString()))

    def _candidate(self, outcome: CandidateOutcome) -> pb.Candidate:
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

    def _rule(self, outcome: IndicatorOutcome | IndexOutcome) -> tuple[str, list[common_pb2.Citation]]:
        """Label and citations of a figure, where reasons are wanted."""
        if not self.reasons:
            return "", []
        rule = outcome.rule
        return self.vocabulary.label("indicator", rule.id), list(self.citations(rule.citations))

    def _elapsed(self, outcome: ElapsedOutcome) -> tuple[str, list[common_pb2.Citation]]:
        """Label and citations of an elapsed time, where reasons are wanted."""
        if not self.reasons:
            return "", []
        rule = outcome.rule
        return self.vocabulary.facts[rule.name].label.chinese, list(self.citations(rule.citations))

    def citations(self, citations: Iterable[Citation]) -> Iterable[common_pb2.Citation]:
        """Where a rule stands."""
        for citation in citations:
            source = self.sources.get(citation.source)
            yield common_pb2.Citation(
                source=citation.source,
                source_title=source.title if source else "",
                article=citation.article,
                quote=citation.quote,
                basis=BASES[citation.basis],
                note=citation.note,
            )

    def cited(self, field_tag: bytes, citations: Iterable[Citation]) -> bytes:
        """Where a rule stands, as fields, serialised; each citation of the rulebook once."""
        parts = []
        for citation in citations:
            said = self._citations.get(citation)
            if said is None:
                (message,) = self.citations([citation])
                said = self._citations[citation] = message.SerializeToString()
            parts.append(wire.field(field_tag, said))
        return b"".join(parts)

    def reliances(self, outcome: Outcome) -> bytes:
        """Conventions, unverified figures, unchecked quotes and unpublished years that took part."""
        found: dict[bytes, None] = {}
        for _, ruling in outcome.rulings:
            found |= self._rulings.reliances(ruling)
        for duty in outcome.duties:
            found |= self._resting.duty(duty)
            if duty.provisional:
                place = f"{duty.ruleset.id}/{duty.duty.id}"
                text = "该年节假日安排尚未公布，期限为暂定。"
                found[_rests_on(pb.Reliance.KIND_PROVISIONAL_CALENDAR, place, text)] = None
        for finding in outcome.findings:
            found |= self.findings.reliances(finding)
        found |= self._resting.papers(outcome)
        found |= self._resting.figures(outcome)
        for ruleset in outcome.rulesets.values():
            if ruleset.jurisdiction and not lies_in(outcome.place, ruleset.jurisdiction):
                pack = self.vocabulary.label("pack", ruleset.pack)
                text = f"“{ruleset.title}”出自{pack}（{ruleset.jurisdiction}），本地采用。"
                found[_rests_on(pb.Reliance.KIND_ADOPTED_ELSEWHERE, ruleset.id, text)] = None
        return b"".join(found)

    def departure(self, place: str, departure: Departure) -> bytes:
        """What a sector's or a province's rule departs from, and the norm that lets it."""
        source = self.sources.get(departure.source)
        title = source.title if source else departure.source
        text = (
            f"不同于《{title}》第{departure.article}条，依据{departure.norm}，审核人{departure.reviewed_by}。"
        )
        return _rests_on(pb.Reliance.KIND_DEPARTURE, place, text)

    def reliance(self, place: str, citation: Citation) -> bytes | None:
        """What rests on a citation that is not the plain words of a source at hand."""
        source = self.sources.get(citation.source)
        if citation.basis in RELIANCES:
            return _rests_on(RELIANCES[citation.basis], place, citation.note)
        if source is not None and not source.checked:
            quote = f"《{source.title}》{citation.quote}"
            return _rests_on(pb.Reliance.KIND_UNCHECKED_QUOTE, place, quote)
        return None

    def revisions(self, outcome: Outcome) -> pb.RevisionsUsed:
        """The revisions that took part."""
        message = pb.RevisionsUsed(
            rulesets=[
                pb.RevisionsUsed.RulesetRevision(
                    ruleset=ruleset.id,
                    revision=ruleset.revision,
                    in_force_from=ruleset.in_force_from.isoformat(),
                    pack=ruleset.pack,
                )
                for _, ruleset in sorted(outcome.rulesets.items())
            ]
        )
        message.MergeFrom(self._basics)
        return message


def _rests_on(kind: pb.Reliance.Kind.ValueType, place: str, text: str) -> bytes:
    return wire.field(RESTS_ON, pb.Reliance(kind=kind, place=place, text=text).SerializeToString())
