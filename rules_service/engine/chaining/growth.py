"""Bounds what a run may make the engine store, before it does.

The engine stores every combination of facts that fills the first patterns of a rule, and does so while facts
are asserted, before any firing could be counted. The bound is on the safe side: facts that fail a constant
test are counted too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, Scalar
from service_kit.problems import Problem, Refusal, RefusedError


@dataclass(frozen=True, slots=True)
class _Step:
    """A pattern as far as it decides how many facts can fill it, once those before it are filled."""

    kind: str
    equals: tuple[str, ...]
    """Fields that must equal a field of an earlier fact."""
    taken: int
    """Facts of the kind that earlier patterns have taken."""


class JoinShape:
    """How the rules of a program join facts. Built once a program.

    `safe_facts` is how many facts can never form more than `most` combinations, however alike they are: a
    run with no more of them need not count.
    """

    def __init__(self, program: ChainProgram, most: int) -> None:
        self.most = most
        deepest = max((len(rule.when) for rule in program.rules if len(rule.when) > 1), default=2)
        self.safe_facts = next(facts for facts in count() if (facts + 1) ** deepest > most)
        rules: dict[str, list[tuple[str, tuple[_Step, ...]]]] = {}
        fields: dict[str, set[str]] = defaultdict(set)
        for rule in program.rules:
            steps = _steps(rule)
            for step in steps:
                fields[step.kind].update(step.equals)
                rules.setdefault(step.kind, [])
            if len(steps) > 1:
                for kind in {step.kind for step in steps}:
                    rules[kind].append((rule.id, steps))
        self.rules = {kind: tuple(joining) for kind, joining in rules.items()}
        self.fields = {kind: tuple(sorted(names)) for kind, names in fields.items()}


def _steps(rule: ChainRule) -> tuple[_Step, ...]:
    kinds = [pattern.kind for pattern in rule.when]
    return tuple(
        _Step(
            pattern.kind,
            tuple(join.field for join in pattern.joins if join.op == "="),
            kinds[:place].count(pattern.kind),
        )
        for place, pattern in enumerate(rule.when)
    )


class Growth:
    """How many combinations the facts of one run can form, at most."""

    def __init__(self, shape: JoinShape) -> None:
        self._shape = shape
        self._count: Counter[str] = Counter()
        self._same: Counter[tuple[str, str, Scalar]] = Counter()
        self._most_same: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, facts: Iterable[Fact]) -> None:
        """Counts facts in before they are asserted; RefusedError where too many combinations are possible."""
        kinds: dict[str, None] = {}
        for fact in facts:
            kinds[fact.kind] = None
            self._count[fact.kind] += 1
            for field in self._shape.fields[fact.kind]:
                if (value := fact.fields.get(field)) is not None:
                    same = self._same[fact.kind, field, value] + 1
                    self._same[fact.kind, field, value] = same
                    if same > self._most_same[fact.kind, field]:
                        self._most_same[fact.kind, field] = same
        for kind in kinds:
            for rule, steps in self._shape.rules[kind]:
                self._check(rule, steps)

    def _check(self, rule: str, steps: tuple[_Step, ...]) -> None:
        combinations = 1
        for step in steps:
            fitting = max(self._count[step.kind] - step.taken, 0)
            for field in step.equals:
                fitting = min(fitting, self._most_same[step.kind, field])
            combinations *= fitting
            if combinations > self._shape.most:
                raise RefusedError(
                    [
                        Problem(
                            "CHAIN_TOO_MANY_COMBINATIONS",
                            f"链式规则 {rule}",
                            f"这些事实最多可能组成 {combinations} 种搭配，上限 {self._shape.most} 种。",
                            "请分批送来事实，或让规则的条件以“=”相联。",
                        )
                    ],
                    Refusal.TOO_LARGE,
                )
