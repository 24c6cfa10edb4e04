"""What a part of a ruleset may name: the vocabulary's facts and the ruleset's own parameters and outputs."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules_service.language import unary
from rules_service.language.findings import Code
from rules_service.language.model.basis import Basis, Citation, Departure, SourceText
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.parameters import Parameter
from rules_service.language.model.references import Condition, Reference, RefKind
from rules_service.language.model.subjects import Each
from rules_service.language.source import Node, Reading, Text
from rules_service.language.types import Kind, Value, ValueType
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
    duties: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    parameters_used: set[str] = field(default_factory=set)

    def citations(self, values: Mapping[str, Node], node: Node, place: str) -> tuple[Citation, ...]:
        """Reads `cite: [...]` or `basis: convention, note: …`; one of the two must be there."""
        read = self.reading
        written = read.items(values.get("cite"), place)
        cited = tuple(citation for item in written if (citation := self._citation(item, place)) is not None)
        basis = read.choice(
            values.get("basis"), place, {b.value: b for b in Basis if b is not Basis.TEXT}, Basis.TEXT
        )
        note = read.text(values.get("note"), place)
        if basis is Basis.TEXT:
            if not written:
                read.find(
                    Code.NO_CITATION,
                    node,
                    place,
                    "没有写依据。",
                    "请写 cite: [{source, article, quote}]；没有条文可引时写 basis: convention 和 note。",
                )
            return cited
        if not note:
            read.find(
                Code.CONVENTION_WITHOUT_REASON, node, place, "写了约定或未核实，却没有说明。", "请补 note。"
            )
        return (*cited, Citation("", basis=basis, note=note))

    def _citation(self, node: Node, place: str) -> Citation | None:
        read = self.reading
        values = read.record(node, f"{place} 依据", "source quote", "article")
        name = read.text(values.get("source"), place)
        quote = read.text(values.get("quote"), place)
        article = read.text(values.get("article"), place)
        if name not in self.sources:
            read.find(
                Code.UNKNOWN_SOURCE,
                node,
                place,
                f"来源“{name}”不在登记册里。",
                "请先写进 rulesets/sources.yaml。",
            )
            return None
        length = len(quote.replace("…", "").replace(" ", ""))
        if length < SHORTEST_QUOTE:
            read.find(Code.QUOTE_TOO_SHORT, node, place, f"引文“{quote}”太短，不能证明什么。")
        if length > LONGEST_QUOTE:
            read.find(Code.QUOTE_TOO_LONG, node, place, "引文太长。", "只引起作用的那半句。")
        if self.sources[name].id.startswith("REG") and not _is_article(article):
            read.find(
                Code.ARTICLE_FORM,
                node,
                place,
                f"条号“{article}”看不懂。",
                "请写阿拉伯数字：34、23.3（款）、31(6)（项）。",
            )
        return Citation(name, article, quote)

    def departure(self, node: Node | None, place: str) -> Departure | None:
        """Reads `departs_from: {source, article, norm, reviewed_by}`."""
        if node is None:
            return None
        read = self.reading
        place = f"{place} departs_from"
        values = read.record(node, place, "source article norm reviewed_by")
        words = {key: read.text(value, place) for key, value in values.items()}
        for key in ("source", "norm"):
            if key in words and words[key] not in self.sources:
                read.find(
                    Code.UNKNOWN_SOURCE,
                    values[key],
                    place,
                    f"来源“{words[key]}”不在登记册里。",
                    "请先写进 rulesets/sources.yaml。",
                )
        return Departure(*(words.get(key, "") for key in ("source", "article", "norm", "reviewed_by")))

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

        None where there is no such parameter; raises ValueError where it is of another type.
        """
        parameter = self.parameters.get(name)
        if parameter is None:
            return None
        self.parameters_used.add(name)
        value = parameter.at(self.in_force_from)
        if isinstance(value, int) and (parameter.type.kind, kind.kind) == (Kind.INT, Kind.DECIMAL):
            return Decimal(value)
        if parameter.type.kind is not kind.kind:
            raise ValueError(f"里的参数“{name}”类型是 {parameter.type}，应当是{kind.chinese}。")
        return value

    def test(self, node: Node, kind: ValueType, place: str) -> UnaryTest:
        """Reads a cell."""
        text = self.reading.text(node, place)
        try:
            return unary.parse(text, kind, lambda name: self.parameter_value(name, kind))
        except ValueError as error:
            message = str(error)
            code = Code.CELL_EMPTY if "空" in message[:8] else Code.CELL_SYNTAX
            if "应当是" in message or "不是存在的" in message:
                code = Code.CELL_TYPE
            self.reading.find(code, node, place, f"“{text}”{message}")
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
        if name in self.vocabulary.facts:
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
                closest(name, [*self.vocabulary.facts, *self.outputs]),
            )

    def reference(self, node: Node | None, place: str) -> Reference | None:
        """Reads a fact, a parameter, `table.output`, `event.at`, `event.attribute`, `duty.due_at`."""
        if node is None:
            return None
        text = self.reading.text(node, place)
        vocabulary = self.vocabulary
        head, _, member = text.partition(".")
        if text == "matter_id":
            return Reference(RefKind.MATTER_ID)
        if text in self.outputs:
            return Reference(RefKind.OUTPUT, text)
        if text in self.parameters:
            return Reference(RefKind.PARAMETER, text)
        if text in vocabulary.facts:
            if self.name_type(text) is not None:
                return Reference(RefKind.FACT, text)
            self.unknown_input(text, node, place)
            return None
        if head in vocabulary.events and member == "at":
            return Reference(RefKind.EVENT_AT, head)
        if head in vocabulary.events and member in vocabulary.events[head].attributes:
            return Reference(RefKind.EVENT_ATTRIBUTE, head, member)
        if head in self.duties and member == "due_at":
            return Reference(RefKind.DUE_AT, head)
        self.reading.find(
            Code.UNKNOWN_NAME,
            node,
            place,
            f"不知道“{text}”指什么。",
            "可以写事实、参数、表.输出、事件.at、事件.属性或 时限.due_at。",
        )
        return None

    def told_type(self, reference: Reference) -> Kind | None:
        """The kind of what a caller tells: a fact or an attribute of an event; None of anything else."""
        if reference.kind is RefKind.FACT:
            return self.vocabulary.facts[reference.name].type.kind
        if reference.kind is RefKind.EVENT_ATTRIBUTE:
            return self.vocabulary.events[reference.name].attributes[reference.member].type.kind
        return None

    def amount(self, node: Node | None, place: str) -> Reference | None:
        """Reads how much is added to a moment: a number, a parameter or `table.output`."""
        if node is None:
            return None
        text = self.reading.text(node, place)
        if text.isdigit():
            return Reference(RefKind.LITERAL, literal=int(text))
        found = self.reference(node, place)
        kind = found and self._amount_type(found)
        if found and (kind is None or kind.kind is not Kind.INT):
            self.reading.find(Code.WRONG_AMOUNT, node, place, f"“{text}”不是整数，不能加到时间上。")
        return found

    def _amount_type(self, reference: Reference) -> ValueType | None:
        match reference.kind:
            case RefKind.PARAMETER:
                return self.parameters[reference.name].type
            case RefKind.OUTPUT:
                return self.outputs[reference.name]
            case RefKind.FACT:
                return self.vocabulary.facts[reference.name].type
            case _:
                return None

    def papers(self, node: Node | None, place: str) -> tuple[PaperRule, ...]:
        """Reads `papers:`, a list of codes or of `{paper, variant, fields, …}`."""
        read = self.reading
        result = []
        for item in read.items(node, place):
            if isinstance(item, Text):
                result.append(PaperRule(self.code("paper", item, place)))
                continue
            values = read.record(item, place, "paper", "variant fields when under restricted lapses")
            fields = tuple(
                (name, found)
                for name, ref in read.entries(values.get("fields"), place).items()
                if (found := self.reference(ref, f"{place} 字段 {name}")) is not None
            )
            result.append(
                PaperRule(
                    self.code("paper", values.get("paper"), place),
                    read.text(values.get("variant"), place),
                    fields,
                    self.conditions(values.get("when"), place),
                    self.code("concept", values.get("under"), place),
                    read.text(values.get("restricted"), place) == "true",
                    lapses=read.text(values.get("lapses"), place) == "true",
                )
            )
        return tuple(result)

    def code(self, code_list: str, node: Node | None, place: str) -> str:
        """Reads a code of one of the vocabulary's lists; empty where there is none."""
        if node is None:
            return ""
        text = self.reading.text(node, place)
        known = self._known(code_list)
        if text not in known:
            self.reading.find(
                Code.UNKNOWN_NAME, node, place, f"词汇表里没有“{text}”。", closest(text, list(known))
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
                closest(name, list(self.vocabulary.facts)),
            )
        return found


def closest(word: str, known: list[str]) -> str:
    """Names the known word nearest to a misspelt one, as a cure."""
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"是不是“{near[0]}”？" if near else ""


def _is_article(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?(\([0-9]+\))?", text) is not None
