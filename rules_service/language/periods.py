"""Reads from when a period runs and how long it is."""

from collections.abc import Mapping

from rules_service.language.findings import Code
from rules_service.language.model.periods import CountUnit, Period, longest
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.references import read_amount, read_start
from rules_service.language.scope import Scope
from rules_service.language.source import Node
from rules_service.language.types import Value

UNITS = {unit.value: unit for unit in CountUnit}
NOWHERE = Reference(RefKind.EVENT_AT, "")


def read_period(node: Node | None, scope: Scope, place: str) -> Period:
    """Reads `due`: a start, and a number of units, a day that is told, or neither."""
    read = scope.reading
    values = read.record(node, f"{place} due", "from", "add count until presumed")
    presumed = None
    if "presumed" in values:
        parts = read.record(values["presumed"], f"{place} presumed", "from add count")
        presumed = _counted(parts, scope, f"{place} presumed")
    if node is not None:
        _check_parts(values, node, scope, place)
    return _counted(values, scope, place, presumed, read_start(values.get("until"), scope, place))


def _counted(
    values: Mapping[str, Node],
    scope: Scope,
    place: str,
    presumed: Period | None = None,
    until: Reference | None = None,
) -> Period:
    start = read_start(values.get("from"), scope, place)
    amount = read_amount(values.get("add"), scope, place)
    unit = scope.reading.choice(values.get("count"), place, UNITS, CountUnit.CALENDAR_DAYS)
    if amount is not None:
        check_range(amount, unit, values["add"], scope, place)
    return Period(start or NOWHERE, amount, unit, presumed, until)


def _check_parts(values: Mapping[str, Node], node: Node, scope: Scope, place: str) -> None:
    """A number has its unit, and the unit a number; a day that is told has neither."""
    place = f"{place} due"
    for part, other in (("add", "count"), ("count", "add")):
        if "until" in values and part in values:
            message = f"写了 until，就到那一天为止，同时写的 {part} 不起作用。"
            scope.reading.find(Code.WRONG_PERIOD, values[part], place, message, f"请删去 {part} 或 until。")
        elif part in values and other not in values:
            cure = f"可以写：{'、'.join(UNITS)}。" if other == "count" else "请写多少，或删去 count。"
            scope.reading.find(Code.MISSING_KEY, node, place, f"缺少“{other}”。", cure)


def check_range(amount: Reference, unit: CountUnit, node: Node, scope: Scope, place: str) -> None:
    """Notes where an amount may be a number that no period has."""
    most = longest(unit)
    numbers = [number for number in _numbers(amount, scope) if isinstance(number, int)]
    wrong = next((number for number in numbers if not 0 <= number <= most), None)
    if wrong is not None:
        text = scope.reading.text(node, place)
        what = f"“{text}”" if amount.kind is RefKind.LITERAL else f"“{text}”可以是 {wrong}，"
        scope.reading.find(
            Code.WRONG_PERIOD, node, place, f"{what}不能作期限的长度。", f"应当在 0 到 {most} 之间。"
        )


def _numbers(amount: Reference, scope: Scope) -> list[Value | None]:
    """The numbers that are known to be possible, before any fact is told."""
    match amount.kind:
        case RefKind.LITERAL:
            return [amount.literal]
        case RefKind.PARAMETER:
            return [dated.value for dated in scope.parameters[amount.name].values]
        case RefKind.OUTPUT:
            return [*scope.said.get(amount.name, ())]
        case _:
            return []
