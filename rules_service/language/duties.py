"""Reads the duties of a ruleset: who owes what by when."""

from collections.abc import Mapping

from rules_service.language.citations import read_citations, read_departure
from rules_service.language.findings import Code
from rules_service.language.model.basis import Citation
from rules_service.language.model.duties import Duty, Ending, Exemption, Extension
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.periods import CountUnit
from rules_service.language.model.subjects import Each
from rules_service.language.names import check_name
from rules_service.language.papers import read_papers
from rules_service.language.periods import check_range, read_period
from rules_service.language.references import read_amount
from rules_service.language.scope import EACH, Scope
from rules_service.language.source import Entries, Node, Sequence
from rules_service.language.types import Kind

UNIT_WORDS = {CountUnit.CLOCK_HOURS: "小时", CountUnit.WORKING_DAYS: "工作日", CountUnit.MONTHS: "月"}


def duty_ids(node: Node | None, scope: Scope) -> set[str]:
    """Ids of all duties, so that papers may name a duty that stands further down."""
    read = scope.reading
    return {read.text(read.entries(item, "时限").get("id"), "时限") for item in read.items(node, "时限")}


def read_duties(node: Node | None, scope: Scope) -> tuple[Duty, ...]:
    """Reads all duties."""
    return tuple(_duty(item, scope) for item in scope.reading.items(node, "时限"))


def _duty(node: Node, scope: Scope) -> Duty:
    read = scope.reading
    values = read.record(
        node,
        "时限",
        "id title concept who due met_by",
        "each owed_by when unless ends extended_by pauses papers finding due_soon_days"
        " tightens departs_from cite basis note",
    )
    duty = read.text(values.get("id"), "时限")
    place = f"时限 {duty}"
    check_name(duty, values.get("id", node), read, place)
    met_by, any_ = _met_by(values.get("met_by"), scope, place)
    finding = ""
    finding_citations: tuple[Citation, ...] = ()
    finding_papers: tuple[PaperRule, ...] = ()
    if "finding" in values:
        parts = read.record(values["finding"], f"{place} 违规", "code", "papers cite basis note")
        finding = scope.code("finding", parts.get("code"), place)
        finding_papers = read_papers(parts.get("papers"), scope, f"{place} 违规")
        finding_citations = read_citations(parts, values["finding"], scope, f"{place} 违规")
    obliged = scope.code("role", values.get("who"), place)
    # Whoever names the petitioner puts the petitioner under an obligation, whatever else is written.
    by_petitioner = read.choice(
        values.get("owed_by"), place, {"office": False, "petitioner": True}, False
    ) or scope.vocabulary.of_petitioner(obliged)
    read_duty = Duty(
        id=duty,
        title=read.text(values.get("title"), place),
        each=read.choice(values.get("each"), place, EACH, Each.MATTER),
        concept=scope.code("concept", values.get("concept"), place),
        obliged=obliged,
        owed_by_petitioner=by_petitioner,
        when=scope.conditions(values.get("when"), place),
        unless=tuple(_exemption(item, scope, place) for item in read.items(values.get("unless"), place)),
        period=read_period(values.get("due"), scope, place),
        met_by=met_by,
        met_by_any=any_,
        citations=read_citations(values, node, scope, place),
        endings=tuple(_ending(item, scope, place) for item in read.items(values.get("ends"), place)),
        extension=_extension(values.get("extended_by"), scope, place),
        pauses=scope.code_list("event", values.get("pauses"), place),
        papers=read_papers(values.get("papers"), scope, place),
        finding=finding,
        finding_citations=finding_citations,
        finding_papers=finding_papers,
        due_soon_days=read_amount(values.get("due_soon_days"), scope, place),
        tightens=read.text(values.get("tightens"), place),
        departs_from=read_departure(values.get("departs_from"), scope, place),
    )
    _check_without_number(values, scope, place)
    _check_extension(read_duty, values.get("extended_by", node), scope)
    return read_duty


