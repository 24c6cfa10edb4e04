"""Writes the papers called for: what is static in them is serialised once."""

from dataclasses import dataclass

from huiyin.rules.v1 import answer_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.static import Citer
from rules_service.commands.text import to_text
from rules_service.engine.outcome import PaperOutcome, PaperState
from rules_service.language.vocabulary import Vocabulary

_PAPERS = wire.tag(pb.Answer.DESCRIPTOR, "papers")
_PAPER = pb.PaperCall.DESCRIPTOR
_ID = wire.tag(_PAPER, "paper_call_id")
_REQUEST_ID = wire.tag(_PAPER, "request_id")
_DUTY_ID = wire.tag(_PAPER, "duty_id")
_DUE_AT = wire.tag(_PAPER, "due_at")
_FIELDS = wire.tag(_PAPER, "fields_json")
_RESTRICTED = wire.number(wire.number_tag(_PAPER, "restricted"), 1)
_CITATIONS = wire.tag(_PAPER, "citations")
_CANDIDATE_ID = wire.tag(_PAPER, "candidate_id")
_STATES = {
    state: pb.PaperCall(state=pb.PaperCallState.Value(f"PAPER_CALL_STATE_{state.name}")).SerializeToString()
    for state in PaperState
}


@dataclass(frozen=True, slots=True)
class _Static:
    """What the calls of one rule for one paper have in common, in the order in which they are written."""

    paper: bytes
    rule: bytes


class PaperWriter:
    """Writes the papers called for by one rulebook in one view."""

    def __init__(self, vocabulary: Vocabulary, cite: Citer, *, reasons: bool) -> None:
        """Titles come from the vocabulary; without REASONS there are ids and codes alone."""
        self._vocabulary = vocabulary
        self._cite = cite
        self._reasons = reasons
        self._known: dict[tuple[str, ...], _Static] = {}

    def field(self, outcome: PaperOutcome) -> bytes:
        """A call for a paper as a field of an answer, serialised."""
        static = self._static(outcome)
        parts = (
            wire.field(_ID, outcome.id.encode()),
            static.paper,
            wire.text(_REQUEST_ID, outcome.request_id),
            _STATES[outcome.state],
            wire.text(_DUTY_ID, outcome.duty_id),
            static.rule,
            wire.moment(_DUE_AT, outcome.due_at),
            wire.text(_FIELDS, to_text(outcome.fields)),
            _RESTRICTED if outcome.restricted else b"",
            self._cite.cited(_CITATIONS, outcome.citations) if self._reasons else b"",
            wire.text(_CANDIDATE_ID, outcome.candidate_id),
        )
        return wire.field(_PAPERS, b"".join(parts))

    def _static(self, outcome: PaperOutcome) -> _Static:
        ruleset = outcome.ruleset
        key = (ruleset.id, ruleset.revision, outcome.rule, outcome.paper, outcome.variant)
        static = self._known.get(key)
        if static is None:
            title = self._vocabulary.label("paper", outcome.paper) if self._reasons else ""
            static = self._known[key] = _Static(
                pb.PaperCall(paper=outcome.paper, title=title, variant=outcome.variant).SerializeToString(),
                pb.PaperCall(
                    ruleset=ruleset.id, revision=ruleset.revision, rule=outcome.rule
                ).SerializeToString(),
            )
        return static
