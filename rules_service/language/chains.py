"""Reads chained rules and where their facts come from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from rules_service.language.chain_rules import (
    ChainRule,
    FactConclusion,
    FieldRef,
    FieldTest,
    FieldType,
    FindingConclusion,
    Join,
    Operator,
    Pattern,
    Scalar,
)
from rules_service.language.citations import read_citations
from rules_service.language.findings import Code
from rules_service.language.model.chains import ChainedRule, ChainSource
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.names import check_name
from rules_service.language.papers import read_papers
from rules_service.language.scope import Scope
from rules_service.language.source import Node
from rules_service.language.spelling import closest
from rules_service.language.types import Kind, ValueType

FIELD_TYPES = {
    Kind.STRING: FieldType.TEXT,
    Kind.ENUM: FieldType.TEXT,
    Kind.INT: FieldType.INT,
    Kind.BOOL: FieldType.BOOL,
    Kind.DATE: FieldType.DATE,
}
OPERATORS: Mapping[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NO_VALUE: Scalar = ""
QUOTED = re.compile(r'".*"', re.DOTALL)
REFERENCE = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*", re.ASCII)
WIDE_SIGNS = ("＝", "＜", "＞", "≥", "≤", "≠", "！")
TEST = re.compile(r"\s*(<=|>=|!=|=|<|>)?\s*(.+?)\s*")


def read_chains(
    facts: Node | None, rules: Node | None, elapsed: Sequence[Elapsed], scope: Scope
) -> tuple[tuple[ChainSource, ...], tuple[ChainedRule, ...]]:
    """Reads `chain_facts:` and `chains:`."""
    read = scope.reading
    sources = tuple(_source(item, elapsed, scope) for item in read.items(facts, "链的事实"))
    return sources, tuple(_chain(item, scope) for item in read.items(rules, "链"))


def _source(node: Node, elapsed: Sequence[Elapsed], scope: Scope) -> ChainSource:
    read = scope.reading
    values = read.record(node, "链的事实", "kind matter_field", "of_event of_overdue silent elapsed")
    kind = scope.code("kind", values.get("kind"), "链的事实")
    place = f"链的事实 {kind}"
    fields = _fields(kind, scope)
    matter = read.text(values.get("matter_field"), place)
    if fields and matter not in fields:
        _no_field(kind, matter, values.get("matter_field", node), fields, scope, place)
    silent = []
    for name, event in read.entries(values.get("silent"), place).items():
        if fields and name not in fields:
            _no_field(kind, name, event, fields, scope, place)
        silent.append((name, scope.code("event", event, place)))
    return ChainSource(
        kind,
        scope.code("event", values.get("of_event"), place),
        scope.code("concept", values.get("of_overdue"), place),
        matter,
        tuple(silent),
        tuple(_elapsed_fields(values.get("elapsed"), kind, elapsed, scope)),
    )


def _elapsed_fields(
    node: Node | None, kind: str, elapsed: Sequence[Elapsed], scope: Scope
) -> Iterator[tuple[str, str]]:
    """The fields that take elapsed time."""
    place = f"链的事实 {kind}"
    fields = _fields(kind, scope)
    known = [rule.name for rule in elapsed]
    for name, told in scope.reading.entries(node, place).items():
        if fields and name not in fields:
            _no_field(kind, name, told, fields, scope, place)
        elif fields and fields[name].kind is not Kind.INT:
            scope.reading.find(Code.WRONG_FIELD, told, place, f"“{kind}.{name}”不是整数，不能写天数。")
        fact = scope.reading.text(told, place)
        if fact not in known:
            cure = f"有：{'、'.join(known)}。" if known else "请先写进 elapsed。"
            scope.reading.find(Code.UNKNOWN_NAME, told, place, f"本规则集没有经过的时间“{fact}”。", cure)
        scope.used.add(fact)
        yield name, fact


def _chain(node: Node, scope: Scope) -> ChainedRule:
    read = scope.reading
    values = read.record(node, "链", "id title when then", "priority papers cite basis note")
    name = read.text(values.get("id"), "链")
    place = f"链 {name}"
    check_name(name, values.get("id", node), read, place)
    kinds: dict[str, str] = {}
    patterns = []
    for alias, pattern in read.entries(values.get("when"), place).items():
        check_name(alias, pattern, read, f"{place} 代号")
        patterns.append(_pattern(alias, pattern, kinds, scope, place))
    rule = ChainRule(
        name,
        tuple(patterns),
        _conclusion(values.get("then"), kinds, scope, place),
        read.literal(values.get("priority"), place, lambda text: int(_number(text)), 0),
    )
    if "papers" in values and not isinstance(rule.then, FindingConclusion):
        read.find(
            Code.PAPER_WITHOUT_FINDING,
            values["papers"],
            place,
            "结论是一件新的事实，不能要求出文书。",
            "请把 papers 写到得出 finding 的链上。",
        )
    return ChainedRule(
        rule,
        read.text(values.get("title"), place),
        read_citations(values, node, scope, place),
        read_papers(values.get("papers"), scope, place),
    )


def _number(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("应当是 0 到 9999 的整数。")
    return text


def _pattern(alias: str, node: Node, kinds: dict[str, str], scope: Scope, place: str) -> Pattern:
    values = dict(scope.reading.entries(node, place))
    kind = scope.code("kind", values.pop("kind", node), f"{place} {alias}")
    fields = _fields(kind, scope)
    tests: list[FieldTest] = []
    joins: list[Join] = []
    for name, cell in values.items():
        where = f"{place} {alias}.{name}"
        if name not in fields:
            _no_field(kind, name, cell, fields, scope, where)
            continue
        text = scope.reading.text(cell, where)
        match = TEST.fullmatch(text)
        operator: Operator = OPERATORS[match[1] or "="] if match else "="
        right = match[2] if match else text
        other, _, other_field = right.partition(".")
        if other in kinds and other_field in _fields(kinds[other], scope):
            joins.append(Join(name, operator, other, other_field))
            continue
        if REFERENCE.fullmatch(right):
            _no_reference(right, kinds, cell, scope, where)
            continue
        if text.startswith(WIDE_SIGNS):
            scope.reading.find(
                Code.CELL_SYNTAX, cell, where, f"“{text}”用了全角的比较号。", "请写 = != < <= > >=。"
            )
            continue
        if QUOTED.fullmatch(right):
            message = f"链里的文字不加引号，“{right}”的引号会当作文字的一部分。"
            scope.reading.find(Code.CELL_SYNTAX, cell, where, message, f"请写 {right[1:-1]}。")
            continue
        try:
            tests.append(FieldTest(name, operator, _scalar(fields[name], right)))
        except ValueError as error:
            scope.reading.find(Code.CELL_TYPE, cell, where, f"“{text}”{error}")
    kinds[alias] = kind
    return Pattern(alias, kind, tuple(tests), tuple(joins))


def _conclusion(
    node: Node | None, kinds: dict[str, str], scope: Scope, place: str
) -> FindingConclusion | FactConclusion:
    read = scope.reading
    values = read.record(node, f"{place} then", "", "finding fact")
    if {"finding", "fact"} <= values.keys():
        message, cure = "一条链只有一个结论，却写了 finding 和 fact 两个。", "请分成两条链。"
        read.find(Code.CONTRADICTION, values["fact"], f"{place} then", message, cure)
    key = "finding" if "finding" in values else "fact"
    parts = dict(read.entries(values.get(key), f"{place} then"))
    kind_node = parts.pop("kind", None)
    if kind_node is None and node is not None:
        read.find(
            Code.MISSING_KEY,
            node,
            f"{place} then",
            "缺少结论。",
            "写 finding: {kind: …} 或 fact: {kind: …}。",
        )
    fields: dict[str, Scalar | FieldRef] = {}
    code = scope.code("finding" if key == "finding" else "kind", kind_node, f"{place} then")
    known = _fields(code, scope) if key == "fact" else {}
    for name, cell in parts.items():
        text = read.text(cell, f"{place} then")
        alias, _, field = text.partition(".")
        if alias in kinds and field in _fields(kinds[alias], scope):
            fields[name] = FieldRef(alias, field)
        elif REFERENCE.fullmatch(text):
            _no_reference(text, kinds, cell, scope, f"{place} then")
        elif key == "fact" and name not in known:
            _no_field(code, name, cell, known, scope, f"{place} then")
        else:
            parse = partial(_scalar, known.get(name, ValueType(Kind.STRING)))
            fields[name] = read.literal(cell, f"{place} then", parse, _NO_VALUE)
    return FindingConclusion(code, fields) if key == "finding" else FactConclusion(code, fields)


def _no_reference(text: str, kinds: Mapping[str, str], node: Node, scope: Scope, place: str) -> None:
    """Notes that `alias.field` names no field of a pattern before."""
    alias, _, field = text.partition(".")
    if alias in kinds:
        _no_field(kinds[alias], field, node, _fields(kinds[alias], scope), scope, place)
        return
    cure = f"可以写前面的代号：{'、'.join(kinds)}。" if kinds else "只能写在它前面的代号。"
    scope.reading.find(Code.UNKNOWN_NAME, node, place, f"“{text}”里没有代号“{alias}”。", cure)


def _scalar(kind: ValueType, text: str) -> Scalar:
    value = kind.from_text(text)
    if kind.kind not in FIELD_TYPES or not isinstance(value, Scalar):
        raise ValueError("这种类型不能用在链里。")
    return value


def _fields(kind: str, scope: Scope) -> Mapping[str, ValueType]:
    definition = scope.vocabulary.kinds.get(kind)
    return definition.fields if definition else {}


def _no_field(
    kind: str, name: str, node: Node, fields: Mapping[str, ValueType], scope: Scope, place: str
) -> None:
    scope.reading.find(
        Code.WRONG_FIELD, node, place, f"事实类“{kind}”没有字段“{name}”。", closest(name, list(fields))
    )
