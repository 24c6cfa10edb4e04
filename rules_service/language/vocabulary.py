"""The vocabulary: the names of facts, events and codes that rulesets and papers share.

It is also the guard: what is not in it cannot be asked, and its subjects are the only ones there are.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rules_service.language import source
from rules_service.language.findings import Code
from rules_service.language.names import check_code, check_name
from rules_service.language.people import names_petitioner
from rules_service.language.shown import unspaced
from rules_service.language.source import Entries, Node, Reading
from rules_service.language.spelling import closest
from rules_service.language.types import Kind, ValueType, to_json


@dataclass(frozen=True, slots=True)
class Label:
    """What a code is called."""

    chinese: str
    english: str


@dataclass(frozen=True, slots=True)
class FactDef:
    """A fact that may be told of a matter, a request or an office.

    `told_only` marks what exists only when an official has said it: not told, it is not so.
    """

    name: str
    type: ValueType
    label: Label
    purpose: str
    unit: str = ""
    personal: bool = False
    counted: bool = False
    told_only: bool = False


@dataclass(frozen=True, slots=True)
class EventDef:
    """A type of event with its attributes.

    One that `refuses` says that an official has decided to refuse the petitioner something.
    """

    name: str
    label: Label
    attributes: Mapping[str, FactDef]
    by_petitioner: bool = False
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class KindDef:
    """A kind of fact that chained rules join."""

    name: str
    label: Label
    fields: Mapping[str, ValueType]


@dataclass(frozen=True, slots=True)
class CandidateDef:
    """What only a named official may decide; some of it refuses the petitioner something."""

    name: str
    label: Label
    decided_by: str
    papers: tuple[str, ...]
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names there are. `codes` holds the plain lists by name, enums of facts included.

    `neutral_papers` say yes or no, as the case may be: who calls for one refuses nothing by it.
    """

    revision: str
    facts: Mapping[str, FactDef]
    events: Mapping[str, EventDef]
    kinds: Mapping[str, KindDef]
    candidates: Mapping[str, CandidateDef]
    codes: Mapping[str, Mapping[str, Label]]
    banned: tuple[str, ...] = ()
    neutral_papers: tuple[str, ...] = ()

    @property
    def refusing_papers(self) -> frozenset[str]:
        """The papers that refuse a petitioner something: those of what refuses, and what is called so."""
        listed = {paper for it in self.candidates.values() if it.refuses for paper in it.papers}
        called = {
            code
            for code, label in self.codes.get("paper", {}).items()
            if REFUSAL.search(unspaced(label.chinese))
        }
        return frozenset(listed - set(self.neutral_papers) | called)

    def banned_in(self, text: str) -> list[str]:
        """The banned words that a reader of the text sees."""
        read = unspaced(text)
        return [word for word in self.banned if unspaced(word) in read]

    def of_petitioner(self, role: str) -> bool:
        """Whether a role is the petitioner's, by its code or by what it is called."""
        named = self.codes["role"].get(role)
        return names_petitioner(f"{role} {named.chinese} {named.english}" if named else role)

    def label(self, code_list: str, code: str) -> str:
        """The Chinese label of a code, or the code itself where the list lacks it."""
        found = self.codes.get(code_list, {}).get(code)
        return found.chinese if found else code


NO_CONTROL = "本系统不对信访人分级、稳控或监视，请删去这一内容。"
FIELDS_OF_ALL_KINDS = ("alias", "kind")
# What candidates and papers are called that refuse something.
REFUSAL = re.compile("不予|不再|驳回|拒绝")
PLAIN_LISTS = ("subject", "layer", "role", "concept", "finding", "indicator", "paper", "pack")


def read_type(
    node: Node | None, codes: Mapping[str, Mapping[str, Label]], reading: Reading, place: str
) -> ValueType:
    """Reads a type: a kind's name, or `enum NAME` of one of the lists of codes."""
    text = reading.text(node, place)
    word, _, enum = text.partition(" ")
    if word == "enum" and codes.get(enum):
        return ValueType(Kind.ENUM, enum, tuple(codes[enum]))
    if not enum and word in {kind.value for kind in Kind} - {"enum"}:
        return ValueType(Kind(word))
    if node is not None:
        kinds = "、".join(kind.value for kind in Kind if kind is not Kind.ENUM)
        reading.find(Code.UNKNOWN_TYPE, node, place, f"不认识类型“{text}”。", f"可以写：{kinds}、enum 名称。")
    return ValueType(Kind.STRING)


