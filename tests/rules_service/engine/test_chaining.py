import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime

import durable_rules_engine
import pytest

from rules_service.engine.chaining import (
    ChainEngine,
    EngineFailedError,
    Finding,
    compile_program,
    open_engine,
)
from rules_service.engine.chaining.admission import MOST_FACTS
from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    Fact,
    FactConclusion,
    FactKind,
    FieldRef,
    FieldTest,
    FindingConclusion,
    Join,
    Pattern,
    Scalar,
)
from service_kit.problems import Refusal, RefusedError
from tests.rules_service.engine.chain_programs import BOOL, DATE, INT, SHIPPED, TEXT

EDGES = ChainProgram(
    kinds=(FactKind("edge", {"a": TEXT, "b": TEXT}), FactKind("path", {"a": TEXT, "b": TEXT})),
    rules=(
        ChainRule(
            "begin",
            (Pattern("e", "edge"),),
            FactConclusion("path", {"a": FieldRef("e", "a"), "b": FieldRef("e", "b")}),
        ),
        ChainRule(
            "go_on",
            (Pattern("p", "path"), Pattern("e", "edge", joins=(Join("a", "=", "p", "b"),))),
            FactConclusion("path", {"a": FieldRef("p", "a"), "b": FieldRef("e", "b")}),
        ),
    ),
)


@pytest.fixture(scope="module")
def shipped() -> Iterator[ChainEngine]:
    engine = open_engine(SHIPPED)
    yield engine
    engine.close()


def engine_of(program: ChainProgram, firing_limit: int = 10_000) -> ChainEngine:
    return ChainEngine(compile_program(program), firing_limit=firing_limit)


def urged(matter: str) -> Fact:
    return Fact("urging", {"matter": matter})


def supervised(matter: str) -> Fact:
    return Fact("supervision", {"matter": matter})


def overdue(matter: str, explained: str = "no") -> Fact:
    return Fact("overdue_matter", {"matter": matter, "explained": explained})


def edge(a: str, b: str) -> Fact:
    return Fact("edge", {"a": a, "b": b})


def found(engine: ChainEngine, facts: list[Fact]) -> list[Scalar]:
    return [
        firing.concluded.fields["matter"]
        for firing in engine.run(facts).firings
        if isinstance(firing.concluded, Finding)
    ]


def test_a_matter_urged_supervised_and_still_overdue_is_found(shipped: ChainEngine) -> None:
    facts = [overdue("甲"), supervised("甲"), urged("甲")]
    (firing,) = shipped.run(facts).firings
    assert firing.rule == "urged_and_supervised_still_open"
    assert firing.concluded == Finding("year_end_deduction", {"matter": "甲"})
    assert [(binding.alias, binding.place) for binding in firing.bindings] == [("u", 2), ("s", 1), ("m", 0)]
    assert [binding.fact for binding in firing.bindings] == [facts[2], facts[1], facts[0]]


def test_several_matters_do_not_mix(shipped: ChainEngine) -> None:
    facts = [
        *(urged(matter) for matter in "甲乙丙丁"),
        *(supervised(matter) for matter in "乙丙丁"),
        *(overdue(matter) for matter in "甲乙丙"),
        overdue("丁", explained="yes"),
    ]
    assert found(shipped, facts) == ["乙", "丙"]
    assert found(shipped, facts[::-1]) == ["丙", "乙"]


def test_a_matter_urged_twice_is_told_for_each_urging(shipped: ChainEngine) -> None:
    assert found(shipped, [urged("甲"), urged("甲"), supervised("甲"), overdue("甲")]) == ["甲", "甲"]


def test_what_is_not_known_fills_no_pattern(shipped: ChainEngine) -> None:
    unknown = [Fact("urging", {}), Fact("supervision", {}), Fact("overdue_matter", {"explained": "no"})]
    assert found(shipped, unknown) == []
    assert found(shipped, [urged("甲"), supervised("甲"), Fact("overdue_matter", {"matter": "甲"})]) == []


def test_no_facts_no_firings(shipped: ChainEngine) -> None:
    result = shipped.run([])
    assert (result.firings, result.derived) == ((), ())


