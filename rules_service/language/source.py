"""The strict YAML reader: scalars stay text, and whatever YAML would guess is refused.

Rulesets are read by policy staff and compared line by line, so the reader knows plain mappings,
sequences and scalars and nothing else: no aliases, no tags, no duplicate keys, one document a file.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import yaml

from rules_service.language.findings import Code, Finding
from rules_service.language.slips import in_chinese, slips

T = TypeVar("T")

LARGEST_FILE = 4 * 1024 * 1024
DEEPEST_NESTING = 40


STANDARD_TAG = "tag:yaml.org,2002:"
NO_CHARACTER = re.compile(r"[\ud800-\udfff]")
LINE_BREAKS = "\t\n\r\x85"
UNFIT = {"Cc": "控制字符", "Co": "专用区的字符", "Cn": "没有定义的字符"}
# Chinese characters that are newer than our tables stand here; the last two of a plane are never any.
NEWER_CHINESE = re.compile("[\U00020000-\U0002fffd\U00030000-\U0003fffd]")


class _TextLoader(yaml.SafeLoader):
    """Guesses no type, and notes whatever is more than a plain mapping, list or scalar."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - as its base has it

    def __init__(self, text: str, reading: "Reading") -> None:
        super().__init__(text)
        self.reading = reading

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if event.anchor is not None:
            self.reading.find(Code.ALIAS_OR_TAG, line, "", "不能用“&”“*”引用别处的内容。", "请把内容写全。")
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = tag.replace(STANDARD_TAG, "!!")
            self.reading.find(
                Code.ALIAS_OR_TAG, line, "", f"不能用标签“{written}”。", "请去掉“!”开头的标签。"
            )
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as written."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, in the order of the file."""

    values: Mapping[str, "Node"]
    line: int


Node = Text | Sequence | Entries

SHAPES = {Text: "一个值", Sequence: "一个列表", Entries: "一组“键: 值”"}
WRITTEN = {
    Text: "一个词、一个数或一句话",
    Sequence: "[甲, 乙]，或每项一行、以“- ”开头",
    Entries: "{键: 值, 键: 值}，或每个“键: 值”一行",
}


@dataclass(slots=True)
class Reading:
    """One file being read, and what was found wrong with it so far, and at which nodes or lines."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    spots: list["Node | int"] = field(default_factory=list)

    def again(self) -> "Reading":
        """A reading of the same file that knows what this one has found."""
        return Reading(self.file, [*self.findings], [*self.spots])

    def find(self, code: Code, node: Node | int, place: str, message: str, cure: str = "") -> None:
        """Notes a finding at a node (or a line) and lets the reading go on."""
        line = node if isinstance(node, int) else node.line
        self.findings.append(Finding(code, self.file, line, place, message, cure))
        self.spots.append(node)

    def text(self, node: Node | None, place: str) -> str:
        """A scalar's text; empty where there is none."""
        if node is None:
            return ""
        if isinstance(node, Text):
            return node.value
        self._wrong_shape(node, Text, place)
        return ""

    def items(self, node: Node | None, place: str) -> tuple[Node, ...]:
        """A list's items; a single scalar stands for a list of one."""
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return node.items
        if isinstance(node, Text):
            return (node,) if node.value else ()
        self._wrong_shape(node, Sequence, place)
        return ()

    def texts(self, node: Node | None, place: str) -> tuple[str, ...]:
        """A list of scalars."""
        return tuple(self.text(item, place) for item in self.items(node, place))

    def entries(self, node: Node | None, place: str) -> Mapping[str, Node]:
        """A mapping with free keys."""
        if node is None:
            return {}
        if isinstance(node, Entries):
            return node.values
        self._wrong_shape(node, Entries, place)
        return {}

    def record(
        self, node: Node | None, place: str, required: str = "", optional: str = ""
    ) -> Mapping[str, Node]:
        """A mapping with the keys that this place knows (names with blanks between)."""
        if node is None:
            return {}
        values = self.entries(node, place)
        known = [*required.split(), *optional.split()]
        for key, value in values.items():
            if key not in known:
                self.find(
                    Code.UNKNOWN_KEY, value, place, f"不认识“{key}”。", f"此处可以写：{'、'.join(known)}。"
                )
        if isinstance(node, Entries):
            for key in required.split():
                said = values.get(key)
                if said is None:
                    self.find(Code.MISSING_KEY, node, place, f"缺少“{key}”。", f"请补上“{key}: …”。")
                elif isinstance(said, Text) and not said.value.strip():
                    self.find(Code.MISSING_KEY, said, place, f"“{key}”空着。", f"请补上“{key}: …”。")
        return values

    def literal(self, node: Node | None, place: str, parse: Callable[[str], T], default: T) -> T:
        """A scalar of a kind; `parse` raises ValueError with a Chinese message."""
        if node is None:
            return default
        text = self.text(node, place)
        try:
            return parse(text)
        except ValueError as error:
            self.find(Code.WRONG_LITERAL, node, place, f"“{text}”{error}")
            return default

    def choice(self, node: Node | None, place: str, choices: Mapping[str, T], default: T) -> T:
        """One of a few words."""
        if node is None:
            return default
        word = self.text(node, place)
        if word in choices:
            return choices[word]
        self.find(Code.WRONG_LITERAL, node, place, f"不认识“{word}”。", f"可以写：{'、'.join(choices)}。")
        return default

    def _wrong_shape(self, node: Node, wanted: type, place: str) -> None:
        message = f"此处应当是{SHAPES[wanted]}，写的却是{SHAPES[type(node)]}。"
        self.find(Code.WRONG_SHAPE, node, place, message, f"请写成{WRITTEN[wanted]}。")