@dataclass(slots=True)
class _Loader:
    reading: Reading
    codes: dict[str, Mapping[str, Label]] = field(default_factory=dict)

    def names(self, node: Node | None, place: str) -> Iterator[tuple[str, Node]]:
        """Entries under names that stand in rules and in JSON as they are: a dot there means an output."""
        for name, entry in self.reading.entries(node, place).items():
            check_name(name, entry, self.reading, f"{place} {name}", Code.WRONG_NAME)
            yield name, entry

    def label(self, values: Mapping[str, Node], node: Node, place: str) -> Label:
        read = self.reading
        label = Label(read.text(values.get("label"), place), read.text(values.get("english"), place))
        if not (label.chinese and label.english):
            read.find(Code.MISSING_LABEL, node, place, "要有中文名（label）和英文名（english）。")
        return label

    def plain_list(self, node: Node | None, place: str) -> dict[str, Label]:
        result: dict[str, Label] = {}
        for code, entry in self.reading.entries(node, place).items():
            check_code(code, entry, self.reading, f"{place} {code}")
            pair = self.reading.texts(entry, f"{place} {code}")
            if len(pair) != 2 or not all(pair):
                self.reading.find(Code.MISSING_LABEL, entry, f"{place} {code}", "应当写成 [中文名, 英文名]。")
                pair = (*pair, code, code)[:2]
            result[code] = Label(*pair)
        return result

    def facts(self, node: Node | None, what: str, optional: str) -> dict[str, FactDef]:
        read = self.reading
        result = {}
        for name, entry in self.names(node, what):
            place = f"{what} {name}"
            values = read.record(entry, place, "type label english", optional)
            result[name] = FactDef(
                name,
                self._bounds(read_type(values.get("type"), self.codes, self.reading, place), values, place),
                self.label(values, entry, place),
                read.text(values.get("purpose"), place),
                read.text(values.get("unit"), place),
                personal=read.text(values.get("personal"), place) == "true",
                counted=read.text(values.get("counted"), place) == "true",
                told_only=read.text(values.get("told_only"), place) == "true",
            )
            if "purpose" in optional and not result[name].purpose:
                read.find(Code.MISSING_KEY, entry, place, "缺少“purpose”。", "每个事实都要写明用途。")
        return result

    def _bounds(self, kind: ValueType, values: Mapping[str, Node], place: str) -> ValueType:
        """The type with the least and the greatest value that the entry names."""
        if not kind.ordered:
            for key in ("min", "max"):
                if key in values:
                    self.reading.find(
                        Code.WRONG_LITERAL, values[key], place, f"类型 {kind} 的值没有大小，不能写“{key}”。"
                    )
            return kind
        least = self.reading.literal(values.get("min"), f"{place} min", kind.from_text, None)
        most = self.reading.literal(values.get("max"), f"{place} max", kind.from_text, None)
        if least is not None and most is not None and most < least:  # type: ignore[operator]
            message = f"max 是 {to_json(most)}，比 min（{to_json(least)}）还小，什么值都不行。"
            self.reading.find(Code.WRONG_LITERAL, values["max"], place, message, "请改其中一个。")
        return replace(kind, least=least, most=most)

    def events(self, node: Node | None) -> dict[str, EventDef]:
        read = self.reading
        result = {}
        for name, entry in self.names(node, "事件"):
            place = f"事件 {name}"
            values = read.record(entry, place, "label english", "attributes by_petitioner refuses")
            attributes = self.facts(values.get("attributes"), f"{place} 属性", "unit min max")
            result[name] = EventDef(
                name,
                self.label(values, entry, place),
                attributes,
                by_petitioner=read.text(values.get("by_petitioner"), place) == "true",
                refuses=read.text(values.get("refuses"), place) == "true",
            )
        return result

    def kinds(self, node: Node | None) -> dict[str, KindDef]:
        read = self.reading
        result = {}
        for name, entry in self.names(node, "事实类"):
            place = f"事实类 {name}"
            values = read.record(entry, place, "label english fields")
            fields = {
                key: read_type(value, self.codes, self.reading, f"{place} {key}")
                for key, value in self.names(values.get("fields"), place)
            }
            for key in FIELDS_OF_ALL_KINDS:
                if key in fields:
                    message = f"字段不能叫“{key}”：每件事实都有它，另有含义。"
                    read.find(Code.WRONG_NAME, entry, f"{place} {key}", message, "请换一个字段名。")
            result[name] = KindDef(name, self.label(values, entry, place), fields)
        return result

    def candidates(self, node: Node | None) -> dict[str, CandidateDef]:
        read = self.reading
        result = {}
        for name, entry in self.names(node, "候选"):
            place = f"候选 {name}"
            values = read.record(entry, place, "label english decided_by", "papers refuses")
            result[name] = CandidateDef(
                name,
                self.label(values, entry, place),
                read.text(values.get("decided_by"), place),
                read.texts(values.get("papers"), place),
                read.text(values.get("refuses"), place) == "true",
            )
        return result


