from collections.abc import Callable
from dataclasses import replace

import pytest

from rules_service.engine.chaining import ChainEngine, compile_program, open_engine, preflight, try_out
from rules_service.engine.chaining import trial as trials
from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    Conclusion,
    Fact,
    FactConclusion,
    FactKind,
    FieldRef,
    FieldTest,
    FindingConclusion,
    Join,
    Operator,
    Pattern,
)
from service_kit.problems import RefusedError
from tests.rules_service.engine.chain_programs import BOOL, DATE, INT, SHIPPED, TEXT

FOUND = FindingConclusion("found", {})
KIND = FactKind("event", {"code": TEXT, "days": INT, "open": BOOL, "on": DATE, "ref": TEXT})
X = Pattern("x", "event")
EQUAL = (Join("code", "=", "x0", "code"),)


def program(*when: Pattern, then: Conclusion = FOUND) -> ChainProgram:
    return ChainProgram((KIND,), (ChainRule("r", when, then),))


def one_rule_each(
    number: int, pattern: Callable[[int], Pattern], first: Pattern | None = None
) -> ChainProgram:
    when = [(first, pattern(n)) if first else (pattern(n),) for n in range(number)]
    return ChainProgram((KIND,), tuple(ChainRule(f"r{n}", w, FOUND) for n, w in enumerate(when)))


def a_test_of(*tests: FieldTest) -> ChainProgram:
    return program(replace(X, tests=tests))


def joined(*joins: Join) -> ChainProgram:
    return program(X, Pattern("y", "event", joins=joins))


def having_code(number: int) -> Pattern:
    return Pattern("x", "event", (FieldTest("code", "=", f"码{number}"),))


REFUSED = {
    "no condition": (program(), "CHAIN_WITHOUT_CONDITION"),
    "kind twice": (ChainProgram((KIND, KIND), ()), "CHAIN_NAME_TWICE"),
    "rule twice": (replace(SHIPPED, rules=SHIPPED.rules * 2), "CHAIN_NAME_TWICE"),
    "alias twice": (program(X, X), "CHAIN_NAME_TWICE"),
    "unknown kind": (program(Pattern("x", "matter")), "CHAIN_UNKNOWN_NAME"),
    "unknown field": (a_test_of(FieldTest("person", "=", "某人")), "CHAIN_UNKNOWN_NAME"),
    "unknown joined field": (joined(Join("person", "=", "x", "code")), "CHAIN_UNKNOWN_NAME"),
    "unknown other field": (joined(Join("code", "=", "x", "person")), "CHAIN_UNKNOWN_NAME"),
    "later alias": (
        program(replace(X, joins=(Join("code", "=", "y", "code"),)), Pattern("y", "event")),
        "CHAIN_ALIAS_NOT_EARLIER",
    ),
    "itself": (program(replace(X, joins=(Join("code", "=", "x", "ref"),))), "CHAIN_ALIAS_NOT_EARLIER"),
    "order on text": (a_test_of(FieldTest("code", "<", "b")), "CHAIN_ORDER_ON_UNORDERED"),
    "order on bool": (a_test_of(FieldTest("open", ">", False)), "CHAIN_ORDER_ON_UNORDERED"),
    "order on joined text": (joined(Join("code", ">=", "x", "ref")), "CHAIN_ORDER_ON_UNORDERED"),
    "number against text": (a_test_of(FieldTest("days", "=", "5")), "CHAIN_TYPE_MIXED"),
    "bool against number": (a_test_of(FieldTest("days", "=", True)), "CHAIN_TYPE_MIXED"),
    "number too large": (a_test_of(FieldTest("days", "=", 2**53 + 1)), "CHAIN_TYPE_MIXED"),
    "joined types": (joined(Join("days", "=", "x", "code")), "CHAIN_TYPE_MIXED"),
    "conclusion kind": (program(X, then=FactConclusion("matter", {})), "CHAIN_UNKNOWN_NAME"),
    "conclusion field": (program(X, then=FactConclusion("event", {"person": "某"})), "CHAIN_UNKNOWN_NAME"),
    "conclusion constant": (program(X, then=FactConclusion("event", {"days": "5"})), "CHAIN_TYPE_MIXED"),
    "conclusion reference": (
        program(X, then=FactConclusion("event", {"days": FieldRef("x", "code")})),
        "CHAIN_TYPE_MIXED",
    ),
    "conclusion alias": (
        program(X, then=FindingConclusion("f", {"a": FieldRef("z", "code")})),
        "CHAIN_UNKNOWN_NAME",
    ),
    "referenced field": (
        program(X, then=FindingConclusion("f", {"a": FieldRef("x", "zzz")})),
        "CHAIN_UNKNOWN_NAME",
    ),
    "nine conditions": (program(*(Pattern(f"x{n}", "event") for n in range(9))), "CHAIN_TOO_MANY_CONDITIONS"),
    "eight alike": (program(*(Pattern(f"x{n}", "event") for n in range(8))), "CHAIN_TOO_MANY_ALIKE"),
    "eight alike, joined": (
        program(Pattern("x0", "event"), *(Pattern(f"x{n}", "event", joins=EQUAL) for n in range(1, 8))),
        "CHAIN_TOO_MANY_ALIKE",
    ),
    "501 rules": (one_rule_each(501, having_code), "CHAIN_TOO_MANY_RULES"),
    "many comparisons": (
        a_test_of(*(FieldTest("days", "!=", n) for n in range(20))),
        "CHAIN_TOO_MANY_COMPARISONS",
    ),
    "many constants": (one_rule_each(257, having_code), "CHAIN_TOO_MANY_CONSTANTS"),
    "many ranges": (
        one_rule_each(33, lambda n: Pattern("x", "event", (FieldTest("days", ">", n),))),
        "CHAIN_TOO_MANY_AT_ONCE",
    ),
    "many joins": (
        one_rule_each(33, lambda n: Pattern("y", "event", joins=(Join("code", "=", "x", "ref"),)), X),
        "CHAIN_TOO_MANY_AT_ONCE",
    ),
    "one condition": (one_rule_each(129, lambda n: X), "CHAIN_CONDITION_SHARED"),
}


