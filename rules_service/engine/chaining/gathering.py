"""One request on its way through the engine: its facts numbered, its firings gathered and put in order."""

from collections.abc import Sequence
from operator import itemgetter

from rules_service.engine.chaining.compile import CompiledProgram, rule_number
from rules_service.engine.chaining.growth import Growth, JoinShape
from rules_service.engine.chaining.handle import Fired
from rules_service.engine.chaining.result import ChainResult, Finding, Gathered
from rules_service.language.chain_rules import Fact, FactConclusion, Scalar
from service_kit.problems import Problem, Refusal, RefusedError

Content = tuple[str, frozenset[tuple[str, Scalar]]]


class Gathering:
    """The facts of one request, given and derived, and what fired on them."""

    def __init__(
        self, compiled: CompiledProgram, facts: Sequence[Fact], shape: JoinShape, firing_limit: int
    ) -> None:
        self._compiled = compiled
        self._given = len(facts)
        self._facts = list(facts)
        self._known: dict[Content, int] = {}
        self._texts = dict(compiled.texts)
        self._shape = shape
        self._growth: Growth | None = None
        self._limit = firing_limit
        self._fired: list[Gathered] = []

    def asserted(self) -> list[str]:
        """The given facts that some rule needs, as the engine takes them."""
        kinds = self._compiled.kinds
        needed = [(index, fact) for index, fact in enumerate(self._facts) if fact.kind in kinds]
        if len(needed) > self._shape.safe_facts:
            self._grow()
        return [self._compiled.fact_json(fact, index, self._texts) for index, fact in needed]

    def conclude(self, fired: Fired) -> str | None:
        """Notes a firing; the fact it concludes, where that is new and some rule needs it."""
        if len(self._fired) >= self._limit:
            raise RefusedError(
                [
                    Problem(
                        "CHAIN_TOO_MANY_FIRINGS",
                        "链式规则",
                        f"得出的结论超过 {self._limit} 条。",
                        "请分批送来事实，或收紧规则的条件。",
                    )
                ],
                Refusal.TOO_LARGE,
            )
        name, bound = fired
        number = rule_number(name)
        rule = self._compiled.program.rules[number]
        indexes = tuple([int(bound[alias]["id"]) for alias in self._compiled.aliases[number]])
        fields = self._compiled.concluded_fields(number, indexes, self._facts)
        if not isinstance(rule.then, FactConclusion):
            self._fired.append((rule.priority, number, indexes, Finding(rule.then.code, fields)))
            return None
        index, new = self._place(Fact(rule.then.kind, fields))
        self._fired.append((rule.priority, number, indexes, index))
        return self._follow(index) if new else None

    def _place(self, fact: Fact) -> tuple[int, bool]:
        """The place of a concluded fact among all, and whether it is new."""
        if not self._known:
            for index, given in enumerate(self._facts):
                self._known.setdefault(_content(given), index)
        new = len(self._facts)
        index = self._known.setdefault(_content(fact), new)
        if index == new:
            self._facts.append(fact)
        return index, index == new

    def _follow(self, index: int) -> str | None:
        """A derived fact as the engine takes it, where some rule needs it."""
        fact = self._facts[index]
        if fact.kind not in self._compiled.kinds:
            return None
        if self._growth is not None:
            self._growth.add([fact])
        elif len(self._facts) > self._shape.safe_facts:
            self._grow()
        return self._compiled.fact_json(fact, index, self._texts)

    def _grow(self) -> None:
        """Begins to count what the facts can form, with all there are so far."""
        self._growth = Growth(self._shape)
        self._growth.add(fact for fact in self._facts if fact.kind in self._compiled.kinds)

    def result(self) -> ChainResult:
        """The firings in an order that does not hang on the engine's."""
        fired, facts = self._fired, self._facts
        if len(facts) > self._given:
            fired, facts = self._renumbered()
        if len(fired) > 1:
            fired = sorted(fired, key=itemgetter(0, 1, 2))
        return ChainResult(self._compiled.program, facts, self._given, fired)

    def _renumbered(self) -> tuple[list[Gathered], list[Fact]]:
        """What fired, and all facts, with those derived in the order of their contents."""
        order = [
            *range(self._given),
            *sorted(range(self._given, len(self._facts)), key=lambda index: _order(self._facts[index])),
        ]
        place = {index: number for number, index in enumerate(order)}
        fired: list[Gathered] = [
            (
                priority,
                number,
                tuple([place[index] for index in indexes]),
                place[concluded] if isinstance(concluded, int) else concluded,
            )
            for priority, number, indexes, concluded in self._fired
        ]
        return fired, [self._facts[index] for index in order]


def _content(fact: Fact) -> Content:
    return fact.kind, frozenset(fact.fields.items())


def _order(fact: Fact) -> tuple[str, list[tuple[str, str]]]:
    return fact.kind, sorted((field, repr(value)) for field, value in fact.fields.items())
