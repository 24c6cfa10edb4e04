"""The engine against the plain interpreter, on generated programs and facts."""

import os
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import durable_rules_engine
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules_service.engine.chaining import ChainEngine, ChainResult, Finding, compile_program, preflight
from rules_service.engine.chaining.candidates import MOST_LOOKED_AT
from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, FindingConclusion, Pattern
from service_kit.problems import RefusedError
from tests.reference import chaining as plain
from tests.rules_service.engine.chain_programs import facts, programs

EXAMPLES = int(os.environ.get("HUIYIN_CHAIN_EXAMPLES", "300"))
REQUESTS = 3
MOST_FIRINGS = 400
assert_fact = durable_rules_engine.assert_fact


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


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(st.data())
def test_the_engine_says_what_the_plain_interpreter_says(data: st.DataObject) -> None:
    program = data.draw(programs())
    assume(not preflight(program))
    engine = ChainEngine(compile_program(program), firing_limit=MOST_FIRINGS)
    try:
        for _ in range(REQUESTS):
            given_facts = data.draw(facts(program.kinds))
            all_facts, fired = plain.run(program, given_facts, MOST_FIRINGS)
            result = answer(engine, given_facts)
            if result == "CHAIN_TOO_MANY_COMBINATIONS":
                continue
            if len(fired) > MOST_FIRINGS:
                assert result == "CHAIN_TOO_MANY_FIRINGS"
                continue
            assert isinstance(result, ChainResult)
            assert told(result) == expected(program, all_facts, fired)
            assert Counter(map(content, result.derived)) == Counter(
                map(content, all_facts[len(given_facts) :])
            )
            check_places(program, given_facts, result)
            assert engine.run(given_facts) == result
    finally:
        engine.close()


def alone(rule: ChainRule, pattern: Pattern, fact: Fact) -> bool:
    """Whether a fact could fill a pattern, were there the right facts to join it with."""
    joined = [(pattern.alias, join.field) for join in pattern.joins]
    joined += [(join.other_alias, join.other_field) for other in rule.when for join in other.joins]
    known = all(field in fact.fields for alias, field in joined if alias == pattern.alias)
    return known and plain.fills(fact, replace(pattern, joins=()), {})


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(st.data())
def test_the_engine_is_asked_exactly_where_each_pattern_of_a_rule_has_a_fact(data: st.DataObject) -> None:
    program = data.draw(programs())
    assume(not preflight(program))
    engine = ChainEngine(compile_program(program), firing_limit=MOST_FIRINGS)
    given_facts = data.draw(facts(program.kinds, most=12))
    asserted: list[str] = []

    def asserting(handle: int, fact: str) -> object:
        asserted.append(fact)
        return assert_fact(handle, fact)

    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(durable_rules_engine, "assert_fact", asserting)
        try:
            answer(engine, given_facts)
        finally:
            engine.close()
    wanted = any(
        all(any(alone(rule, pattern, fact) for fact in given_facts) for pattern in rule.when)
        for rule in program.rules
    )
    if wanted or len(given_facts) <= MOST_LOOKED_AT:
        assert bool(asserted) == wanted
    if not asserted:
        assert plain.run(program, given_facts, MOST_FIRINGS)[1] == set()


def check_places(program: ChainProgram, given_facts: list[Fact], result: ChainResult) -> None:
    """Each binding points at the fact it shows, and firings come in the documented order, none twice."""
    places = [*given_facts, *result.derived]
    order = {rule.id: (rule.priority, number) for number, rule in enumerate(program.rules)}
    keys = []
    for firing in result.firings:
        assert all(places[binding.place] == binding.fact for binding in firing.bindings)
        keys.append((order[firing.rule], tuple(binding.place for binding in firing.bindings)))
    assert all(one < other for one, other in pairwise(keys))
