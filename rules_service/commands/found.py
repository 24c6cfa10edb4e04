"""Writes findings: what is static in them is serialised once, as with the decisions of tables."""

from dataclasses import dataclass
from datetime import date

from huiyin.rules.v1 import answer_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.static import Citer
from rules_service.commands.text import to_text
from rules_service.engine.outcome import FindingOutcome
from rules_service.language.vocabulary import Vocabulary

FINDINGS = wire.tag(pb.Answer.DESCRIPTOR, "findings")
_FINDING = pb.Finding.DESCRIPTOR
ID = wire.tag(_FINDING, "finding_id")
_REQUEST_ID = wire.tag(_FINDING, "request_id")
_DUTY_ID = wire.tag(_FINDING, "duty_id")
REASON = wire.tag(_FINDING, "reason")
BECAUSE = wire.tag(_FINDING, "because_json")
_CITATIONS = wire.tag(_FINDING, "citations")


@dataclass(frozen=True, slots=True)
class StaticFinding:
    """What one rule's findings have in common, in the order in which they are written."""

    code: bytes
    rule: bytes
    citations: bytes
    reliances: dict[bytes, None]


class FindingWriter:
    """Writes the findings of one rulebook in one view."""

    def __init__(self, vocabulary: Vocabulary, cite: Citer, *, reasons: bool) -> None:
        """Labels come from the vocabulary; without REASONS there are ids and codes alone."""
        self._vocabulary = vocabulary
        self._cite = cite
        self.reasons = reasons
        self._known: dict[tuple[str, date, str, str, bool, bool], StaticFinding] = {}

    def field(self, outcome: FindingOutcome) -> bytes:
        """A finding as a field of an answer, serialised."""
        static = self.static(outcome)
        parts = [
            wire.field(ID, outcome.id.encode()),
            static.code,
            wire.text(_REQUEST_ID, outcome.request_id),
            wire.text(_DUTY_ID, outcome.duty_id),
            static.rule,
        ]
        if self.reasons:
            parts.append(wire.text(REASON, outcome.reason))
            if outcome.because:
                parts.append(wire.text(BECAUSE, to_text(outcome.because)))
            parts.append(static.citations)
        return wire.field(FINDINGS, b"".join(parts))

    def reliances(self, outcome: FindingOutcome) -> dict[bytes, None]:
        """What a finding rests on beside plain texts."""
        return self.static(outcome).reliances

    def static(self, outcome: FindingOutcome) -> StaticFinding:
        """What the finding has in common with its rule's others."""
        ruleset = outcome.ruleset
        # A row, a duty and a chained rule may have the same id.
        kind = (bool(outcome.duty_id), bool(outcome.because))
        key = (ruleset.revision, ruleset.in_force_from, outcome.rule, outcome.code, *kind)
        static = self._known.get(key)
        if static is None:
            label = self._vocabulary.label("finding", outcome.code) if self.reasons else ""
            static = self._known[key] = StaticFinding(
                pb.Finding(code=outcome.code, label=label).SerializeToString(),
                pb.Finding(
                    ruleset=ruleset.id, revision=ruleset.revision, rule=outcome.rule
                ).SerializeToString(),
                self._cite.cited(_CITATIONS, outcome.citations),
                self._rests_on(outcome),
            )
        return static

    def _rests_on(self, outcome: FindingOutcome) -> dict[bytes, None]:
        place = f"{outcome.ruleset.id}/{outcome.code}"
        found = [self._cite.reliance(place, citation) for citation in outcome.citations]
        return dict.fromkeys(reliance for reliance in found if reliance is not None)
