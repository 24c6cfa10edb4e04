"""What was kept of earlier runs says what the engine would say of the facts at hand."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import durable_rules_engine
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules_service.engine.chaining import ChainEngine, KeptFirings, compile_program, preflight
from rules_service.engine.chaining.kept import MOST_FACTS
from rules_service.language.chain_rules import Fact, FactConclusion, FindingConclusion
from service_kit.problems import RefusedError
from tests.rules_service.engine.chain_answers import MOST_FIRINGS
from tests.rules_service.engine.chain_programs import SHIPPED, TEXT, VALUES, facts, program

chances = st.randoms(use_true_random=False, note_method_calls=False)


def _renamed(given_facts: list[Fact], chance: Random) -> list[Fact]:
    """The same facts with other texts in the place of theirs, here and there with one that was another."""
    texts = VALUES[TEXT]
    others = (
        chance.sample(texts, len(texts)) if chance.random() < 0.5 else chance.choices(texts, k=len(texts))
    )
    other = dict(zip(texts, others, strict=True))
    return [
        Fact(fact.kind, {name: other.get(value, value) for name, value in fact.fields.items()})
        for fact in given_facts
    ]


def _said(engine: ChainEngine | KeptFirings, given_facts: list[Fact]) -> object:
    try:
        result = engine.run(given_facts)
    except RefusedError as refused:
        return [problem.code for problem in refused.problems]
    return result.firings, result.derived


@settings(max_examples=300)
@given(chances, st.booleans())
def test_what_is_kept_is_what_the_engine_says(chance: Random, findings_only: bool) -> None:
    made = program(chance)
    if findings_only:
        rules = [
            rule
            if isinstance(rule.then, FindingConclusion)
            else replace(rule, then=FindingConclusion("found", rule.then.fields))
            for rule in made.rules
        ]
        made = replace(made, rules=tuple(rules))
    assume(not preflight(made))
    engine = ChainEngine(compile_program(made), firing_limit=MOST_FIRINGS)
    kept = KeptFirings(engine)
    try:
        for _ in range(3):
            asked = facts(chance, made.kinds)
            for like in (asked, _renamed(asked, chance), _renamed(asked, chance), asked):
                assert _said(kept, like) == _said(engine, like)
    finally:
        engine.close()


@pytest.fixture
def asserted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the C engine is told."""
    told: list[str] = []
    assert_fact = durable_rules_engine.assert_fact

    def asserting(handle: int, fact: str) -> object:
        told.append(fact)
        return assert_fact(handle, fact)

    monkeypatch.setattr(durable_rules_engine, "assert_fact", asserting)
    return told


@pytest.fixture
def shipped() -> Iterator[KeptFirings]:
    engine = ChainEngine(compile_program(SHIPPED))
    yield KeptFirings(engine)
    engine.close()


def _late(matter: str, explained: str = "no") -> list[Fact]:
    overdue = Fact("overdue_matter", {"matter": matter, "explained": explained})
    return [Fact("urging", {"matter": matter}), Fact("supervision", {"matter": matter}), overdue]


def test_facts_that_differ_in_a_name_alone_are_asked_about_once(
    shipped: KeptFirings, asserted: list[str]
) -> None:
    first = shipped.run(_late("甲"))
    count = len(asserted)
    second = shipped.run(_late("乙"))
    assert count > 0
    assert len(asserted) == count
    assert [finding.fields for _, _, finding in first.findings()] == [{"matter": "甲"}]
    assert [finding.fields for _, _, finding in second.findings()] == [{"matter": "乙"}]
    assert second.firings[0].bindings[0].fact == Fact("urging", {"matter": "乙"})


def test_a_text_that_a_rule_names_is_not_like_another(shipped: KeptFirings) -> None:
    assert len(shipped.run(_late("甲", "no")).firings) == 1
    assert shipped.run(_late("甲", "yes")).firings == ()
    # The matter is called what the rule calls unexplained, and is so in two facts of three.
    assert len(shipped.run(_late("no", "no")).firings) == 1
    assert shipped.run(_late("no", "甲")).firings == ()


def test_facts_are_looked_at_before_what_was_kept(shipped: KeptFirings) -> None:
    shipped.run(_late("甲"))
    with pytest.raises(RefusedError, match="CHAIN_TYPE_MIXED"):
        shipped.run([*_late("甲")[:2], Fact("overdue_matter", {"matter": "甲", "explained": True})])
    with pytest.raises(RefusedError, match="CHAIN_UNKNOWN_NAME"):
        shipped.run([*_late("甲")[:2], Fact("overdue_matter", {**_late("甲")[2].fields, "person": "某"})])


def test_of_many_facts_nothing_is_kept(shipped: KeptFirings, asserted: list[str]) -> None:
    many = [fact for number in range(MOST_FACTS) for fact in _late(str(number))]
    assert len(shipped.run(many).firings) == MOST_FACTS
    count = len(asserted)
    assert len(shipped.run(many).firings) == MOST_FACTS
    assert len(asserted) > count


def test_programs_that_conclude_facts_always_ask(asserted: list[str]) -> None:
    rule = replace(SHIPPED.rules[0], then=FactConclusion("urging", {"matter": "甲"}))
    engine = ChainEngine(compile_program(replace(SHIPPED, rules=(rule,))))
    kept = KeptFirings(engine)
    try:
        assert kept.run(_late("甲")).derived == ()
        count = len(asserted)
        assert kept.run(_late("乙")).derived == (Fact("urging", {"matter": "甲"}),)
        assert len(asserted) > count
    finally:
        engine.close()
