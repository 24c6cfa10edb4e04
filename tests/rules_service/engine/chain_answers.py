"""What a chain engine says beside what the plain interpreter says."""

from collections import Counter
from itertools import pairwise
from random import Random

from rules_service.engine.chaining import ChainEngine, ChainResult, Finding
from rules_service.language.chain_rules import ChainProgram, Fact, FindingConclusion
from service_kit.problems import RefusedError
from tests.reference import chaining as plain

MOST_FIRINGS = 400
NEVER_TOO_MANY = 21
"""With four patterns a rule, so many facts cannot form too many combinations."""


def content(fact: Fact) -> tuple[object, ...]:
    return fact.kind, frozenset(fact.fields.items())


def answer(engine: ChainEngine, given_facts: list[Fact]) -> ChainResult | str:
    """What follows, or the code with which the engine refuses."""
    try:
        return engine.run(given_facts)
    except RefusedError as refused:
        return refused.problems[0].code


def told(result: ChainResult) -> Counter[object]:
    given_or_made = Counter[object]()
    for firing in result.firings:
        concluded = firing.concluded
        what = content(
            Fact(concluded.code, concluded.fields) if isinstance(concluded, Finding) else concluded
        )
        bound = tuple((binding.alias, content(binding.fact)) for binding in firing.bindings)
        given_or_made[firing.rule, bound, what] += 1
    return given_or_made


def expected(program: ChainProgram, all_facts: list[Fact], fired: set[plain.Firing]) -> Counter[object]:
    rules = {rule.id: rule for rule in program.rules}
    wanted = Counter[object]()
    for rule_id, taken in fired:
        rule = rules[rule_id]
        bound = tuple((p.alias, content(all_facts[at])) for p, at in zip(rule.when, taken, strict=True))
        name = rule.then.code if isinstance(rule.then, FindingConclusion) else rule.then.kind
        wanted[rule_id, bound, content(Fact(name, plain.conclude(rule, all_facts, taken)))] += 1
    return wanted


def compare(
    program: ChainProgram, engine: ChainEngine, given_facts: list[Fact], chance: Random, runs: int
) -> int:
    """Asks for what follows from the facts, as they are and shuffled, and how many joins fired.

    AssertionError where the engine, limited to MOST_FIRINGS, says anything but what the plain interpreter
    says.
    """
    all_facts, fired = plain.run(program, given_facts, MOST_FIRINGS)
    wanted = expected(program, all_facts, fired)
    derived = Counter(map(content, all_facts[len(given_facts) :]))
    joins = 0
    for _ in range(runs):
        result = answer(engine, given_facts)
        if result == "CHAIN_TOO_MANY_COMBINATIONS":
            # The plain interpreter stops, perhaps short of all facts, where too many rules fire.
            assert len(fired) > MOST_FIRINGS or len(all_facts) > NEVER_TOO_MANY
        elif len(fired) > MOST_FIRINGS:
            assert result == "CHAIN_TOO_MANY_FIRINGS"
        else:
            assert isinstance(result, ChainResult)
            assert told(result) == wanted
            assert Counter(map(content, result.derived)) == derived
            check_places(program, given_facts, result)
            joins += sum(len(firing.bindings) > 1 for firing in result.firings)
        given_facts = chance.sample(given_facts, len(given_facts))
    return joins


def check_places(program: ChainProgram, given_facts: list[Fact], result: ChainResult) -> None:
    """Each binding points at the fact it shows, and firings come in the documented order, none twice."""
    places = [*given_facts, *result.derived]
    order = {rule.id: (rule.priority, number) for number, rule in enumerate(program.rules)}
    keys = []
    for firing in result.firings:
        assert all(places[binding.place] == binding.fact for binding in firing.bindings)
        keys.append((order[firing.rule], tuple(binding.place for binding in firing.bindings)))
    assert all(one < other for one, other in pairwise(keys))
