"""Writes the facts that were not told and would decide more."""

from collections.abc import Iterable

from huiyin.rules.v1 import answer_pb2 as pb
from rules_service.commands import wire
from rules_service.engine.outcome import MissingFacts
from rules_service.language.vocabulary import Vocabulary

_MISSING = wire.tag(pb.Answer.DESCRIPTOR, "missing_facts")
_FACT = pb.MissingFact.DESCRIPTOR
_REQUEST_ID = wire.tag(_FACT, "request_id")
_UNKNOWN = wire.number(wire.number_tag(_FACT, "unknown"), 1)
_WOULD_DECIDE = wire.tag(_FACT, "would_decide")


class MissingWriter:
    """Writes missing facts of one vocabulary in one view."""

    def __init__(self, vocabulary: Vocabulary, *, reasons: bool) -> None:
        """Labels come from the vocabulary; without REASONS there are names alone."""
        self._vocabulary = vocabulary
        self._reasons = reasons
        self._facts: dict[str, bytes] = {}
        self._places: dict[str, bytes] = {}

    def fields(self, missing: MissingFacts) -> Iterable[bytes]:
        """The facts as fields of an answer, serialised."""
        for (name, request_id), places in missing.places.items():
            parts = [self._facts.get(name) or self._fact(name), wire.text(_REQUEST_ID, request_id)]
            if missing.told_unknown[name, request_id]:
                parts.append(_UNKNOWN)
            parts += [self._places.get(place) or self._place(place) for place in places]
            yield wire.field(_MISSING, b"".join(parts))

    def _fact(self, name: str) -> bytes:
        fact = self._facts[name] = pb.MissingFact(name=name, label=self._label(name)).SerializeToString()
        return fact

    def _label(self, name: str) -> str:
        if not self._reasons:
            return ""
        fact = self._vocabulary.facts.get(name)
        return fact.label.chinese if fact else self._vocabulary.label("indicator", name)

    def _place(self, place: str) -> bytes:
        field = self._places[place] = wire.field(_WOULD_DECIDE, place.encode())
        return field