def test_one_request_leaves_nothing_for_the_next(shipped: ChainEngine) -> None:
    assert found(shipped, [urged("甲"), supervised("甲")]) == []
    assert found(shipped, [overdue("甲")]) == []
    assert found(shipped, [urged("甲"), supervised("甲"), overdue("甲")]) == ["甲"]


def test_facts_that_follow_join_in_the_same_run_and_are_one_when_equal() -> None:
    engine = engine_of(EDGES)
    result = engine.run([edge("1", "2"), edge("2", "3"), edge("1", "3"), edge("3", "1")])
    paths = sorted((str(fact.fields["a"]), str(fact.fields["b"])) for fact in result.derived)
    assert paths == [(a, b) for a in "123" for b in "123"]
    assert {binding.place for firing in result.firings for binding in firing.bindings} == set(range(13))


def test_a_fact_that_was_given_is_not_derived_again() -> None:
    result = engine_of(EDGES).run([Fact("path", {"a": "1", "b": "2"}), edge("1", "2")])
    assert result.derived == ()
    assert [firing.rule for firing in result.firings] == ["begin"]


def test_firings_come_by_priority_then_by_rule_then_by_facts() -> None:
    kind = FactKind("n", {"v": INT})
    rules = [("late", 5), ("soon", 0), ("sooner", 0)]
    program = ChainProgram(
        (kind,),
        tuple(ChainRule(name, (Pattern("x", "n"),), FindingConclusion(name, {}), p) for name, p in rules),
    )
    result = engine_of(program).run([Fact("n", {"v": 1}), Fact("n", {"v": 2})])
    told = [(firing.rule, firing.bindings[0].place) for firing in result.firings]
    assert told == [("soon", 0), ("soon", 1), ("sooner", 0), ("sooner", 1), ("late", 0), ("late", 1)]


def test_dates_and_integers_are_ordered_and_texts_equal_only_themselves() -> None:
    kind = FactKind("event", {"on": DATE, "days": INT, "open": BOOL, "note": TEXT})
    program = ChainProgram(
        (kind,),
        (
            ChainRule(
                "later",
                (
                    Pattern("x", "event", tests=(FieldTest("open", "=", True),)),
                    Pattern(
                        "y",
                        "event",
                        tests=(FieldTest("days", "<=", -1), FieldTest("on", ">", date(2024, 2, 28))),
                        joins=(Join("on", ">", "x", "on"), Join("note", "!=", "x", "note")),
                    ),
                ),
                FindingConclusion("later", {}),
            ),
        ),
    )
    first = Fact("event", {"on": date(2023, 12, 31), "days": 3, "open": True, "note": "5"})
    second = Fact("event", {"on": date(2024, 2, 29), "days": -10, "open": False, "note": "05"})
    engine = engine_of(program)
    assert len(engine.run([first, second]).firings) == 1
    same_note = Fact("event", {**second.fields, "note": "5"})
    assert engine.run([first, same_note]).firings == ()


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (Fact("complaint", {}), "CHAIN_UNKNOWN_NAME"),
        (Fact("urging", {"person": "某人"}), "CHAIN_UNKNOWN_NAME"),
        (Fact("urging", {"matter": 5}), "CHAIN_TYPE_MIXED"),
    ],
)
def test_a_fact_that_is_not_of_its_kind_is_refused(shipped: ChainEngine, fact: Fact, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        shipped.run([urged("甲"), fact])
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].place == "第 2 件事实"


@pytest.mark.parametrize("value", [True, 2**53 + 1, "1", date(2024, 1, 1)])
def test_an_integer_field_takes_only_integers(value: Scalar) -> None:
    program = ChainProgram(
        (FactKind("n", {"v": INT}),), (ChainRule("r", (Pattern("x", "n"),), FindingConclusion("f", {})),)
    )
    with pytest.raises(RefusedError, match="CHAIN_TYPE_MIXED"):
        engine_of(program).run([Fact("n", {"v": value})])


def test_a_date_field_takes_no_moment() -> None:
    program = ChainProgram(
        (FactKind("n", {"v": DATE}),), (ChainRule("r", (Pattern("x", "n"),), FindingConclusion("f", {})),)
    )
    with pytest.raises(RefusedError, match="CHAIN_TYPE_MIXED"):
        engine_of(program).run([Fact("n", {"v": datetime(2024, 1, 1).astimezone()})])


