"""Translates chained rules into the JSON that durable_rules' C engine takes.

The engine is given only names and integers of our making: fields are `p0`, `p1` and so on, and texts are
numbered. So no name or text of a ruleset or a request can collide, be cut or be compared as text in it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    Fact,
    FieldRef,
    FieldTest,
    Join,
    Operator,
    Pattern,
    Scalar,
)

SID = "0"
KIND = "k"
TRUE = "__t"
BOOT = "__boot"
BEFORE_IDENTITY = f'{{"sid":"{SID}","id":"'
BOOT_FACT = f'{{"sid":"{SID}","id":"{BOOT}","{BOOT}":1}}'

ENGINE_OPERATORS: Mapping[Operator, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}

Expression = Mapping[str, object]
Taken = tuple[str, int, str]
"""A field, the place of the pattern whose fact it is taken from, and the field there."""


@dataclass(frozen=True, slots=True)
class FieldCode:
    """A field as the engine knows it.

    The engine raises on a fact without a joined field, so there `presence` names a property that says
    whether the field is known; where it is not, the field is sent as 0.
    """

    name: str
    presence: str

    @property
    def spelling(self) -> tuple[str, str, str]:
        """What stands before and after the field's number in a fact, and what stands there without one."""
        if not self.presence:
            return f',"{self.name}":', "", ""
        return f',"{self.name}":', f',"{self.presence}":1', f',"{self.name}":0,"{self.presence}":0'


@dataclass(frozen=True)
class KindCode:
    """A kind as the engine knows it, with those of its fields that rules compare."""

    number: int
    fields: Mapping[str, FieldCode]

    @cached_property
    def after_identity(self) -> str:
        """What follows a fact's identity whatever its fields are."""
        return f'","{TRUE}":1,"{KIND}":{self.number}'

    @cached_property
    def spellings(self) -> tuple[tuple[str, str, str, str], ...]:
        """Each field with its spelling."""
        return tuple((field, *code.spelling) for field, code in self.fields.items())


@dataclass(frozen=True)
class CompiledProgram:
    """Chained rules as the engine takes them."""

    program: ChainProgram
    kinds: Mapping[str, KindCode]
    texts: Mapping[str, int]
    conditions: tuple[tuple[tuple[Expression, ...], ...], ...]
    """For each rule and each of its patterns the expressions that must all hold."""

    @cached_property
    def engine_json(self) -> str:
        """The rules as the engine reads them."""
        rules: dict[str, object] = {
            rule_name(number): {
                "all": [
                    {alias_name(place): {"$and": condition}} for place, condition in enumerate(conditions)
                ]
            }
            for number, conditions in enumerate(self.conditions)
        }
        rules[BOOT] = {"all": [{"m": {BOOT: 1}}]}
        return json.dumps(rules, separators=(",", ":"))

    @cached_property
    def aliases(self) -> tuple[tuple[str, ...], ...]:
        """For each rule the engine's names of its patterns."""
        return tuple(
            tuple(alias_name(place) for place in range(len(rule.when))) for rule in self.program.rules
        )

    @cached_property
    def concluded(self) -> tuple[tuple[tuple[Taken, ...], Mapping[str, Scalar]], ...]:
        """For each rule the fields that it concludes: those taken from facts, and the constant ones."""
        return tuple(_concluded(rule) for rule in self.program.rules)

    def concluded_fields(
        self, number: int, places: Sequence[int], facts: Sequence[Fact]
    ) -> dict[str, Scalar]:
        """The fields that a rule concludes from the facts at PLACES; what those lack is left out."""
        taken, constant = self.concluded[number]
        fields = dict(constant)
        for field, place, source in taken:
            value = facts[places[place]].fields.get(source)
            if value is not None:
                fields[field] = value
        return fields

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the engine reads, in hexadecimal."""
        return hashlib.sha256(self.engine_json.encode()).hexdigest()

    def fact_json(self, fact: Fact, identity: int, texts: dict[str, int]) -> str:
        """A fact of a kind that some rule needs; `texts` numbers the texts of one run and grows."""
        name, given = fact
        kind = self.kinds[name]
        told = f"{BEFORE_IDENTITY}{identity}{kind.after_identity}"
        for field, before, after, unknown in kind.spellings:
            value = given.get(field)
            if value is None:
                told += unknown
            elif value.__class__ is str:
                told += f"{before}{texts.setdefault(value, len(texts))}{after}"
            else:
                told += f"{before}{value_number(value, texts)}{after}"
        return told + "}"


def compile_program(program: ChainProgram) -> CompiledProgram:
    """The engine's form of a program in which `preflight` finds nothing wrong."""
    kinds = _kind_codes(program)
    texts: dict[str, int] = {}
    conditions = tuple(
        tuple(_condition(rule, place, kinds, texts) for place in range(len(rule.when)))
        for rule in program.rules
    )
    return CompiledProgram(program, kinds, texts, conditions)


