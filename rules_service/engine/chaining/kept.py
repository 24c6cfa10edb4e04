"""Keeps what fired, and asks the engine no second time about facts that its rules cannot tell apart.

Of a fact the rules see the fields that they compare, and of a text only which other texts it is equal to.
Two sequences of facts that are alike in this fire the same rules on the same places; what the findings say
is taken anew from the facts at hand.
"""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from rules_service.engine.chaining.engine import ChainEngine
from rules_service.engine.chaining.result import ChainResult, Finding
from rules_service.engine.keeping import Kept
from rules_service.language.chain_rules import Fact, FindingConclusion, Scalar

MOST_KEPT = 4096
MOST_FACTS = 32
MOST_FIRINGS = 64

Likeness = tuple[Scalar | None, ...]
Places = tuple[tuple[int, int, tuple[int, ...]], ...]
"""Priority, number of the rule and places of the facts bound, for each firing in order."""

_PLACES = itemgetter(0, 1, 2)


class KeptFirings:
    """An engine, and what it said. Threads may share it."""

    def __init__(self, engine: ChainEngine) -> None:
        """Asks ENGINE what has not been kept."""
        self._engine = engine
        self._compiled = engine.compiled
        self.compared: Mapping[str, Sequence[str]] = {
            name: tuple(kind.fields) for name, kind in self._compiled.kinds.items()
        }
        rules = self._compiled.program.rules
        self._codes = tuple(rule.then.code for rule in rules if isinstance(rule.then, FindingConclusion))
        # Whether a concluded fact is new, and its place, hangs on texts as they are.
        self.keeps = len(self._codes) == len(rules)
        self._fired = Kept[Likeness, Places](MOST_KEPT)

    @property
    def texts(self) -> Collection[str]:
        """The texts that the rules compare fields with."""
        return self._compiled.texts.keys()

    def run(self, facts: Sequence[Fact]) -> ChainResult:
        """As `ChainEngine.run`."""
        if not self.keeps or len(facts) > MOST_FACTS:
            return self._engine.run(facts)
        self._engine.check(facts)
        likeness = self._likeness(facts)
        fired = self._fired.get(likeness)
        if fired is None:
            result = self._engine.run_checked(facts)
            if len(result.gathered) <= MOST_FIRINGS:
                self._fired.keep(likeness, tuple(map(_PLACES, result.gathered)))
            return result
        gathered = [(*one, self._finding(one[1], one[2], facts)) for one in fired]
        return ChainResult(self._compiled.program, facts, len(facts), gathered)

    def _finding(self, number: int, places: tuple[int, ...], facts: Sequence[Fact]) -> Finding:
        return Finding(self._codes[number], self._compiled.concluded_fields(number, places, facts))

    def _likeness(self, facts: Sequence[Fact]) -> Likeness:
        texts = dict(self._compiled.texts)
        seen: list[Scalar | None] = []
        for kind, fields in facts:
            seen.append(kind)
            for name in self.compared.get(kind, ()):
                value = fields.get(name)
                seen.append(texts.setdefault(value, len(texts)) if value.__class__ is str else value)
        return tuple(seen)