@pytest.mark.parametrize(("refused", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_engine_must_not_get_is_refused(refused: ChainProgram, code: str) -> None:
    problems = preflight(refused)
    assert {problem.code for problem in problems} == {code}
    assert all(problem.place and problem.message for problem in problems)
    with pytest.raises(RefusedError, match=code):
        open_engine(refused)


def test_all_problems_are_told_at_once() -> None:
    wrong = a_test_of(
        FieldTest("code", "<", "b"), FieldTest("days", "=", "5"), FieldTest("person", "=", "某人")
    )
    assert len(preflight(wrong)) == 3


def test_a_problem_says_where_why_and_how_to_mend_it() -> None:
    (problem,) = preflight(a_test_of(FieldTest("code", "<", "b")))
    assert str(problem) == (
        "链式规则 r 的条件 x：“code”是文本，不能比较大小。"
        "文本和是否只能用 = 或 !=；要比较先后请用日期或整数字段。 [CHAIN_ORDER_ON_UNORDERED]"
    )


def in_steps(number: int) -> Pattern:
    """A pattern that one fact passes together with no more than a 31st of the others."""
    return Pattern(
        "x", "event", (FieldTest("code", "=", f"码{number % 31}"), FieldTest("days", ">=", -number))
    )


AT_THE_LIMITS = {
    "256 constants": one_rule_each(256, having_code),
    "32 ranges": one_rule_each(32, lambda n: Pattern("x", "event", (FieldTest("days", ">", -n - 1),))),
    "31 joins on one condition": one_rule_each(
        31, lambda n: Pattern("y", "event", joins=(Join("code", "=", "x", "ref"),)), X
    ),
    "128 rules on one condition": one_rule_each(128, lambda n: X),
    "500 rules": one_rule_each(500, in_steps),
    "eight conditions": program(
        X,
        *(
            Pattern(f"x{n}", "event", (FieldTest("days", "=", n),), (Join("code", "=", "x", "code"),))
            for n in range(1, 8)
        ),
    ),
    "seven alike": program(*(Pattern(f"x{n}", "event") for n in range(7))),
    "eight in a row": program(
        Pattern("x0", "event"),
        *(Pattern(f"x{n}", "event", joins=(Join("days", ">", f"x{n - 1}", "days"),)) for n in range(1, 8)),
    ),
    "20 comparisons": a_test_of(*(FieldTest("days", "!=", n) for n in range(100, 119))),
    "two kinds with 200 constants each": ChainProgram(
        (KIND, FactKind("other", {"code": TEXT})),
        tuple(
            ChainRule(f"{kind}{n}", (Pattern("x", kind, (FieldTest("code", "=", f"码{n}"),)),), FOUND)
            for kind in ("event", "other")
            for n in range(200)
        ),
    ),
}


@pytest.mark.parametrize("allowed", AT_THE_LIMITS.values(), ids=AT_THE_LIMITS)
def test_what_is_allowed_runs_at_the_limit(allowed: ChainProgram) -> None:
    assert preflight(allowed) == []
    compiled = compile_program(allowed)
    assert try_out(compiled) == []
    engine = ChainEngine(compiled)
    events = [
        Fact("event", {"code": "码7", "days": n, "open": True, "ref": "码7"})
        for n in range(len(allowed.rules[0].when))
    ]
    assert engine.run(events).firings
    engine.close()


@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">="])
def test_every_operator_is_known_to_the_engine(op: Operator) -> None:
    engine = ChainEngine(compile_program(a_test_of(FieldTest("days", op, 5))))
    days = [n for n in (4, 5, 6) if engine.run([Fact("event", {"days": n})]).firings]
    assert days == {"=": [5], "!=": [4, 6], "<": [4], "<=": [4, 5], ">": [6], ">=": [5, 6]}[op]


def fnv_1a(text: str) -> int:
    """The engine's hash of property names and ids."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = ((found ^ byte) * 16777619) & 0xFFFFFFFF
    return found


def test_no_two_names_or_ids_that_the_engine_may_see_share_its_hash() -> None:
    most_fields = 256 * 80
    names = [
        "id",
        "sid",
        "k",
        "__t",
        "__boot",
        *(f"{letter}{n}" for letter in "ph" for n in range(most_fields)),
    ]
    assert len({fnv_1a(name) for name in names}) == len(names)
    assert len({fnv_1a(str(number)) for number in range(20_001)}) == 20_001


def test_the_same_program_gives_the_same_digest_and_another_gives_another() -> None:
    assert compile_program(SHIPPED).digest == compile_program(SHIPPED).digest
    assert compile_program(SHIPPED).digest != compile_program(program(X)).digest


def test_a_trial_runs_once_for_what_the_engine_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    trials._ends_well.cache_clear()
    assert try_out(compile_program(SHIPPED)) == []
    monkeypatch.setattr(trials, "CHILD", "/nonexistent")
    assert try_out(compile_program(SHIPPED)) == []
    assert [problem.code for problem in try_out(compile_program(program(X)))] == ["CHAIN_TRIAL_FAILED"]
    trials._ends_well.cache_clear()
