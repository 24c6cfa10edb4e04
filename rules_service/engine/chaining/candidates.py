"""Whether the facts given can set off any rule, told without the engine.

Whatever else follows, the first rule that fires binds given facts alone. So where no rule has one of them for
each of its patterns, nothing fires, and the engine need not be asked. Joins are the engine's.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, FieldTest, Operator, Scalar

MOST_LOOKED_AT = 8
COMPARE: Mapping[Operator, Callable[[Scalar, Scalar], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class _Need:
    """What a fact must be by itself to fill a pattern."""

    kind: str
    joined: tuple[str, ...]
    """Fields that must be known, because they are compared with another fact's."""
    tests: tuple[FieldTest, ...]

    def met_by(self, facts: Sequence[Fact]) -> bool:
        """Whether some fact of the kind meets it; among many facts it is taken that one does."""
        if len(facts) > MOST_LOOKED_AT:
            return True
        return any(map(self._met_by, facts))

    def _met_by(self, fact: Fact) -> bool:
        fields = fact.fields
        for field in self.joined:
            if field not in fields:
                return False
        for test in self.tests:
            value = fields.get(test.field)
            if value is None or not COMPARE[test.op](value, test.value):
                return False
        return True


class Candidates:
    """What the rules of a program need before any can fire. Built once a program."""

    def __init__(self, program: ChainProgram) -> None:
        needs = tuple(tuple(dict.fromkeys(_needs(rule))) for rule in program.rules)
        self._of_kinds = lru_cache(maxsize=256)(partial(_within, needs))

    def enough(self, facts: Iterable[Fact]) -> bool:
        """Whether some rule has a fact for each of its patterns, as far as each is looked at by itself.

        True also where there are too many facts to look at each.
        """
        by_kind: dict[str, list[Fact]] = {}
        for fact in facts:
            by_kind.setdefault(fact.kind, []).append(fact)
        for needs in self._of_kinds(frozenset(by_kind)):
            for need in needs:
                if not need.met_by(by_kind[need.kind]):
                    break
            else:
                return True
        return False


def _within(rules: Sequence[Sequence[_Need]], kinds: frozenset[str]) -> tuple[Sequence[_Need], ...]:
    """The rules that need facts of these kinds only."""
    return tuple(needs for needs in rules if all(need.kind in kinds for need in needs))


def _needs(rule: ChainRule) -> list[_Need]:
    joined: dict[str, dict[str, None]] = {pattern.alias: {} for pattern in rule.when}
    for pattern in rule.when:
        for join in pattern.joins:
            joined[pattern.alias][join.field] = None
            joined[join.other_alias][join.other_field] = None
    return [_Need(pattern.kind, tuple(joined[pattern.alias]), pattern.tests) for pattern in rule.when]
