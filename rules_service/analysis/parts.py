"""Parts of a ruleset that speak past it, and parameters that nothing uses."""

import re
from collections.abc import Iterator

from rules_service.analysis.places import Places, entries, walk
from rules_service.analysis.whole import WORDS_OF_THE_LAW
from rules_service.language.behind import decides_duty
from rules_service.language.findings import Code, Finding
from rules_service.language.model.references import RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Each, Subject

NOT_RULES = frozenset({"parameters", "examples", "note", "title"})


def check_parts(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    """Tables and duties that speak about something else than they can, and unused parameters."""
    yield from _wrong_scope(places, ruleset)
    yield from _without_period(places, ruleset)
    yield from _blind(places, ruleset)
    yield from _unused_parameters(places, ruleset)


def _wrong_scope(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    about_offices = ruleset.subject is Subject.OFFICE
    parts = [(f"表 {table.id}", places.table(table.id), table.each) for table in ruleset.tables]
    parts += [(f"时限 {duty.id}", places.duty(duty.id), duty.each) for duty in ruleset.duties]
    for place, line, each in parts:
        if (each is Each.OFFICE) is not about_offices:
            yield places.find(
                Code.WRONG_SUBJECT_SCOPE,
                line,
                place,
                f"规则集的对象是“{ruleset.subject.value}”，此处写的是 each: {each.value}。",
                "机关的规则集写 each: office；事项的写 each: matter 或 each: request。",
            )


def _without_period(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    """Clocks from an end of the period where nothing has a period."""
    for duty in ruleset.duties:
        if duty.period.start.kind is RefKind.PERIOD_DAY and duty.each is not Each.OFFICE:
            yield places.find(
                Code.WRONG_SUBJECT_SCOPE,
                places.duty_key(duty.id, "due"),
                f"时限 {duty.id}",
                f"只有机关的时限有期间，事项的不能从“{duty.period.start.name}”起算。",
                "请从事件或日期起算，或写 each: office。",
            )


def _blind(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    """What is about a matter as a whole and reads what is decided for each request."""
    of_requests = {
        f"{table.id}.{output.name}"
        for table in ruleset.tables
        if table.each is Each.REQUEST
        for output in table.outputs
    }
    reads = [
        (f"表 {table.id}", places.table(table.id), frozenset(table.inputs))
        for table in ruleset.tables
        if table.each is Each.MATTER
    ]
    reads += [
        (f"时限 {duty.id}", places.duty(duty.id), decides_duty(duty))
        for duty in ruleset.duties
        if duty.each is Each.MATTER
    ]
    for place, line, names in reads:
        for name in sorted(names & of_requests):
            yield places.find(
                Code.WRONG_SUBJECT_SCOPE,
                line,
                place,
                f"整个事项看不到逐项诉求的“{name}”，永远没有结果。",
                "请写 each: request。",
            )


def _unused_parameters(places: Places, ruleset: Ruleset) -> Iterator[Finding]:
    words: set[str] = set()
    for key, node in entries(places.node).items():
        if key in NOT_RULES:
            continue
        for under, text in walk(node):
            if under not in WORDS_OF_THE_LAW:
                words |= set(re.findall(r"\w+", text.value))
    for name in ruleset.parameters:
        if name not in words:
            yield places.find(
                Code.PARAMETER_UNUSED,
                places.parameter(name),
                f"参数 {name}",
                "没有用到这个参数。",
                "请在表或时限里写它的名字，或删去。",
            )
