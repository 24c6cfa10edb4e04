"""Reads `elapsed:`, the time between two moments as a fact."""

from rules_service.language.citations import read_citations
from rules_service.language.findings import Code
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.model.periods import CountUnit
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.references import read_start
from rules_service.language.scope import Scope
from rules_service.language.source import Node
from rules_service.language.types import Kind

NOW = "now"
NOWHERE = Reference(RefKind.EVENT_AT, "")
UNITS = {unit.value: unit for unit in CountUnit if unit is not CountUnit.CLOCK_HOURS}


def read_elapsed(node: Node | None, scope: Scope) -> tuple[Elapsed, ...]:
    """Reads all facts that are elapsed time."""
    return tuple(_elapsed(item, scope) for item in scope.reading.items(node, "经过的时间"))


def _elapsed(node: Node, scope: Scope) -> Elapsed:
    read = scope.reading
    values = read.record(node, "经过的时间", "as from to count", "ended_by cite basis note")
    name = read.text(values.get("as"), "经过的时间")
    place = f"经过的时间 {name}"
    if not _is_number_of_units(name, scope):
        read.find(
            Code.WRONG_ELAPSED,
            values.get("as", node),
            place,
            f"“{name}”不能作经过的时间的名字。",
            "请用词汇表里标明 counted 的整数事实，写 min: 0，不写 max、told_only。",
        )
    to_now = "to" in values and read.text(values["to"], place) == NOW
    start = _moment(values.get("from"), scope, place)
    end = None if to_now else _moment(values.get("to"), scope, place)
    ended_by = scope.code_list("event", values.get("ended_by"), place)
    if start is not None and start == end:
        read.find(
            Code.WRONG_ELAPSED,
            values["to"],
            place,
            f"从“{start.name}”到同一个“{start.name}”，数出来总是 0。",
            "from 和 to 写不同的时刻。",
        )
    for moment in (start, end):
        if moment is not None and moment.kind is RefKind.EVENT_AT and moment.name in ended_by:
            read.find(
                Code.WRONG_ELAPSED,
                values["ended_by"],
                place,
                f"“{moment.name}”发生就结束，又从它起或者到它止，这个时间永远数不出来。",
                "ended_by 只写别的事件。",
            )
    return Elapsed(
        name,
        start or NOWHERE,
        end,
        read.choice(values.get("count"), place, UNITS, CountUnit.CALENDAR_DAYS),
        ended_by,
        read_citations(values, node, scope, place),
    )


def _is_number_of_units(name: str, scope: Scope) -> bool:
    """Whether a fact may take every number that comes out, and none that a caller tells."""
    fact = scope.vocabulary.facts.get(name)
    if fact is None or not fact.counted or fact.told_only or fact.type.kind is not Kind.INT:
        return False
    return (fact.type.least, fact.type.most) == (0, None)


def _moment(node: Node | None, scope: Scope, place: str) -> Reference | None:
    start = read_start(node, scope, place)
    if start is not None and start.kind is RefKind.PERIOD_DAY and node is not None:
        scope.reading.find(
            Code.WRONG_ELAPSED,
            node,
            place,
            f"不能从“{start.name}”起算经过的时间。",
            "可以写事件、日期类的事实、事件的日期类属性；to 还可以写 now。",
        )
    return start
