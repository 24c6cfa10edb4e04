"""Reads what a ruleset counts of an office's matters."""

from rules_service.language.citations import read_citations
from rules_service.language.findings import Code
from rules_service.language.model.counts import Count
from rules_service.language.model.references import Condition, Reference, RefKind
from rules_service.language.references import read_amount
from rules_service.language.scope import Scope
from rules_service.language.source import Node
from rules_service.language.types import Kind, ValueType

SMALLEST_GROUP = 5
LARGEST_GROUP = 1_000_000
GROUPED_BY = frozenset({Kind.ENUM, Kind.STRING})
NOTHING = Reference(RefKind.LITERAL, literal=0)


def read_counts(node: Node | None, scope: Scope) -> tuple[Count, ...]:
    """Reads all counts."""
    return tuple(_count(item, scope) for item in scope.reading.items(node, "计数"))


def _count(node: Node, scope: Scope) -> Count:
    read = scope.reading
    values = read.record(node, "计数", "as during", "sum where by at_least cite basis note")
    name = read.text(values.get("as"), "计数")
    place = f"计数 {name}"
    fact = scope.vocabulary.facts.get(name)
    if fact is None or not fact.counted:
        read.find(Code.UNKNOWN_NAME, node, place, "计数要用词汇表里标明 counted 的事实作名字。")
    return Count(
        name,
        scope.code("event", values.get("during"), place),
        _where(values.get("where"), scope, place),
        read_citations(values, node, scope, place),
        _summed(values.get("sum"), scope, place),
        _grouped_by(values.get("by"), scope, place),
        _least(values.get("at_least"), node, scope, place) if "by" in values else None,
    )


def _where(node: Node | None, scope: Scope, place: str) -> tuple[Condition, ...]:
    """What a matter must be to be counted; a text could name one household, whose count is no total."""
    conditions = scope.conditions(node, place)
    for condition in conditions:
        kind = scope.name_type(condition.input)
        if kind and kind.kind is Kind.STRING and condition.test.values:
            scope.reading.find(
                Code.WRONG_GROUP,
                scope.reading.entries(node, place)[condition.input],
                place,
                f"计数不能只数某个“{condition.input}”：它是文字，可以只指一户、一人。",
                f"请改用代码类的事实；或者按它分组：by: {condition.input}, at_least: {SMALLEST_GROUP}。",
            )
    return conditions


def _summed(node: Node | None, scope: Scope, place: str) -> str:
    """The fact that is added up: a number of something that there is, so never less than none of it."""
    if node is None:
        return ""
    name = scope.reading.text(node, place)
    kind = scope.name_type(name)
    if kind is None or name in scope.outputs:
        scope.unknown_input(name, node, place)
    elif scope.vocabulary.facts[name].counted or not _is_quantity(kind):
        scope.reading.find(
            Code.WRONG_SUM,
            node,
            place,
            f"不能把“{name}”加起来。",
            "请换成事项的整数事实，在词汇表里写明 min，不小于 0。",
        )
    return name


def _is_quantity(kind: ValueType) -> bool:
    return kind.kind is Kind.INT and isinstance(kind.least, int) and kind.least >= 0


def _grouped_by(node: Node | None, scope: Scope, place: str) -> str:
    if node is None:
        return ""
    name = scope.reading.text(node, place)
    kind = scope.name_type(name)
    if kind is None or name in scope.outputs:
        scope.unknown_input(name, node, place)
    elif kind.kind not in GROUPED_BY:
        scope.reading.find(
            Code.WRONG_GROUP, node, place, f"不能按“{name}”分组，它不是代码。", "请按代码类的事实分组。"
        )
    return name


def _least(node: Node | None, count: Node, scope: Scope, place: str) -> Reference:
    """The least size of a group that is shown: below five a group could tell who is in it."""
    least = read_amount(node, scope, place)
    values = [value for value in _values(least, scope) if isinstance(value, int)]
    if not values or not SMALLEST_GROUP <= min(values) <= max(values) <= LARGEST_GROUP:
        scope.reading.find(
            Code.WRONG_GROUP,
            node or count,
            place,
            f"分组的计数要写 at_least，{SMALLEST_GROUP} 到 {LARGEST_GROUP}：组太小，会看出是谁。",
            f"请写 at_least: {SMALLEST_GROUP}，或一个不小于它、也不太大的参数。",
        )
    return least or NOTHING


def _values(reference: Reference | None, scope: Scope) -> list[object]:
    if reference is None:
        return []
    if reference.kind is RefKind.PARAMETER:
        return [dated.value for dated in scope.parameters[reference.name].values]
    return [reference.literal]
