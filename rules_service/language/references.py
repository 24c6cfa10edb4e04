"""Reads what points at something else: a fact, an output, a moment, an amount of time."""

from rules_service.language.findings import Code
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.scope import Scope
from rules_service.language.source import Node
from rules_service.language.types import Kind, ValueType

PERIOD_DAYS = frozenset({"period.first_day", "period.last_day"})
WHOLE = ValueType(Kind.INT)
STARTS = {Kind.DATE, Kind.DATETIME}


def read_reference(node: Node | None, scope: Scope, place: str) -> Reference | None:
    """Reads a fact, a parameter, `table.output`, `event.at`, `event.attribute`, `duty.due_at`."""
    if node is None:
        return None
    text = scope.reading.text(node, place)
    vocabulary = scope.vocabulary
    head, _, member = text.partition(".")
    if text == "matter_id":
        return Reference(RefKind.MATTER_ID)
    if text in scope.outputs:
        return Reference(RefKind.OUTPUT, text)
    if text in scope.listed:
        scope.several_values(text, node, place)
        return None
    if text in scope.parameters:
        return Reference(RefKind.PARAMETER, text)
    if text in vocabulary.facts:
        if scope.name_type(text) is not None:
            return Reference(RefKind.FACT, text)
        scope.unknown_input(text, node, place)
        return None
    if head in vocabulary.events and member == "at":
        return Reference(RefKind.EVENT_AT, head)
    if head in vocabulary.events and member in vocabulary.events[head].attributes:
        return Reference(RefKind.EVENT_ATTRIBUTE, head, member)
    if head in scope.duties and member == "due_at":
        return Reference(RefKind.DUE_AT, head)
    scope.reading.find(
        Code.UNKNOWN_NAME,
        node,
        place,
        f"不知道“{text}”指什么。",
        "可以写事实、参数、表.输出、事件.at、事件.属性或 时限.due_at。",
    )
    return None


def read_amount(node: Node | None, scope: Scope, place: str) -> Reference | None:
    """Reads how much is added to a moment: a number, a parameter or `table.output`."""
    if node is None:
        return None
    text = scope.reading.text(node, place)
    if text.isascii() and text.isdigit():
        return Reference(RefKind.LITERAL, literal=scope.reading.literal(node, place, WHOLE.from_text, None))
    found = read_reference(node, scope, place)
    kind = found and _amount_type(found, scope)
    if found and (kind is None or kind.kind is not Kind.INT):
        scope.reading.find(Code.WRONG_AMOUNT, node, place, f"“{text}”不是整数，不能加到时间上。")
    return found


def _amount_type(reference: Reference, scope: Scope) -> ValueType | None:
    match reference.kind:
        case RefKind.PARAMETER:
            return scope.parameters[reference.name].type
        case RefKind.OUTPUT:
            return scope.outputs[reference.name]
        case RefKind.FACT:
            return scope.vocabulary.facts[reference.name].type
        case _:
            return None


def read_start(node: Node | None, scope: Scope, place: str) -> Reference | None:
    """A moment: an event's name, a fact that is a date or a moment, an end of an office's period."""
    if node is None:
        return None
    name = scope.reading.text(node, place)
    if name in PERIOD_DAYS:
        return Reference(RefKind.PERIOD_DAY, name)
    if name in scope.vocabulary.events:
        return Reference(RefKind.EVENT_AT, name)
    reference = read_reference(node, scope, place)
    if reference is None or _told_kind(reference, scope) in STARTS:
        return reference
    scope.reading.find(Code.WRONG_AMOUNT, node, place, f"“{name}”不是日期或时刻，不能从它起算。")
    return None


def _told_kind(reference: Reference, scope: Scope) -> Kind | None:
    """The kind of what a caller tells: a fact or an attribute of an event; None of anything else."""
    if reference.kind is RefKind.FACT:
        return scope.vocabulary.facts[reference.name].type.kind
    if reference.kind is RefKind.EVENT_ATTRIBUTE:
        return scope.vocabulary.events[reference.name].attributes[reference.member].type.kind
    return None
