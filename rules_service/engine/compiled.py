"""A ruleset ready to be asked: its tables indexed, its rows read aloud, its chained rules compiled."""

from dataclasses import dataclass

from rules_service.engine.chains import ChainRunner
from rules_service.engine.index import TableIndex
from rules_service.language.model import Condition, Row, Ruleset, Table
from rules_service.language.types import Kind
from rules_service.language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Compiled:
    """One revision, with what is worked out once when it is loaded."""

    ruleset: Ruleset
    indexes: tuple[TableIndex, ...]
    readings: dict[tuple[str, str], str]
    chains: ChainRunner | None

    @classmethod
    def of(cls, ruleset: Ruleset, vocabulary: Vocabulary) -> "Compiled":
        """Compiles a revision."""
        return cls(
            ruleset,
            tuple(TableIndex.of(table) for table in ruleset.tables),
            {
                (table.id, row.id): reading(table, row, ruleset, vocabulary)
                for table in ruleset.tables
                for row in table.rows
            },
            ChainRunner.of(ruleset, vocabulary) if ruleset.chains else None,
        )


def reading(table: Table, row: Row, ruleset: Ruleset, vocabulary: Vocabulary) -> str:
    """A row's conditions as a Chinese sentence, as in 信访形式为“书信”，联名人数为“>= 50”."""
    parts = [
        _condition_reading(Condition(name, test), ruleset, vocabulary)
        for name, test in zip(table.inputs, row.tests, strict=True)
        if not test.anything
    ]
    return "，".join(parts) if parts else "无条件"


def _condition_reading(condition: Condition, ruleset: Ruleset, vocabulary: Vocabulary) -> str:
    name, test = condition.input, condition.test
    fact = vocabulary.facts.get(name)
    kind = fact.type if fact else None
    label = fact.label.chinese if fact else _output_label(name, ruleset)
    if test.text == "not(null)":
        return f"有{label}"
    if kind and kind.kind is Kind.BOOL and len(test.values) == 1:
        return label if (True in test.values) != test.negated else f"不是“{label}”的情形"
    if kind and kind.kind is Kind.ENUM:
        words = "、".join(
            vocabulary.label(kind.enum, str(code)) for code in kind.codes if code in test.values
        )
        return f"{label}{'不为' if test.negated else '为'}“{words}”"
    return f"{label}为“{test.text}”"


def _output_label(name: str, ruleset: Ruleset) -> str:
    table_id, _, output_name = name.partition(".")
    for table in ruleset.tables:
        for output in table.outputs:
            if (table.id, output.name) == (table_id, output_name):
                return output.label
    return name