def test_too_many_firings_are_refused_and_the_engine_goes_on() -> None:
    engine = engine_of(EDGES, firing_limit=4)
    ring = [edge("1", "2"), edge("2", "3"), edge("3", "1")]
    for _ in range(20):
        with pytest.raises(RefusedError, match="CHAIN_TOO_MANY_FIRINGS") as refused:
            engine.run(ring)
        assert refused.value.refusal is Refusal.TOO_LARGE
        assert len(engine.run(ring[:2]).firings) == 3


def test_facts_that_could_form_too_many_combinations_never_reach_the_engine() -> None:
    pattern = Pattern("y", "edge", joins=(Join("a", "!=", "x", "a"),))
    rule = ChainRule("pairs", (Pattern("x", "edge"), pattern), FindingConclusion("f", {}))
    engine = engine_of(ChainProgram(EDGES.kinds, (rule,)))
    with pytest.raises(RefusedError, match="CHAIN_TOO_MANY_COMBINATIONS"):
        engine.run([edge(str(number), "") for number in range(MOST_FACTS)])


PAIRS_OF_PATHS = ChainRule(
    "pairs",
    (Pattern("x", "path"), Pattern("y", "path", joins=(Join("a", "!=", "x", "a"),))),
    FindingConclusion("f", {}),
)


@pytest.mark.parametrize("given", [True, False], ids=["given", "derived"])
def test_combinations_are_bounded_where_they_begin_to_matter(given: bool) -> None:
    program = ChainProgram(EDGES.kinds, (EDGES.rules[0], PAIRS_OF_PATHS))
    engine = ChainEngine(compile_program(program), most_combinations=12)
    paths = [Fact("path" if given else "edge", {"a": str(number), "b": ""}) for number in range(5)]
    for number in (2, 3, 4):
        pairs = [firing for firing in engine.run(paths[:number]).firings if firing.rule == "pairs"]
        assert len(pairs) == number * (number - 1)
    with pytest.raises(RefusedError, match="CHAIN_TOO_MANY_COMBINATIONS"):
        engine.run(paths)


def test_many_matters_of_one_office_are_no_explosion(shipped: ChainEngine) -> None:
    matters = [f"XF{number}" for number in range(3000)]
    facts = [make(matter) for matter in matters for make in (urged, supervised, overdue)]
    assert found(shipped, facts) == matters


def test_too_many_facts_are_refused(shipped: ChainEngine) -> None:
    with pytest.raises(RefusedError, match="CHAIN_TOO_MANY_FACTS"):
        shipped.run([urged("甲")] * (MOST_FACTS + 1))


def test_threads_share_an_engine(shipped: ChainEngine) -> None:
    wrong: list[str] = []

    def ask(name: str) -> None:
        for number in range(150):
            matter = f"{name}{number}"
            if found(shipped, [urged(matter), supervised(matter), overdue(matter)]) != [matter]:
                wrong.append(matter)

    threads = [threading.Thread(target=ask, args=(name,)) for name in "甲乙丙丁"]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []


@pytest.mark.parametrize("failing_call", ["assert_fact", "complete_and_start_action", "delete_state"])
def test_after_an_engine_error_the_handle_is_dropped_and_made_afresh(
    monkeypatch: pytest.MonkeyPatch, failing_call: str
) -> None:
    engine = engine_of(SHIPPED)
    facts = [urged("甲"), supervised("甲"), overdue("甲")]
    assert found(engine, facts) == ["甲"]
    handles: list[int] = []
    create = durable_rules_engine.create_ruleset

    def create_and_note(name: str, rules: str) -> int:
        handles.append(create(name, rules))
        return handles[-1]

    def fail(*_: object) -> None:
        raise durable_rules_engine.error("Operation failed, code: 312")

    with monkeypatch.context() as broken:
        broken.setattr(durable_rules_engine, failing_call, fail)
        with pytest.raises(EngineFailedError, match="312"):
            engine.run(facts)
    monkeypatch.setattr(durable_rules_engine, "create_ruleset", create_and_note)
    assert found(engine, facts) == ["甲"]
    assert len(handles) == 1


def test_a_closed_engine_runs_no_more() -> None:
    engine = engine_of(SHIPPED)
    engine.run([urged("甲")])
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine.run([urged("甲")])
