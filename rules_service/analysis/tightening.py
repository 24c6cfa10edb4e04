"""Two duties side by side: whether they can be compared, and how long their periods may be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules_service.analysis.periods import Length
from rules_service.language.model.duties import Duty
from rules_service.language.model.periods import Period
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Aggregator, Table
from rules_service.language.vocabulary import Vocabulary

UNLIMITED = 100_000
COUNTABLE = frozenset({RefKind.LITERAL, RefKind.PARAMETER, RefKind.OUTPUT})


@dataclass(frozen=True, slots=True)
class Stated:
    """A duty with the ruleset that states it."""

    ruleset: Ruleset
    duty: Duty

    @property
    def name(self) -> str:
        """As `tightens` writes it."""
        return f"{self.ruleset.id}/{self.duty.id}"

    def longest(self) -> Length | None:
        """The longest that the period may be, where it has a number."""
        amounts = self._amounts(self.duty.period.amount)
        return Length(max(amounts), self.duty.period.unit) if amounts else None

    def shortest(self) -> Length | None:
        """The shortest that the period may be, where it has a number."""
        amounts = self._amounts(self.duty.period.amount)
        return Length(min(amounts), self.duty.period.unit) if amounts else None

    def most_extension(self) -> int:
        """The most days by which the period may be extended."""
        return max(self._extensions(), default=0)

    def least_extension(self) -> int:
        """The fewest days that the extension is limited to."""
        return min(self._extensions(), default=0)

    def presumed(self) -> tuple[object, ...] | None:
        """From what, and how long after it, the start is presumed."""
        period = self.duty.period.presumed
        if period is None:
            return None
        return (period.start, period.until, period.unit, frozenset(self._amounts(period.amount)))

    def _extensions(self) -> list[int]:
        extension = self.duty.extension
        if extension is None:
            return []
        return self._amounts(extension.at_most) if extension.at_most else [UNLIMITED]

    def _amounts(self, reference: Reference | None) -> list[int]:
        """The numbers that a reference may stand for: one, or those that a table may give."""
        if reference is None:
            return []
        values: list[object] = []
        if reference.kind is RefKind.LITERAL:
            values = [reference.literal]
        elif reference.kind is RefKind.PARAMETER:
            values = [self.ruleset.parameters[reference.name].at(self.ruleset.in_force_from)]
        elif reference.kind is RefKind.OUTPUT:
            table_id, _, output = reference.name.partition(".")
            tables = (table for table in self.ruleset.tables if table.id == table_id)
            values = [value for table in tables for value in _given(table, output)]
        return [value for value in values if isinstance(value, int)]


def _given(table: Table, output: str) -> Iterator[object]:
    """The values that a table may give, of what it adds up or counts the least and the most."""
    column = [it.name for it in table.outputs].index(output)
    values = [row.outputs[column] for row in table.rows]
    numbers = [value for value in values if isinstance(value, int)]
    match table.aggregator:
        case Aggregator.SUM if numbers:
            yield sum(number for number in numbers if number < 0) or min(numbers)
            yield sum(number for number in numbers if number > 0) or max(numbers)
        case Aggregator.COUNT:
            yield from (1, len(values))
        case _:
            yield from values


def other_terms(one: Stated, above: Stated, vocabulary: Vocabulary) -> str:
    """In what a duty of the same start is other than the one above, in Chinese; empty if in nothing.

    A duty above must not look owed by another, met by something else, or ended by what does not end it.
    """
    ours, theirs = one.duty.terms, above.duty.terms

    def named(events: Iterable[str]) -> str:
        return "、".join(vocabulary.events[event].label.chinese for event in sorted(events))

    if ours.owed_by_petitioner is not theirs.owed_by_petitioner:
        return "一个由机关承担，一个由信访人承担"
    if ours.obliged != theirs.obliged:
        roles = [vocabulary.label("role", terms.obliged) for terms in (ours, theirs)]
        return f"承担的机关不同：此处是{roles[0]}，上位是{roles[1]}"
    if ours.met_by != theirs.met_by or ours.met_by_any is not theirs.met_by_any:
        how = [
            f"{named(terms.met_by)}{'（有一样即可）' if terms.met_by_any else ''}" for terms in (ours, theirs)
        ]
        return f"履行的事件不同：此处是{how[0]}，上位是{how[1]}"
    known = {(ending.event, ending.discharges) for ending in above.duty.endings}
    added = {it.event for it in one.duty.endings if (it.event, it.discharges) not in known}
    if added:
        return f"结束的事件不同：此处{named(added)}以后就结束，上位不因此这样结束"
    return ""


def not_comparable(one: Stated, above: Stated, vocabulary: Vocabulary) -> str:
    """Why two duties cannot be compared, in Chinese; empty where they can."""
    duty, other = one.duty, above.duty
    if duty.concept != other.concept:
        return "含义（concept）不同"
    if duty.period.start != other.period.start or duty.period.start.kind is RefKind.DUE_AT:
        return "起算的事件不同"
    if reason := other_terms(one, above, vocabulary):
        return reason
    presumed = (duty.period.presumed, other.period.presumed)
    if one.presumed() != above.presumed() or not _all_countable(presumed):
        return "推定起算（presumed）不同"
    if duty.period.until != other.period.until:
        return "到期的日子由不同的事件指定"
    if other.period.amount and not duty.period.amount and not duty.owed_by_petitioner:
        return "上位有天数，此处没有"
    if duty.extension and other.extension:
        if duty.extension.event != other.extension.event:
            return "延长的事件不同"
        granted = [(it.attribute, it.by, it.after_lapse) for it in (duty.extension, other.extension)]
        if granted[0] != granted[1]:
            return "延长的天数、决定的人或者期满以后能否延长不同"
    if not _all_countable((duty.period, other.period)):
        return "天数要看事实，事先不能确定"
    limits = [it.at_most for it in (duty.extension, other.extension) if it and it.at_most]
    if not all(limit.kind in COUNTABLE for limit in limits):
        return "延长的上限要看事实，事先不能确定"
    return ""


def _all_countable(periods: Iterable[Period | None]) -> bool:
    amounts = [period.amount for period in periods if period and period.amount]
    return all(amount.kind in COUNTABLE for amount in amounts)
