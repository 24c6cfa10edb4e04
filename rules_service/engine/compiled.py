"""A ruleset ready to be asked: its tables indexed, its rows read aloud, its chained rules compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_service.engine.chains import ChainRunner
from rules_service.engine.index import Cell, TableIndex
from rules_service.engine.keeping import Kept
from rules_service.engine.starts import Starters
from rules_service.engine.watch import Watch
from rules_service.language.behind import decides_duty
from rules_service.language.model.duties import Duty
from rules_service.language.model.references import Condition
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Row, Table
from rules_service.language.types import Kind, ValueType, to_json
from rules_service.language.unary import Interval
from rules_service.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rules_service.engine.ruling import Ruling

MOST_RULINGS = 512


@dataclass(frozen=True, slots=True)
class Step:
    """One table to decide: its index, the names of its outputs, and the rows that call for more."""

    index: TableIndex
    outputs: tuple[str, ...]
    with_effects: frozenset[int]

    @classmethod
    def of(cls, table: Table) -> "Step":
        """Prepares a table."""
        return cls(
            TableIndex.of(table),
            tuple(f"{table.id}.{output.name}" for output in table.outputs),
            frozenset(
                number
                for number, row in enumerate(table.rows)
                if row.papers or row.candidates or row.findings
            ),
        )


@dataclass(frozen=True, slots=True)
class Compiled:
    """One revision, with what is worked out once when it is loaded."""

    ruleset: Ruleset
    steps: Mapping[Each, tuple[Step, ...]]
    duties: Mapping[Each, tuple[Duty, ...]]
    readings: dict[tuple[str, str], str]
    results: dict[tuple[str, str], str]
    chains: ChainRunner | None
    elapsed: tuple[Watch, ...]
    starters: Starters
    looks_at: Mapping[Each, tuple[str, ...]]
    """The names on which it hangs what the tables and the duties about one kind of thing say."""
    rulings: Mapping[Each, Kept[tuple[bool, tuple[Cell, ...]], "Ruling"]] = field(
        default_factory=lambda: {each: Kept(MOST_RULINGS) for each in Each}, repr=False, compare=False
    )
    """What they have said of some values of these names, with near misses or without."""

    def speaks_of(self, each: Each) -> bool:
        """Whether a table or a duty is about that kind of thing."""
        return bool(self.steps[each] or self.duties[each])

    @property
    def is_timeless(self) -> bool:
        """Whether it says the same at any moment: it puts no duty on anybody and looks at no time gone by."""
        return not self.elapsed and not any(self.duties.values())

    @classmethod
    def of(cls, ruleset: Ruleset, vocabulary: Vocabulary) -> "Compiled":
        """Compiles a revision."""
        return cls(
            ruleset,
            {each: tuple(Step.of(t) for t in ruleset.tables if t.each is each) for each in Each},
            {each: tuple(duty for duty in ruleset.duties if duty.each is each) for each in Each},
            {
                (table.id, row.id): reading(table, row, ruleset, vocabulary)
                for table in ruleset.tables
                for row in table.rows
            },
            {
                (table.id, row.id): result_text(table, row, vocabulary)
                for table in ruleset.tables
                for row in table.rows
            },
            ChainRunner.of(ruleset, vocabulary) if ruleset.chains else None,
            Watch.of(ruleset),
            Starters.of(ruleset.duties),
            {each: _looks_at(ruleset, each) for each in Each},
        )


def _looks_at(ruleset: Ruleset, each: Each) -> tuple[str, ...]:
    tables = [table for table in ruleset.tables if table.each is each]
    own = {f"{table.id}.{output.name}" for table in tables for output in table.outputs}
    names = {name for table in tables for name in table.inputs}
    names |= {name for duty in ruleset.duties if duty.each is each for name in decides_duty(duty)}
    return tuple(sorted(names - own))


def reading(table: Table, row: Row, ruleset: Ruleset, vocabulary: Vocabulary) -> str:
    """A row's conditions as a Chinese sentence, as in 信访形式为“书信”，联名人数为“>= 50”."""
    parts = [
        _condition_reading(Condition(name, test), ruleset, vocabulary)
        for name, test in zip(table.inputs, row.tests, strict=True)
        if not test.anything
    ]
    return "，".join(parts) if parts else "无条件"


def result_text(table: Table, row: Row, vocabulary: Vocabulary) -> str:
    """A row's outputs in Chinese words."""
    parts = []
    for output, value in zip(table.outputs, row.outputs, strict=True):
        if value is None:
            continue
        shown = str(to_json(value))
        if output.type.kind is Kind.ENUM:
            shown = vocabulary.label(output.type.enum, shown)
        if output.type.kind is Kind.BOOL:
            shown = "是" if value else "否"
        speaks = len(table.outputs) == 1 and not shown.isascii()
        parts.append(shown if speaks else f"{output.label}：{shown}")
    return "；".join(parts)


def _condition_reading(condition: Condition, ruleset: Ruleset, vocabulary: Vocabulary) -> str:
    label, kind = _named(condition.input, ruleset, vocabulary)
    test = condition.test
    if test.negated and test.null is False and not test.values and not test.intervals:
        return f"有{label}"
    if kind.kind is Kind.BOOL and len(test.values) == 1:
        return label if (True in test.values) != test.negated else f"不是“{label}”的情形"
    words = []
    if kind.kind is Kind.ENUM:
        words = [vocabulary.label(kind.enum, code) for code in kind.codes if code in test.values]
    else:
        words = sorted(str(to_json(value)) for value in test.values)
    if words:
        return f"{label}{'不为' if test.negated else '为'}“{'、'.join(words)}”"
    stretches = "或".join(_stretch(interval) for interval in test.intervals)
    return f"{label}{'不在此列：' if test.negated else ''}{stretches}" if stretches else f"{label}为空"


def _stretch(interval: Interval) -> str:
    low, high = interval.low, interval.high
    if low is not None and low == high:
        return f"为{to_json(low)}"
    parts = []
    if low is not None:
        parts.append(f"{'不少于' if interval.low_closed else '大于'}{to_json(low)}")
    if high is not None:
        parts.append(f"{'不超过' if interval.high_closed else '小于'}{to_json(high)}")
    return "且".join(parts)


def _named(name: str, ruleset: Ruleset, vocabulary: Vocabulary) -> tuple[str, ValueType]:
    """Label and type of a fact or of an output of the ruleset's own tables."""
    if name in vocabulary.facts:
        return vocabulary.facts[name].label.chinese, vocabulary.facts[name].type
    outputs = {f"{table.id}.{output.name}": output for table in ruleset.tables for output in table.outputs}
    return outputs[name].label, outputs[name].type
