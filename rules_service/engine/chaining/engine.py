"""Runs chained rules over the facts of one request."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules_service.engine.chaining.compile import CompiledProgram, alias_name, compile_program, rule_number
from rules_service.engine.chaining.growth import Growth, JoinShape
from rules_service.engine.chaining.handle import EngineHandle, Fired
from rules_service.engine.chaining.meaning import TYPE_NAMES, fits
from rules_service.engine.chaining.preflight import preflight
from rules_service.engine.chaining.trial import try_out
from rules_service.language.chain_rules import (
    ChainProgram,
    Conclusion,
    Fact,
    FactConclusion,
    FieldRef,
    Scalar,
)
from service_kit.problems import Problem, Refusal, RefusedError

FIRING_LIMIT = 10_000
MOST_FACTS = 10_000
MOST_COMBINATIONS = 200_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: a stable code with the fields that are known."""

    code: str
    fields: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Binding:
    """The fact that fills a pattern; `index` counts through the facts given and then the facts derived."""

    alias: str
    index: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Firing:
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


class ChainEngine:
    """A program ready to run.

    Threads may share it: a run holds its lock, which costs nothing, because the C engine never lets go of
    the GIL. A process that forks opens its engines after the fork.
    """

    def __init__(
        self,
        compiled: CompiledProgram,
        *,
        firing_limit: int = FIRING_LIMIT,
        most_combinations: int = MOST_COMBINATIONS,
    ) -> None:
        """Takes a program that passed `preflight` and `try_out`; see `open_engine`."""
        self._compiled = compiled
        self._kinds = {kind.name: kind for kind in compiled.program.kinds}
        self._shape = JoinShape(compiled.program)
        self._firing_limit = firing_limit
        self._most_combinations = most_combinations
        self._lock = threading.Lock()
        self._handle: EngineHandle | None = None
        self._closed = False

    def run(self, facts: Sequence[Fact]) -> ChainResult:
        """What follows from the facts.

        RefusedError where a fact is not of its kind, or where more follows than the limits allow;
        EngineFailedError where the engine fails inside.
        """
        if problems := list(self._check(facts)):
            raise RefusedError(problems)
        growth = Growth(self._shape, self._most_combinations)
        run = _Run(self._compiled, facts, growth, self._firing_limit)
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            try:
                if self._handle is None:
                    self._handle = EngineHandle(self._compiled.engine_json)
                self._handle.run(run.asserted(), run.conclude)
            except RefusedError:
                raise
            except BaseException:
                # INVARIANT: a handle in which anything failed is never used again; its memory may be torn.
                self._drop()
                raise
        return run.result()

    def close(self) -> None:
        """Gives the engine's memory back; nothing runs in it again."""
        with self._lock:
            self._drop()
            self._closed = True

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _check(self, facts: Sequence[Fact]) -> Iterator[Problem]:
        if len(facts) > MOST_FACTS:
            raise RefusedError(
                [
                    Problem(
                        "CHAIN_TOO_MANY_FACTS",
                        "事实",
                        f"一次送来 {len(facts)} 件，最多 {MOST_FACTS} 件。",
                        "请分批送来。",
                    )
                ],
                Refusal.TOO_LARGE,
            )
        for number, fact in enumerate(facts, 1):
            kind = self._kinds.get(fact.kind)
            if kind is None:
                yield Problem("CHAIN_UNKNOWN_NAME", f"第 {number} 件事实", f"不认识事实种类“{fact.kind}”。")
                continue
            for field, value in fact.fields.items():
                field_type = kind.fields.get(field)
                if field_type is None:
                    message = f"“{fact.kind}”没有字段“{field}”。"
                    yield Problem("CHAIN_UNKNOWN_NAME", f"第 {number} 件事实", message)
                elif not fits(value, field_type):
                    message = f"“{field}”应当是{TYPE_NAMES[field_type]}。"
                    yield Problem("CHAIN_TYPE_MIXED", f"第 {number} 件事实", message)


