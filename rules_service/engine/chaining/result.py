"""What chained rules say about the facts of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rules_service.language.chain_rules import Fact, Scalar


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


@dataclass(frozen=True, slots=True)
class ChainResult:
    """All that follows from the facts of a request.

    Firings come by priority, then in the program's order of rules, then by the facts they bind. A fact
    concluded more than once, or given already, is one fact.
    """

    firings: tuple[Firing, ...]
    derived: tuple[Fact, ...]


NOTHING = ChainResult((), ())
