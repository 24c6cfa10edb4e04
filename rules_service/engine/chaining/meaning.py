"""Whether chained rules make sense: every name is known, every comparison is of one type."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rules_service.language.chain_rules import (
    ORDERED,
    ChainProgram,
    ChainRule,
    FactConclusion,
    FactKind,
    FieldRef,
    FieldType,
    Operator,
    Pattern,
    Scalar,
)
from service_kit.problems import Problem

LARGEST_INT = 2**53

TYPE_NAMES = {
    FieldType.TEXT: "文本",
    FieldType.INT: "整数",
    FieldType.BOOL: "是否",
    FieldType.DATE: "日期",
}

Kinds = Mapping[str, FactKind]


def check_meaning(program: ChainProgram) -> list[Problem]:
    """Everything in the program that has no meaning; nothing where the rules are sound."""
    kinds = {kind.name: kind for kind in program.kinds}
    problems = [
        Problem("CHAIN_NAME_TWICE", "事实种类", f"“{name}”定义了两次。", "请删去或改名。")
        for name in _repeated(kind.name for kind in program.kinds)
    ]
    problems += [
        Problem("CHAIN_NAME_TWICE", "链式规则", f"规则“{name}”写了两次。", "请给每条规则不同的编号。")
        for name in _repeated(rule.id for rule in program.rules)
    ]
    for rule in program.rules:
        problems += _rule(rule, kinds)
    return problems


def fits(value: Scalar, field_type: FieldType) -> bool:
    """Whether a value is of a type, and an integer one that is told apart from its neighbours everywhere."""
    if type(value) is not field_type.python:
        return False
    return not isinstance(value, int) or is_exact(value)


def is_exact(value: int) -> bool:
    """Whether an integer is told apart from its neighbours everywhere."""
    return -LARGEST_INT <= value <= LARGEST_INT


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _rule(rule: ChainRule, kinds: Kinds) -> Iterator[Problem]:
    place = f"链式规则 {rule.id}"
    if not rule.when:
        yield Problem("CHAIN_WITHOUT_CONDITION", place, "没有条件。", "请在 when 里至少写一个条件。")
    for alias in _repeated(pattern.alias for pattern in rule.when):
        yield Problem("CHAIN_NAME_TWICE", place, f"条件名“{alias}”用了两次。", "请给每个条件不同的名字。")
    earlier: dict[str, FactKind] = {}
    for pattern in rule.when:
        where = f"{place} 的条件 {pattern.alias}"
        kind = kinds.get(pattern.kind)
        if kind is None:
            yield _unknown(where, f"不认识事实种类“{pattern.kind}”。", kinds)
            continue
        yield from _tests(pattern, kind, where)
        yield from _joins(pattern, kind, earlier, where)
        earlier[pattern.alias] = kind
    yield from _conclusion(rule, kinds, earlier, f"{place} 的结论")


def _tests(pattern: Pattern, kind: FactKind, where: str) -> Iterator[Problem]:
    for test in pattern.tests:
        field_type = kind.fields.get(test.field)
        if field_type is None:
            yield _unknown(where, f"“{kind.name}”没有字段“{test.field}”。", kind.fields)
            continue
        yield from _operator(test.op, field_type, test.field, where)
        if not fits(test.value, field_type):
            yield _wrong_type(where, test.field, field_type, f"不能与“{test.value}”比较")


def _joins(
    pattern: Pattern, kind: FactKind, earlier: Mapping[str, FactKind], where: str
) -> Iterator[Problem]:
    for join in pattern.joins:
        other = earlier.get(join.other_alias)
        if other is None:
            yield Problem(
                "CHAIN_ALIAS_NOT_EARLIER",
                where,
                f"“{join.other_alias}”不是前面的条件。",
                "只能与写在前面的条件相比，请调整条件的先后。",
            )
            continue
        field_type, other_type = kind.fields.get(join.field), other.fields.get(join.other_field)
        if field_type is None:
            yield _unknown(where, f"“{kind.name}”没有字段“{join.field}”。", kind.fields)
        elif other_type is None:
            yield _unknown(where, f"“{other.name}”没有字段“{join.other_field}”。", other.fields)
        else:
            yield from _operator(join.op, field_type, join.field, where)
            if field_type is not other_type:
                against = f"{join.other_alias}.{join.other_field}（{TYPE_NAMES[other_type]}）"
                yield _wrong_type(where, join.field, field_type, f"不能与{against}比较")


def _operator(operator: Operator, field_type: FieldType, field: str, where: str) -> Iterator[Problem]:
    if operator not in ("=", "!=") and field_type not in ORDERED:
        yield Problem(
            "CHAIN_ORDER_ON_UNORDERED",
            where,
            f"“{field}”是{TYPE_NAMES[field_type]}，不能比较大小。",
            "文本和是否只能用 = 或 !=；要比较先后请用日期或整数字段。",
        )


def _conclusion(
    rule: ChainRule, kinds: Kinds, aliases: Mapping[str, FactKind], where: str
) -> Iterator[Problem]:
    wanted: Mapping[str, FieldType] | None = None
    if isinstance(rule.then, FactConclusion):
        kind = kinds.get(rule.then.kind)
        if kind is None:
            yield _unknown(where, f"不认识事实种类“{rule.then.kind}”。", kinds)
            return
        wanted = kind.fields
    for field, value in rule.then.fields.items():
        if wanted is not None and field not in wanted:
            yield _unknown(where, f"没有字段“{field}”。", wanted)
            continue
        field_type = wanted[field] if wanted is not None else None
        if not isinstance(value, FieldRef):
            if field_type is not None and not fits(value, field_type):
                yield _wrong_type(where, field, field_type, f"不能是“{value}”")
            continue
        source = aliases.get(value.alias)
        if source is None:
            yield _unknown(where, f"没有条件“{value.alias}”。", aliases)
        elif value.field not in source.fields:
            yield _unknown(where, f"“{source.name}”没有字段“{value.field}”。", source.fields)
        elif field_type is not None and source.fields[value.field] is not field_type:
            other_type = TYPE_NAMES[source.fields[value.field]]
            yield _wrong_type(
                where, field, field_type, f"不能取自{value.alias}.{value.field}（{other_type}）"
            )


def _unknown(where: str, message: str, known: Iterable[str]) -> Problem:
    names = "、".join(known)
    return Problem("CHAIN_UNKNOWN_NAME", where, message, f"可以写：{names}。" if names else "")


def _wrong_type(where: str, field: str, field_type: FieldType, what: str) -> Problem:
    return Problem(
        "CHAIN_TYPE_MIXED",
        where,
        f"“{field}”是{TYPE_NAMES[field_type]}，{what}。",
        f"请用同一类型；整数不超过 {LARGEST_INT}。" if field_type is FieldType.INT else "请用同一类型。",
    )