def read_file(path: Path, name: str | None = None) -> tuple[Node | None, Reading]:
    """Reads a YAML file from disk; see `read`."""
    shown = name or str(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            reading = Reading(shown)
            reading.find(Code.UNREADABLE_FILE, 1, "", "文件超过 4 MB。", "请拆成几个规则集。")
            return None, reading
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        reading = Reading(shown)
        reading.find(Code.UNREADABLE_FILE, 1, "", "找不到这个文件。", "请检查路径。")
        return None, reading
    except (OSError, UnicodeDecodeError):
        reading = Reading(shown)
        reading.find(Code.UNREADABLE_FILE, 1, "", "文件读不出，或者不是 UTF-8 编码。", "请另存为 UTF-8。")
        return None, reading
    return read(text, shown)


def read(text: str, file: str) -> tuple[Node | None, Reading]:
    """Reads YAML text strictly.

    The node is None where nothing could be read. Findings are in the reading; they are all there is to
    know, no exception leaves this function.
    """
    reading = Reading(file)
    try:
        documents = _documents(text, reading)
    except yaml.MarkedYAMLError as error:
        _not_yaml(error, text, reading)
        return None, reading
    except (yaml.YAMLError, ValueError, RecursionError):
        reading.find(Code.NOT_YAML, 1, "", "这个文件不是正确的 YAML。", "请检查有无控制字符或过深的嵌套。")
        return None, reading
    if len(documents) != 1 or documents[0] is None:
        reading.find(Code.SEVERAL_DOCUMENTS, 1, "", "一个文件应当正好有一份内容。", "请去掉多余的“---”。")
        return None, reading
    return _convert(documents[0], reading, set(), 0), reading


def _documents(text: str, reading: Reading) -> list[yaml.Node | None]:
    loader = _TextLoader(text, reading)
    documents = []
    while loader.check_node():
        documents.append(loader.get_node())
    return documents


def _not_yaml(error: yaml.MarkedYAMLError, text: str, reading: Reading) -> None:
    """Notes where the parser stopped, unless one of the slips that are told of the whole file explains it."""
    mark = error.problem_mark or error.context_mark
    stopped = mark.line + 1 if mark else 1
    found = list(slips(text))
    for line, message, cure in found:
        reading.find(Code.NOT_YAML, line, "", message, cure)
    if not {line for line, *_ in found} & {stopped, stopped - 1}:
        message, cure = in_chinese(error.problem or "")
        reading.find(Code.NOT_YAML, stopped, "", f"这里不是正确的 YAML：{message}", cure)


def _convert(node: yaml.Node, reading: Reading, seen: set[int], depth: int) -> Node:
    line = node.start_mark.line + 1
    if id(node) in seen and not isinstance(node, yaml.ScalarNode):
        # Told already where it is composed; what is written once must not multiply.
        return Text("", line)
    if depth > DEEPEST_NESTING:
        cure = f"最多 {DEEPEST_NESTING} 层，请查有没有多余的“[”“{{”。"
        reading.find(Code.WRONG_SHAPE, line, "", "嵌套太深。", cure)
        return Text("", line)
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return Text(_characters(node, reading), line)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_convert(item, reading, seen, depth + 1) for item in node.value), line)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101  compose yields these three kinds of node
    values: dict[str, Node] = {}
    for key_node, value_node in node.value:
        key = _characters(key_node, reading) if isinstance(key_node, yaml.ScalarNode) else ""
        if not key:
            cure = "请写成“键: 值”，“?”开头的、空着的、是列表的都不是键。"
            reading.find(Code.WRONG_SHAPE, key_node.start_mark.line + 1, "", "键应当是一个词。", cure)
            continue
        if key in values:
            reading.find(
                Code.DUPLICATE_KEY, key_node.start_mark.line + 1, "", f"“{key}”写了两遍。", "请只留一处。"
            )
        value = _convert(value_node, reading, seen, depth + 1)
        values.setdefault(key, value)
    return Entries(values, line)


def _characters(node: yaml.ScalarNode, reading: Reading) -> str:
    """A scalar's text; half of a surrogate pair, which only an escape can write, is no character."""
    value = str(node.value)
    if half := NO_CHARACTER.search(value):
        message = f"“\\u{ord(half[0]):04x}”不是一个字。"
        reading.find(Code.NOT_YAML, node.start_mark.line + 1, "", message, "请直接写出这个字，不用“\\u”。")
        return NO_CHARACTER.sub("?", value)
    if found := unfit(value):
        character, kind = found
        message = f"出现了{kind} U+{ord(character):04X}。"
        cure = "请删去这个字符，把这个词重新输入一遍。"
        reading.find(Code.UNFIT_CHARACTER, node.start_mark.line + 1, "", message, cure)
    return value


def unfit(text: str) -> tuple[str, str] | None:
    """The first character that has no business in a text for readers, and of what kind it is."""
    if text.isprintable():
        return None
    for character in text:
        kind = UNFIT.get(unicodedata.category(character))
        if kind and character not in LINE_BREAKS and not NEWER_CHINESE.match(character):
            return character, kind
    return None


def nodes(node: Node) -> Iterator[Node]:
    """A node and every one below it, keys left out."""
    yield node
    match node:
        case Sequence():
            for item in node.items:
                yield from nodes(item)
        case Entries():
            for value in node.values.values():
                yield from nodes(value)
        case Text():
            return


def walk(node: Node) -> Iterator[Text]:
    """Every scalar below a node, keys left out."""
    return (inner for inner in nodes(node) if isinstance(inner, Text))


def plain(node: Node) -> object:
    """The node as plain strings, lists and dictionaries."""
    match node:
        case Text():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Entries():
            return {key: plain(value) for key, value in node.values.items()}
