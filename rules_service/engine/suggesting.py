"""What misspelt names of a question may have been meant to be, worked out within a bound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules_service.language.spelling import closest

MOST_WORKED_OUT = 200


@dataclass(slots=True)
class Suggestions:
    """Suggestions for one call, one of many items too, which mostly repeat each other's slips.

    Working one out takes half a millisecond. It is done once for a name and a part of the vocabulary, and so
    many times in all: kept from one call to the next, the same question would not always be told the same.
    """

    _left: int = MOST_WORKED_OUT
    _known: dict[tuple[int, str], str] = field(default_factory=dict)

    def near(self, word: str, known: Iterable[str]) -> str:
        """A known name near to a word, as a cure; empty where there is none, or none is looked for."""
        # INVARIANT: a mapping is a part of the vocabulary and outlives the call: its id is not used again.
        key = (id(known), word)
        cure = self._known.get(key) if isinstance(known, Mapping) else None
        if cure is None:
            if not self._left:
                return ""
            self._left -= 1
            cure = closest(word, known)
            if isinstance(known, Mapping):
                self._known[key] = cure
        return cure
