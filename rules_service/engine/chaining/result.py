"""What chained rules say about the facts of a request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, Scalar


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: a stable code with the fields that are known."""

    code: str
    fields: Mapping[str, Scalar]


class Binding(NamedTuple):
    """The fact that fills a pattern; `place` counts through the facts given and then the facts derived."""

    alias: str
    place: int
    fact: Fact


class Firing(NamedTuple):
    """A rule that holds for some facts, bound in the order of its patterns, and what it concludes."""

    rule: str
    bindings: tuple[Binding, ...]
    concluded: Finding | Fact


Gathered = tuple[int, int, tuple[int, ...], Finding | int]
"""Priority, number of the rule, places of the facts bound, and the finding or the place of the fact."""


@dataclass(frozen=True, slots=True)
class ChainResult:
    """All that follows from the facts of a request.

    Firings come by priority, then in the program's order of rules, then by the facts they bind. A fact
    concluded more than once, or given already, is one fact.
    """

    program: ChainProgram
    facts: Sequence[Fact]
    """Those given and then those derived."""
    given: int
    gathered: Sequence[Gathered]

    @property
    def firings(self) -> tuple[Firing, ...]:
        """The rules that hold."""
        return tuple(self._firing(*one) for one in self.gathered)

    @property
    def derived(self) -> tuple[Fact, ...]:
        """The facts concluded that were not given."""
        return tuple(self.facts[self.given :])

    def findings(self) -> Iterator[tuple[ChainRule, list[Fact], Finding]]:
        """The firings that conclude a finding: rule, facts in the order of its patterns, finding."""
        for _, number, places, concluded in self.gathered:
            if not isinstance(concluded, int):
                yield self.program.rules[number], [self.facts[place] for place in places], concluded

    def _firing(self, _: int, number: int, places: tuple[int, ...], concluded: Finding | int) -> Firing:
        rule = self.program.rules[number]
        bindings = [
            Binding(pattern.alias, place, self.facts[place])
            for pattern, place in zip(rule.when, places, strict=True)
        ]
        what = self.facts[concluded] if isinstance(concluded, int) else concluded
        return Firing(rule.id, tuple(bindings), what)
