"""Two duties side by side: whether they can be compared, and how long their periods may be."""

from rules_service.analysis.periods import Length
from rules_service.language.model.duties import Duty
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.model.ruleset import Ruleset

UNLIMITED = 100_000
COUNTABLE = frozenset({RefKind.LITERAL, RefKind.PARAMETER, RefKind.OUTPUT})


def same_duty(one: Duty, other: Duty) -> bool:
    """Whether a duty means what another means: concept, obliged, start and meeting events."""
    return bool(one.concept) and (one.concept, one.obliged, one.period.start, set(one.met_by)) == (
        other.concept,
        other.obliged,
        other.period.start,
        set(other.met_by),
    )


def not_comparable(duty: Duty, above: Duty) -> str:
    """Why two duties cannot be compared, in Chinese; empty where they can."""
    if duty.owed_by_petitioner is not above.owed_by_petitioner:
        return "一个由机关承担，一个由信访人承担"
    if duty.concept != above.concept:
        return "含义（concept）不同"
    if duty.period.start != above.period.start or duty.period.start.kind is RefKind.DUE_AT:
        return "起算的事件不同"
    if set(duty.met_by) != set(above.met_by) or duty.met_by_any is not above.met_by_any:
        return "履行的事件不同"
    if duty.period.until != above.period.until:
        return "到期的日子由不同的事件指定"
    if above.period.amount and not duty.period.amount and not duty.owed_by_petitioner:
        return "上位有天数，此处没有"
    if duty.extension and above.extension and duty.extension.event != above.extension.event:
        return "延长的事件不同"
    for period in (duty.period, above.period):
        if period.amount is not None and period.amount.kind not in COUNTABLE:
            return "天数要看事实，事先不能确定"
    return ""


def longest(duty: Duty, ruleset: Ruleset) -> Length | None:
    """The longest that a duty's period may be, where it has a number."""
    amounts = _amounts(duty.period.amount, ruleset)
    return Length(max(amounts), duty.period.unit) if amounts else None


def shortest(duty: Duty, ruleset: Ruleset) -> Length | None:
    """The shortest that a duty's period may be, where it has a number."""
    amounts = _amounts(duty.period.amount, ruleset)
    return Length(min(amounts), duty.period.unit) if amounts else None


def most_extension(duty: Duty, ruleset: Ruleset) -> int:
    """The most days by which a duty may be extended."""
    return max(_extensions(duty, ruleset), default=0)


def least_extension(duty: Duty, ruleset: Ruleset) -> int:
    """The fewest days that a duty's extension is limited to."""
    return min(_extensions(duty, ruleset), default=0)


def _extensions(duty: Duty, ruleset: Ruleset) -> list[int]:
    if duty.extension is None:
        return []
    return _amounts(duty.extension.at_most, ruleset) if duty.extension.at_most else [UNLIMITED]


def _amounts(reference: Reference | None, ruleset: Ruleset) -> list[int]:
    """The numbers that a reference may stand for: one, or those that a table's rows give."""
    if reference is None:
        return []
    values: list[object] = []
    if reference.kind is RefKind.LITERAL:
        values = [reference.literal]
    elif reference.kind is RefKind.PARAMETER:
        values = [ruleset.parameters[reference.name].at(ruleset.in_force_from)]
    elif reference.kind is RefKind.OUTPUT:
        table_id, _, output = reference.name.partition(".")
        for table in ruleset.tables:
            if table.id == table_id:
                column = [it.name for it in table.outputs].index(output)
                values = [row.outputs[column] for row in table.rows]
    return [value for value in values if isinstance(value, int)]