Content = tuple[str, frozenset[tuple[str, Scalar]]]


class _Run:
    """One request on its way through the engine: numbers its facts and gathers its firings."""

    def __init__(
        self, compiled: CompiledProgram, facts: Sequence[Fact], growth: Growth, firing_limit: int
    ) -> None:
        self._compiled = compiled
        self._given = len(facts)
        self._facts = list(facts)
        self._known: dict[Content, int] = {}
        for index, fact in enumerate(facts):
            self._known.setdefault(_content(fact), index)
        self._texts = dict(compiled.texts)
        self._growth = growth
        self._limit = firing_limit
        self._fired: list[tuple[int, tuple[int, ...], Finding | int]] = []

    def asserted(self) -> Iterator[str]:
        """The given facts that some rule needs, as the engine takes them."""
        needed = [
            (index, fact) for index, fact in enumerate(self._facts) if fact.kind in self._compiled.kinds
        ]
        self._growth.add(fact for _, fact in needed)
        for index, fact in needed:
            yield self._compiled.fact_json(fact, index, self._texts)

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
        indexes = tuple(int(bound[alias_name(place)]["id"]) for place in range(len(rule.when)))
        facts = {pattern.alias: self._facts[index] for pattern, index in zip(rule.when, indexes, strict=True)}
        fields = _fields(rule.then, facts)
        if not isinstance(rule.then, FactConclusion):
            self._fired.append((number, indexes, Finding(rule.then.code, fields)))
            return None
        fact = Fact(rule.then.kind, fields)
        new = len(self._facts)
        index = self._known.setdefault(_content(fact), new)
        self._fired.append((number, indexes, index))
        if index != new:
            return None
        self._facts.append(fact)
        if fact.kind not in self._compiled.kinds:
            return None
        self._growth.add([fact])
        return self._compiled.fact_json(fact, index, self._texts)

    def result(self) -> ChainResult:
        """The firings in an order that does not hang on the engine's."""
        derived = sorted(range(self._given, len(self._facts)), key=lambda index: _order(self._facts[index]))
        place = {index: self._given + number for number, index in enumerate(derived)}
        rules = self._compiled.program.rules
        told = sorted(
            (rules[number].priority, number, tuple(place.get(index, index) for index in indexes), at)
            for at, (number, indexes, _) in enumerate(self._fired)
        )
        firings = []
        for _, number, places, at in told:
            _, indexes, concluded = self._fired[at]
            bindings = tuple(
                Binding(pattern.alias, shown, self._facts[index])
                for pattern, shown, index in zip(rules[number].when, places, indexes, strict=True)
            )
            conclusion = concluded if isinstance(concluded, Finding) else self._facts[concluded]
            firings.append(Firing(rules[number].id, bindings, conclusion))
        return ChainResult(tuple(firings), tuple(self._facts[index] for index in derived))


def _content(fact: Fact) -> Content:
    return fact.kind, frozenset(fact.fields.items())


def _order(fact: Fact) -> tuple[str, list[tuple[str, str]]]:
    return fact.kind, sorted((field, repr(value)) for field, value in fact.fields.items())


def _fields(conclusion: Conclusion, facts: Mapping[str, Fact]) -> dict[str, Scalar]:
    """The conclusion's fields; one taken from a field that a fact lacks is left out."""
    fields: dict[str, Scalar] = {}
    for field, source in conclusion.fields.items():
        value = facts[source.alias].fields.get(source.field) if isinstance(source, FieldRef) else source
        if value is not None:
            fields[field] = value
    return fields


def open_engine(program: ChainProgram, *, firing_limit: int = FIRING_LIMIT) -> ChainEngine:
    """An engine for a program; RefusedError where `preflight` or a trial in a child process refuses it."""
    if problems := preflight(program):
        raise RefusedError(problems)
    compiled = compile_program(program)
    if problems := try_out(compiled):
        raise RefusedError(problems)
    return ChainEngine(compiled, firing_limit=firing_limit)
