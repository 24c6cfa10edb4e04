"""The engine against the plain interpreter, on generated programs and facts."""

import os
from collections import Counter
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules_service.engine.chaining import ChainEngine, ChainResult, Finding, compile_program, preflight
from rules_service.language.chain_rules import ChainProgram, Fact, FindingConclusion
from service_kit.problems import RefusedError
from tests.reference import chaining as plain
from tests.rules_service.engine.chain_programs import facts, programs

EXAMPLES = int(os.environ.get("HUIYIN_CHAIN_EXAMPLES", "300"))
REQUESTS = 3
MOST_FIRINGS = 400


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


def check_places(program: ChainProgram, given_facts: list[Fact], result: ChainResult) -> None:
    """Each binding points at the fact it shows, and firings come in the documented order, none twice."""
    places = [*given_facts, *result.derived]
    order = {rule.id: (rule.priority, number) for number, rule in enumerate(program.rules)}
    keys = []
    for firing in result.firings:
        assert all(places[binding.index] == binding.fact for binding in firing.bindings)
        keys.append((order[firing.rule], tuple(binding.index for binding in firing.bindings)))
    assert all(one < other for one, other in pairwise(keys))
