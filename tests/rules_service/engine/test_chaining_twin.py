"""The engine against the plain interpreter, on generated programs and facts."""

from dataclasses import replace
from random import Random

import durable_rules_engine
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules_service.engine.chaining import ChainEngine, compile_program, preflight
from rules_service.engine.chaining.candidates import MOST_LOOKED_AT
from rules_service.language.chain_rules import ChainRule, Fact, Pattern
from tests.reference import chaining as plain
from tests.rules_service.engine.chain_answers import MOST_FIRINGS, answer, compare
from tests.rules_service.engine.chain_programs import facts, program

EXAMPLES = 300
REQUESTS = 3
assert_fact = durable_rules_engine.assert_fact
chances = st.randoms(use_true_random=False, note_method_calls=False)


@settings(max_examples=EXAMPLES, deadline=None)
@given(chances)
def test_the_engine_says_what_the_plain_interpreter_says(chance: Random) -> None:
    made = program(chance)
    assume(not preflight(made))
    engine = ChainEngine(compile_program(made), firing_limit=MOST_FIRINGS)
    try:
        for _ in range(REQUESTS):
            compare(made, engine, facts(chance, made.kinds), chance, runs=2)
    finally:
        engine.close()


def alone(rule: ChainRule, pattern: Pattern, fact: Fact) -> bool:
    """Whether a fact could fill a pattern, were there the right facts to join it with."""
    joined = [(pattern.alias, join.field) for join in pattern.joins]
    joined += [(join.other_alias, join.other_field) for other in rule.when for join in other.joins]
    known = all(field in fact.fields for alias, field in joined if alias == pattern.alias)
    return known and plain.fills(fact, replace(pattern, joins=()), {})


@settings(max_examples=EXAMPLES, deadline=None)
@given(chances)
def test_the_engine_is_asked_exactly_where_each_pattern_of_a_rule_has_a_fact(chance: Random) -> None:
    made = program(chance)
    assume(not preflight(made))
    engine = ChainEngine(compile_program(made), firing_limit=MOST_FIRINGS)
    given_facts = facts(chance, made.kinds, most=12)
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
        for rule in made.rules
    )
    if wanted or len(given_facts) <= MOST_LOOKED_AT:
        assert bool(asserted) == wanted
    if not asserted:
        assert plain.run(made, given_facts, MOST_FIRINGS)[1] == set()
