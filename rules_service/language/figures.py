"""Reads the figures of an office: indicators over its counts and duties, and indexes over indicators."""

from collections.abc import Mapping

from rules_service.language.citations import read_citations
from rules_service.language.findings import Code
from rules_service.language.model.counts import Count
from rules_service.language.model.figures import (
    AverageDays,
    CountShare,
    CountTotal,
    DutyShare,
    IndexPart,
    IndexRule,
    IndicatorRule,
    Wanted,
)
from rules_service.language.model.parameters import Parameter
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.references import read_start
from rules_service.language.scope import Scope
from rules_service.language.source import Entries, Node

HEAVIEST = 1_000_000
STATES = (
    "not_started",
    "pending",
    "due_soon",
    "met",
    "met_late",
    "overdue",
    "suspended",
    "discharged",
    "void",
)
WANTED = {wanted.value: wanted for wanted in Wanted if wanted is not Wanted.NOT_SAID}
NOTHING = Reference(RefKind.LITERAL, literal=0)


def read_indicators(node: Node | None, counts: tuple[Count, ...], scope: Scope) -> tuple[IndicatorRule, ...]:
    """Reads all indicators."""
    by_name = {count.name: count for count in counts}
    return tuple(_indicator(item, by_name, scope) for item in scope.reading.items(node, "指标"))


def _indicator(node: Node, counts: Mapping[str, Count], scope: Scope) -> IndicatorRule:
    read = scope.reading
    values = read.record(node, "指标", "id", "of_duties part whole total average_days wanted cite basis note")
    name = scope.code("indicator", values.get("id"), "指标")
    place = f"指标 {name}"
    return IndicatorRule(
        name,
        _figure(values, node, counts, scope, place),
        read.choice(values.get("wanted"), place, WANTED, Wanted.NOT_SAID),
        read_citations(values, node, scope, place),
    )


def _figure(
    values: Mapping[str, Node], node: Node, counts: Mapping[str, Count], scope: Scope, place: str
) -> DutyShare | CountShare | CountTotal | AverageDays:
    if "average_days" in values:
        return _average(values["average_days"], counts, scope, place)
    if "total" in values:
        return CountTotal(_of_count(values["total"], counts, scope, place))
    read = scope.reading
    for key in ("part", "whole"):
        if key not in values:
            read.find(Code.MISSING_KEY, node, place, f"缺少“{key}”。", "请写分子 part 和分母 whole。")
    part, whole = values.get("part"), values.get("whole")
    if isinstance(part, Entries) or isinstance(whole, Entries):
        share = CountShare(_of_count(part, counts, scope, place), _of_count(whole, counts, scope, place))
        _check_alike(share, node, counts, scope, place)
        return share
    if "of_duties" not in values:
        read.find(Code.MISSING_KEY, node, place, "缺少“of_duties”。", "除两个计数时写 part: {count: …}。")
    return DutyShare(
        scope.code_list("concept", values.get("of_duties"), place),
        _states(part, scope, place),
        _states(whole, scope, place),
    )


def _check_alike(
    share: CountShare, node: Node, counts: Mapping[str, Count], scope: Scope, place: str
) -> None:
    """People are a share of people and matters of matters: of each other they would be none."""
    counted = {counts[name].summed for name in (share.part, share.whole) if name in counts}
    if len(counted) > 1:
        scope.reading.find(
            Code.WRONG_SUM,
            node,
            place,
            f"“{share.part}”和“{share.whole}”数的不是同一样东西，除不出比例。",
            "两个都数件数，或两个都加（sum）同一个事实。",
        )


def _states(node: Node | None, scope: Scope, place: str) -> tuple[str, ...]:
    states = scope.reading.texts(node, place)
    for state in states:
        if state not in STATES and node is not None:
            message = f"不认识状态“{state}”。"
            scope.reading.find(Code.WRONG_LITERAL, node, place, message, f"可以写：{'、'.join(STATES)}。")
    return states


def _of_count(node: Node | None, counts: Mapping[str, Count], scope: Scope, place: str) -> str:
    return _counted(scope.reading.record(node, place, "count").get("count"), counts, scope, place)


def _counted(node: Node | None, counts: Mapping[str, Count], scope: Scope, place: str) -> str:
    name = scope.reading.text(node, place)
    if node is not None and name not in counts:
        known = "、".join(sorted(counts)) or "（没有计数）"
        scope.reading.find(Code.UNKNOWN_NAME, node, place, f"本规则集没有计数“{name}”。", f"有：{known}。")
    return name


def _average(node: Node, counts: Mapping[str, Count], scope: Scope, place: str) -> AverageDays:
    values = scope.reading.record(node, place, "of from to")
    start, end = (read_start(values.get(key), scope, place) for key in ("from", "to"))
    return AverageDays(_counted(values.get("of"), counts, scope, place), start or NOTHING, end or NOTHING)


def read_indexes(
    node: Node | None, indicators: tuple[IndicatorRule, ...], scope: Scope
) -> tuple[IndexRule, ...]:
    """Reads all indexes."""
    by_name = {rule.id: rule for rule in indicators}
    return tuple(_index(item, by_name, scope) for item in scope.reading.items(node, "指数"))


def _index(node: Node, indicators: dict[str, IndicatorRule], scope: Scope) -> IndexRule:
    read = scope.reading
    values = read.record(node, "指数", "id parts", "cite basis note")
    name = scope.code("indicator", values.get("id"), "指数")
    place = f"指数 {name}"
    parts = tuple(_part(item, indicators, scope, place) for item in read.items(values.get("parts"), place))
    return IndexRule(name, parts, read_citations(values, node, scope, place))


def _part(node: Node, indicators: dict[str, IndicatorRule], scope: Scope, place: str) -> IndexPart:
    read = scope.reading
    values = read.record(node, place, "indicator weight")
    name, weight = read.text(values.get("indicator"), place), read.text(values.get("weight"), place)
    rule = indicators.get(name)
    message = cure = ""
    if rule is None:
        message, cure = f"本规则集没有指标“{name}”。", "指数的每一部分都要是本规则集的指标。"
    elif isinstance(rule.figure, AverageDays | CountTotal):
        message, cure = f"“{name}”不是比例。", "指数只合成比例，不合成平均天数和总数，请换一个指标。"
    elif rule.wanted is Wanted.NOT_SAID:
        message, cure = f"“{name}”没有写希望上升还是下降。", "请给这个指标写 wanted: up 或 wanted: down。"
    if message:
        read.find(Code.WRONG_INDEX_PART, values.get("indicator", node), place, message, cure)
    if not _is_weight(scope.parameters.get(weight)):
        read.find(
            Code.WRONG_INDEX_PART,
            values.get("weight", node),
            place,
            f"权重“{weight}”不是 1 到 {HEAVIEST} 的整数参数。",
            "权重是约定，请写成参数，便于公开和修改。",
        )
    return IndexPart(name, Reference(RefKind.PARAMETER, weight))


def _is_weight(parameter: Parameter | None) -> bool:
    values = [dated.value for dated in parameter.values] if parameter else []
    return bool(values) and all(isinstance(value, int) and 0 < value <= HEAVIEST for value in values)