def rule_name(number: int) -> str:
    """The engine's name for the rule at a place in the program."""
    return f"r{number}"


def rule_number(name: str) -> int:
    """The place in the program of the rule that the engine names."""
    return int(name[1:])


def alias_name(place: int) -> str:
    """The engine's name for the pattern at a place in its rule."""
    return f"a{place}"


def value_number(value: Scalar, texts: dict[str, int]) -> int:
    """A value as an integer; a text that has none yet takes the next."""
    if isinstance(value, str):
        return texts.setdefault(value, len(texts))
    return value.toordinal() if isinstance(value, date) else int(value)


def _concluded(rule: ChainRule) -> tuple[tuple[Taken, ...], Mapping[str, Scalar]]:
    places = {pattern.alias: place for place, pattern in enumerate(rule.when)}
    taken: list[Taken] = []
    constant: dict[str, Scalar] = {}
    for field, source in rule.then.fields.items():
        if isinstance(source, FieldRef):
            taken.append((field, places[source.alias], source.field))
        else:
            constant[field] = source
    return tuple(taken), constant


def _kind_codes(program: ChainProgram) -> dict[str, KindCode]:
    """Codes for the kinds that rules need and the fields that they compare."""
    compared: dict[str, dict[str, None]] = {}
    joined: set[tuple[str, str]] = set()
    for rule in program.rules:
        kind_of = {pattern.alias: pattern.kind for pattern in rule.when}
        for pattern in rule.when:
            compared.setdefault(pattern.kind, {}).update((test.field, None) for test in pattern.tests)
            for join in pattern.joins:
                for kind, field in (
                    (pattern.kind, join.field),
                    (kind_of[join.other_alias], join.other_field),
                ):
                    compared[kind][field] = None
                    joined.add((kind, field))
    codes: dict[str, KindCode] = {}
    count = 0
    for number, (kind, fields) in enumerate(compared.items()):
        names: dict[str, FieldCode] = {}
        for field in fields:
            names[field] = FieldCode(f"p{count}", f"h{count}" if (kind, field) in joined else "")
            count += 1
        codes[kind] = KindCode(number, names)
    return codes


def _condition(
    rule: ChainRule, place: int, kinds: Mapping[str, KindCode], texts: dict[str, int]
) -> tuple[Expression, ...]:
    """What a fact must satisfy to fill a pattern: constants, then joins, then the tautology."""
    pattern = rule.when[place]
    kind = kinds[pattern.kind]
    known = (kind.fields[field].presence for field in _fields_compared(rule, pattern))
    constants: list[Expression] = [{KIND: kind.number}]
    constants += [{presence: 1} for presence in known if presence]
    constants += [_test(test, kind, texts) for test in pattern.tests]
    if place == 0:
        return tuple(constants)
    places = {other.alias: number for number, other in enumerate(rule.when)}
    joins = [
        _join(
            join, kind, alias_name(places[join.other_alias]), kinds[rule.when[places[join.other_alias]].kind]
        )
        for join in pattern.joins
    ]
    # INVARIANT: the last operand of a condition on several facts is never false; when it is, the engine
    # reads past the end of the condition.
    tautology = {"$lte": {TRUE: {alias_name(0): TRUE}}}
    return (*constants, *joins, tautology)


def _fields_compared(rule: ChainRule, pattern: Pattern) -> list[str]:
    """Fields of a pattern's fact that the rule compares, here or from a later pattern."""
    here = [test.field for test in pattern.tests] + [join.field for join in pattern.joins]
    later = [
        join.other_field for other in rule.when for join in other.joins if join.other_alias == pattern.alias
    ]
    return sorted({*here, *later})


def _test(test: FieldTest, kind: KindCode, texts: dict[str, int]) -> Expression:
    return _compare(kind.fields[test.field].name, test.op, value_number(test.value, texts))


def _join(join: Join, kind: KindCode, other_alias: str, other_kind: KindCode) -> Expression:
    other = {other_alias: other_kind.fields[join.other_field].name}
    return _compare(kind.fields[join.field].name, join.op, other)


def _compare(name: str, operator: Operator, value: object) -> Expression:
    return {name: value} if operator == "=" else {ENGINE_OPERATORS[operator]: {name: value}}
