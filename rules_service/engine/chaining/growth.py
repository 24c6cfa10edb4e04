"""Bounds what a run may make the engine store, before it does.

The engine stores every combination of facts that fills the first patterns of a rule, and does so while facts
are asserted, before any firing could be counted. The bound is on the safe side: facts that fail a constant
test are counted too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, Scalar
from service_kit.problems import Problem, Refusal, RefusedError


class Growth:
    """How many combinations the facts of one run can form, at most."""

    def __init__(self, program: ChainProgram, most_combinations: int) -> None:
        self._most = most_combinations
        self._rules: dict[str, list[ChainRule]] = defaultdict(list)
        self._joined: dict[str, set[str]] = defaultdict(set)
        for rule in program.rules:
            for kind in {pattern.kind for pattern in rule.when}:
                self._rules[kind].append(rule)
            for pattern in rule.when:
                self._joined[pattern.kind].update(join.field for join in pattern.joins if join.op == "=")
        self._count: Counter[str] = Counter()
        self._same: Counter[tuple[str, str, Scalar]] = Counter()
        self._most_same: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, facts: Iterable[Fact]) -> None:
        """Counts facts in before they are asserted; RefusedError where too many combinations are possible."""
        kinds: dict[str, None] = {}
        for fact in facts:
            kinds[fact.kind] = None
            self._count[fact.kind] += 1
            for field in self._joined[fact.kind]:
                if (value := fact.fields.get(field)) is not None:
                    key = (fact.kind, field, value)
                    self._same[key] += 1
                    self._most_same[key[:2]] = max(self._most_same[key[:2]], self._same[key])
        for kind in kinds:
            for rule in self._rules[kind]:
                self._check(rule)

    def _check(self, rule: ChainRule) -> None:
        combinations = 1
        left = Counter(self._count)
        for pattern in rule.when:
            equals = [self._most_same[pattern.kind, join.field] for join in pattern.joins if join.op == "="]
            combinations *= max(min([*equals, left[pattern.kind]]), 0)
            left[pattern.kind] -= 1
            if combinations > self._most:
                raise RefusedError(
                    [
                        Problem(
                            "chain_too_many_combinations",
                            f"链式规则 {rule.id}",
                            f"这些事实最多可能组成 {combinations} 种搭配，上限 {self._most} 种。",
                            "请分批送来事实，或让规则的条件以“=”相联。",
                        )
                    ],
                    Refusal.TOO_LARGE,
                )
