"""Forward chaining by nested loops until nothing new follows: slow and obvious, no code of the engine."""

import operator
from collections.abc import Iterator, Sequence

from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    Fact,
    FactConclusion,
    FieldRef,
    Pattern,
    Scalar,
)

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Firing = tuple[str, tuple[int, ...]]


def compare(left: Scalar | None, op: str, right: Scalar | None) -> bool:
    return left is not None and right is not None and bool(COMPARE[op](left, right))


def fills(fact: Fact, pattern: Pattern, bound: dict[str, Fact]) -> bool:
    return (
        fact.kind == pattern.kind
        and all(compare(fact.fields.get(test.field), test.op, test.value) for test in pattern.tests)
        and all(
            compare(
                fact.fields.get(join.field), join.op, bound[join.other_alias].fields.get(join.other_field)
            )
            for join in pattern.joins
        )
    )


def bindings(
    rule: ChainRule, facts: Sequence[Fact], taken: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    if len(taken) == len(rule.when):
        yield taken
        return
    bound = {rule.when[place].alias: facts[index] for place, index in enumerate(taken)}
    for index, fact in enumerate(facts):
        if index not in taken and fills(fact, rule.when[len(taken)], bound):
            yield from bindings(rule, facts, (*taken, index))


def conclude(rule: ChainRule, facts: Sequence[Fact], taken: tuple[int, ...]) -> dict[str, Scalar]:
    bound = {pattern.alias: facts[index] for pattern, index in zip(rule.when, taken, strict=True)}
    fields = {
        field: bound[source.alias].fields.get(source.field) if isinstance(source, FieldRef) else source
        for field, source in rule.then.fields.items()
    }
    return {field: value for field, value in fields.items() if value is not None}


def run(program: ChainProgram, given: Sequence[Fact], enough: int) -> tuple[list[Fact], set[Firing]]:
    """Every fact there is in the end, and every rule that holds with the places of the facts it binds.

    Stops early, incomplete, when more than `enough` rules have fired.
    """
    facts = list(given)
    fired: set[Firing] = set()
    while len(fired) <= enough:
        new = [(rule, taken) for rule in program.rules for taken in bindings(rule, facts)]
        new = [(rule, taken) for rule, taken in new if (rule.id, taken) not in fired]
        if not new:
            return facts, fired
        for rule, taken in new:
            fired.add((rule.id, taken))
            if isinstance(rule.then, FactConclusion):
                fact = Fact(rule.then.kind, conclude(rule, facts, taken))
                if fact not in facts:
                    facts.append(fact)
    return facts, fired