def refuse_banned(node: Node, read: Reading, vocabulary: Vocabulary) -> None:
    """Refuses person-level control wherever its words turn up."""
    for text in source.walk(node):
        for word in vocabulary.banned_in(text.value):
            read.find(Code.BANNED_WORD, text, "", f"出现了“{word}”。", NO_CONTROL)


def load_vocabulary(path: Path) -> tuple[Vocabulary, Reading]:
    """Reads the vocabulary file; whoever calls must refuse it where the reading has errors."""
    node, read = source.read_file(path, path.name)
    return read_vocabulary(node, read), read


def read_vocabulary(node: Node | None, read: Reading) -> Vocabulary:
    """Reads the vocabulary from YAML that has been read already; the findings are in the reading."""
    values = read.record(
        node,
        "词汇表",
        "enums facts events",
        f"kinds candidates banned_words neutral_papers {' '.join(f'{name}s' for name in PLAIN_LISTS)}",
    )
    loader = _Loader(read)
    for name, entry in loader.names(values.get("enums"), "枚举"):
        place = f"枚举 {name}"
        parts = read.record(entry, place, "label english values")
        loader.label(parts, entry, place)
        loader.codes[name] = loader.plain_list(parts.get("values"), place)
    for name in PLAIN_LISTS:
        loader.codes[name] = loader.plain_list(values.get(f"{name}s"), name)
    facts = loader.facts(values.get("facts"), "事实", "purpose unit min max personal counted told_only")
    events = loader.events(values.get("events"))
    for name, entry in read.entries(values.get("events"), "事件").items():
        if name in facts:
            read.find(Code.NAME_TWICE, entry, name, "事实和事件不能同名。")
    canonical = json.dumps(source.plain(node) if node else None, ensure_ascii=False, sort_keys=True)
    vocabulary = Vocabulary(
        hashlib.sha256(canonical.encode()).hexdigest()[:16],
        facts,
        events,
        loader.kinds(values.get("kinds")),
        loader.candidates(values.get("candidates")),
        loader.codes,
        read.texts(values.get("banned_words"), "禁用词"),
        read.texts(values.get("neutral_papers"), "neutral_papers"),
    )
    _check_candidates(values.get("candidates"), vocabulary, read)
    return vocabulary


def _check_candidates(node: Node | None, vocabulary: Vocabulary, read: Reading) -> None:
    """A candidate is for somebody of an office to decide, and says so where it refuses something."""
    roles, refusing = vocabulary.codes["role"], vocabulary.refusing_papers
    for name, entry in (node.values if isinstance(node, Entries) else {}).items():
        candidate, place = vocabulary.candidates[name], f"候选 {name}"
        decider = candidate.decided_by
        if decider and decider not in roles:
            message = f"没有角色“{decider}”。"
            read.find(Code.UNKNOWN_NAME, entry, place, message, closest(decider, roles) or "请先写进 roles。")
        if vocabulary.of_petitioner(decider):
            message = "候选由信访人来决定。"
            read.find(Code.DECIDED_BY_PETITIONER, entry, place, message, "请写机关里有权决定的人。")
        named = REFUSAL.search(unspaced(candidate.label.chinese))
        papers = [vocabulary.label("paper", paper) for paper in candidate.papers if paper in refusing]
        if not candidate.refuses and (named or papers):
            words = "、".join(f"“{label}”" for label in papers or [candidate.label.chinese])
            message = f"候选拒绝信访人（{words}），却没有写 refuses。"
            cure = '请写 refuses: "true"；并不拒绝的，请换文书或者名称。'
            read.find(Code.REFUSAL_NOT_SAID, entry, place, message, cure)
