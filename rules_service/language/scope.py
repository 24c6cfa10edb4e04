"""What a part of a ruleset may name: the vocabulary's facts and the ruleset's own parameters and outputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules_service.language import meant, unary
from rules_service.language.findings import Code
from rules_service.language.model.basis import SourceText
from rules_service.language.model.parameters import Parameter
from rules_service.language.model.references import Condition
from rules_service.language.model.subjects import Each
from rules_service.language.source import Node, Reading
from rules_service.language.spelling import closest
from rules_service.language.types import Kind, Value, ValueType, to_json
from rules_service.language.unary import ANYTHING, UnaryTest
from rules_service.language.vocabulary import FactDef, Vocabulary

SHORTEST_QUOTE = 4
LONGEST_QUOTE = 120
EACH = {each.value: each for each in Each}


@dataclass(slots=True)
class Scope:
    """The names that are known while a file is read, and the reading that gathers findings."""

    reading: Reading
    vocabulary: Vocabulary
    sources: Mapping[str, SourceText]
    in_force_from: date = date.min
    inputs: tuple[str, ...] = ()
    parameters: dict[str, Parameter] = field(default_factory=dict)
    outputs: dict[str, ValueType] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    """Outputs of several rows at once, which have no one value to name."""
    said: dict[str, tuple[Value | None, ...]] = field(default_factory=dict)
    duties: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def name_type(self, name: str) -> ValueType | None:
        """The type of an input of this ruleset: a declared fact or `table.output`."""
        if name in self.outputs:
            return self.outputs[name]
        if name in self.inputs:
            self.used.add(name)
            return self.vocabulary.facts[name].type
        return None

    def parameter_value(self, name: str, kind: ValueType) -> Value | None:
        """The value of a parameter on the first day of the ruleset, where a value of that type is wanted.

        None where there is no such parameter; raises ValueError where it is of another type, or its value
        is none of those that are wanted.
        """
        parameter = self.parameters.get(name)
        if parameter is None:
            return None
        value = parameter.at(self.in_force_from)
        if value is None and parameter.values:
            # That there is none on that day is told where the parameter stands, not of every cell.
            value = parameter.values[0].value
        if isinstance(value, int) and (parameter.type.kind, kind.kind) == (Kind.INT, Kind.DECIMAL):
            value = Decimal(value)
        elif parameter.type.kind is not kind.kind:
            raise ValueError(f"里的参数“{name}”类型是 {parameter.type}，应当是{kind.chinese}。")
        if value is None:
            return None
        try:
            return kind.of_kind(value)
        except ValueError as error:
            raise ValueError(f"里的参数“{name}”值是 {to_json(value)}，{error}") from None

    def test(self, node: Node, kind: ValueType, place: str) -> UnaryTest:
        """Reads a cell."""
        text = self.reading.text(node, place)

        def reads(cell: str) -> UnaryTest:
            return unary.parse(cell, kind, lambda name: self.parameter_value(name, kind))

        try:
            return reads(text)
        except ValueError as error:
            message, _, advice = str(error).partition("。请")
            code = Code.CELL_SYNTAX if text.strip() else Code.CELL_EMPTY
            if "应当是" in message or "不是存在的" in message:
                code = Code.CELL_TYPE
            labels = self.vocabulary.codes.get(kind.enum, {})
            named = {label.chinese: name for name, label in labels.items()} or meant.TRUTHS
            cure = (f"请{advice}" if advice else "") + meant.cure(text, reads, named)
            self.reading.find(code, node, place, f"“{text}”{message.rstrip('。')}。", cure)
            return ANYTHING

    def conditions(self, node: Node | None, place: str) -> tuple[Condition, ...]:
        """Reads `{input: cell, …}`, all of which must hold."""
        result = []
        for name, cell in self.reading.entries(node, place).items():
            kind = self.name_type(name)
            if kind is None:
                self.unknown_input(name, cell, place)
                continue
            result.append(Condition(name, self.test(cell, kind, f"{place} {name}")))
        return tuple(result)

    def unknown_input(self, name: str, node: Node, place: str) -> None:
        """Notes that a name is neither a declared input nor an output."""
        if name in self.listed:
            self.several_values(name, node, place)
        elif name in self.vocabulary.facts:
            self.reading.find(
                Code.NAME_NOT_DECLARED,
                node,
                place,
                f"“{name}”没有写进 inputs。",
                "请在文件开头的 inputs 里加上。",
            )
        else:
            self.reading.find(
                Code.UNKNOWN_NAME,
                node,
                place,
                f"“{name}”既不是词汇表里的事实，也不是本规则集某表的输出。",
                closest(name, {**self.vocabulary.facts, **dict.fromkeys(self.outputs)}),
            )

    def several_values(self, name: str, node: Node, place: str) -> None:
        """Notes that an output has a value for each of several rows."""
        table = name.partition(".")[0]
        self.reading.find(
            Code.SEVERAL_VALUES,
            node,
            place,
            f"“{name}”不是一个值：表 {table} 可以同时命中几行，每行各有一个。",
            f"请把表 {table} 的 hit 改成 UNIQUE、ANY、PRIORITY 或 FIRST；"
            "或者写 hit: COLLECT 和 aggregate，用它的第一个输出。",
        )

    def unknown_source(self, name: str, node: Node, place: str) -> None:
        """Notes that a source is not in the register, and the id of one that has that title."""
        titled = next((it.id for it in self.sources.values() if it.title and it.title in name), "")
        cure = f"请写它的编号“{titled}”。" if titled else "请先写进 rulesets/sources.yaml。"
        self.reading.find(Code.UNKNOWN_SOURCE, node, place, f"来源“{name}”不在登记册里。", cure)

    def code(self, code_list: str, node: Node | None, place: str) -> str:
        """Reads a code of one of the vocabulary's lists; empty where there is none."""
        if node is None:
            return ""
        text = self.reading.text(node, place)
        known = self._known(code_list)
        if text not in known:
            self.reading.find(
                Code.UNKNOWN_NAME,
                node,
                place,
                f"词汇表里没有“{text}”。",
                closest(text, known) or f"有哪些、怎样添加，见词汇表的 {code_list}s。",
            )
        return text

    def code_list(self, name: str, node: Node | None, place: str) -> tuple[str, ...]:
        """Reads several codes of one list."""
        return tuple(self.code(name, item, place) for item in self.reading.items(node, place))

    def _known(self, code_list: str) -> Mapping[str, object]:
        match code_list:
            case "event":
                return self.vocabulary.events
            case "candidate":
                return self.vocabulary.candidates
            case "kind":
                return self.vocabulary.kinds
            case _:
                return self.vocabulary.codes.get(code_list, {})

    def fact(self, node: Node, place: str) -> FactDef | None:
        """Reads the name of a fact."""
        name = self.reading.text(node, place)
        found = self.vocabulary.facts.get(name)
        if found is None:
            self.reading.find(
                Code.UNKNOWN_NAME,
                node,
                place,
                f"词汇表里没有“{name}”。",
                closest(name, self.vocabulary.facts) or "有哪些、怎样添加，见词汇表的 facts。",
            )
        return found
