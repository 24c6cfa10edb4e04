"""A witness in Chinese: 信访形式=走访，联名或同行人数=3."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules_service.engine.index import Known
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Table
from rules_service.language.types import Kind, ValueType, to_json
from rules_service.language.vocabulary import Vocabulary

ANY_CASE = "任何情形"
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Wording:
    """The labels of what a ruleset's tables look at."""

    ruleset: Ruleset
    vocabulary: Vocabulary

    def named(self, name: str) -> tuple[str, ValueType]:
        """Label and type of a fact, or of an output as table.output."""
        if (fact := self.vocabulary.facts.get(name)) is not None:
            return fact.label.chinese, fact.type
        table_id, _, output_name = name.partition(".")
        for table in self.ruleset.tables:
            for output in table.outputs:
                if (table.id, output.name) == (table_id, output_name):
                    return output.label, output.type
        return name, ValueType(Kind.STRING)

    def label(self, name: str) -> str:
        """The label of a fact or an output."""
        return self.named(name)[0]

    def case(self, table: Table, values: Mapping[int, Known]) -> str:
        """A case as its columns' values; columns that do not matter are left out."""
        words = []
        for column, value in sorted(values.items()):
            label, kind = self.named(table.inputs[column])
            words.append(f"{label}={self.value(kind, value)}")
        return "，".join(words) or ANY_CASE

    def value(self, kind: ValueType, value: Known) -> str:
        """A value as policy staff would say it."""
        if value is None:
            return "（空）"
        if isinstance(value, bool):
            return "是" if value else "否"
        if kind.kind is Kind.ENUM:
            return self.vocabulary.label(kind.enum, str(value))
        return str(to_json(value))


def row_place(table: Table, number: int) -> str:
    """Where a row stands, as in 表 arrive_within 第 2 行（city）."""
    return f"表 {table.id} 第 {number + 1} 行（{table.rows[number].id}）"


def row_names(numbers: list[int]) -> str:
    """Rows by number, as in 第 1、3 行; of many the first."""
    first = "、".join(str(number + 1) for number in numbers[:MOST_NAMED])
    return f"第 {first} 行" if len(numbers) <= MOST_NAMED else f"第 {first} 等 {len(numbers)} 行"