def _met_by(node: Node | None, scope: Scope, place: str) -> tuple[tuple[str, ...], bool]:
    any_ = isinstance(node, Entries)
    listed = scope.reading.record(node, f"{place} met_by", "any").get("any") if any_ else node
    if isinstance(listed, Sequence) and not listed.items:
        cure = "请写表示已经做到的事件，如 met_by: [told_in_writing]。"
        scope.reading.find(Code.MISSING_KEY, listed, f"{place} met_by", "没有写事件，永远做不到。", cure)
    return scope.code_list("event", listed, place), any_


def _exemption(node: Node, scope: Scope, place: str) -> Exemption:
    place = f"{place} 例外"
    values = scope.reading.record(node, place, "if", "cite basis note")
    return Exemption(scope.conditions(values.get("if"), place), read_citations(values, node, scope, place))


def _ending(node: Node, scope: Scope, place: str) -> Ending:
    values = scope.reading.record(node, f"{place} ends", "by as", "cite basis note")
    return Ending(
        scope.code("event", values.get("by"), place),
        scope.reading.choice(values.get("as"), place, {"discharged": True, "void": False}, True),
        read_citations(values, node, scope, f"{place} ends"),
    )


def _extension(node: Node | None, scope: Scope, place: str) -> Extension | None:
    if node is None:
        return None
    read = scope.reading
    values = read.record(node, f"{place} extended_by", "event days", "at_most by after_lapse")
    event = scope.code("event", values.get("event"), place)
    attribute = read.text(values.get("days"), place)
    known = scope.vocabulary.events[event].attributes if event in scope.vocabulary.events else {}
    days = values.get("days", node)
    if event in scope.vocabulary.events and attribute not in known:
        read.find(Code.UNKNOWN_NAME, days, place, f"事件 {event} 没有属性“{attribute}”。")
    elif attribute in known and known[attribute].type.kind is not Kind.INT:
        read.find(Code.WRONG_AMOUNT, days, place, f"“{event}.{attribute}”不是整数，不能加到时间上。")
    at_most = read_amount(values.get("at_most"), scope, place)
    if at_most is not None:
        check_range(at_most, CountUnit.CALENDAR_DAYS, values["at_most"], scope, f"{place} at_most")
    return Extension(
        event,
        attribute,
        at_most,
        scope.code("role", values.get("by"), place),
        read.choice(values.get("after_lapse"), place, {"true": True, "false": False}, False),
    )


def _check_without_number(values: Mapping[str, Node], scope: Scope, place: str) -> None:
    """What has no number of days is not lengthened; a day that is told does not move."""
    due = values.get("due")
    parts = due.values if isinstance(due, Entries) else {"add": due}
    if "extended_by" in values and "add" not in parts:
        message, cure = "没有天数（add）的期限不能延长。", "请写 add 和 count，或删去 extended_by。"
        scope.reading.find(Code.WRONG_PERIOD, values["extended_by"], place, message, cure)
    if "pauses" in values and "until" in parts:
        message, cure = "到指定的那一天为止（until）的期限不会暂停。", "请删去 pauses，或把 until 换成 add。"
        scope.reading.find(Code.WRONG_PERIOD, values["pauses"], place, message, cure)


def _check_extension(duty: Duty, node: Node, scope: Scope) -> None:
    """What is counted in days alone is lengthened by days.

    An office's period has a limit and ends for good; only a named official opens a petitioner's window.
    """
    extension = duty.extension
    if extension is None:
        return
    message = ""
    cure = "机关的写 at_most；信访人的可以不写上限，但要写 by: 决定的角色。"
    if duty.period.unit is not CountUnit.CALENDAR_DAYS:
        message = f"按{UNIT_WORDS[duty.period.unit]}计的期限不能再加天数"
        cure = "批准延长的是自然日：请把 count 写成 calendar_days，或删去 extended_by。"
    elif extension.at_most is None and not duty.owed_by_petitioner:
        message = "机关的期限可以延长多少没有写上限（at_most）"
    elif extension.after_lapse and not duty.owed_by_petitioner:
        message = "机关的期限过了就不能再延长"
    elif (extension.at_most is None or extension.after_lapse) and not extension.by:
        message = "没有上限的、期满以后的延长，没有写由谁决定（by）"
    if message:
        scope.reading.find(Code.WRONG_EXTENSION, node, f"时限 {duty.id}", f"{message}。", cure)
