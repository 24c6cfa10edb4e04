"""The parts of a ruleset that were read whole: no error bears on them, nor on what they rest on.

What is said of them holds whatever becomes of the others, so that one pass tells all that is wrong with a
file. A part rests on whatever it names.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from rules_service.analysis.places import child, entries, items, walk
from rules_service.language.findings import Code, Severity, severity_of
from rules_service.language.model.ruleset import Example, Ruleset
from rules_service.language.ruleset import REQUIRED, Slice
from rules_service.language.source import Node, Reading, Text
from rules_service.language.source import nodes as nodes_of

# The lists of parts: the key that names a part, and where the model keeps what was read of it.
SECTIONS = {
    "elapsed": ("as", "elapsed"),
    "counts": ("as", "counts"),
    "tables": ("id", "tables"),
    "duties": ("id", "duties"),
    "indicators": ("id", "indicators"),
    "indexes": ("id", "indexes"),
    "chain_facts": ("kind", "chain_sources"),
    "chains": ("id", "chains"),
    "examples": ("name", "examples"),
}
# Parts of these have members that others name, as in `table.output` and `duty.due_at`.
WITH_MEMBERS = ("tables", "duties")
# Parts of these may be called the same.
UNNAMED = ("chain_facts", "examples")
# What an example expects, and the sections that decide it.
DECIDES = ("elapsed", "counts", "tables", "duties", "chain_facts", "chains")
EXPECTED = {
    "duties": ("duties",),
    "elapsed": ("elapsed",),
    "groups": ("counts",),
    "indicators": ("counts", "duties", "indicators"),
    "indexes": ("counts", "duties", "indicators", "indexes"),
    "papers": DECIDES,
    "candidate_papers": DECIDES,
    "candidates": DECIDES,
    "findings": DECIDES,
}
WORDS_OF_THE_LAW = frozenset({"quote", "note", "title", "label"})
NAMES = re.compile(r"[\w.]+")
# Errors that leave standing what a part decides: of what it rests on, and of how it speaks.
OF_WORDS = frozenset(
    {
        Code.NO_CITATION,
        Code.UNKNOWN_SOURCE,
        Code.QUOTE_TOO_SHORT,
        Code.QUOTE_TOO_LONG,
        Code.CONVENTION_WITHOUT_REASON,
        Code.ARTICLE_FORM,
        Code.BANNED_WORD,
    }
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A ruleset with those of its parts that were read whole, and the entries of its file that were not.

    Of entries that are lists, it is enough that one part was not.
    """

    ruleset: Ruleset
    wrong: frozenset[str] = frozenset()

    def stands(self, *keys: str) -> bool:
        """Whether no error bears on these entries of the file."""
        return self.wrong.isdisjoint(keys)

    @classmethod
    def of(cls, one: Slice, in_doubt: AbstractSet[str] = frozenset()) -> "Whole":
        """Leaves out what errors bear on, and what names something in doubt."""
        marks = Marks.of(one.reading)
        if not (marks or in_doubt):
            return cls(one.ruleset)
        return _Sieve(one, marks, set(in_doubt)).run()


@dataclass(frozen=True, slots=True)
class Marks:
    """The nodes and the lines of a file that errors stand at."""

    nodes: frozenset[int]
    lines: frozenset[int]

    @classmethod
    def of(cls, reading: Reading) -> "Marks":
        """Marks the errors of a reading; its nodes have to live as long as the marks."""
        spots = list(cls.spots(reading))
        return cls(
            frozenset(id(spot) for spot in spots if not isinstance(spot, int)),
            frozenset(spot for spot in spots if isinstance(spot, int)),
        )

    @staticmethod
    def spots(reading: Reading) -> Iterator[Node | int]:
        """Where the errors stand that bear on what a part means."""
        for finding, spot in zip(reading.findings, reading.spots, strict=True):
            if severity_of(finding.code_) is Severity.ERROR and finding.code_ not in OF_WORDS:
                yield spot

    def __bool__(self) -> bool:
        return bool(self.nodes or self.lines)

    def bear_on(self, node: Node) -> bool:
        """Whether an error stands at a node or below it."""
        return any(id(inner) in self.nodes or inner.line in self.lines for inner in nodes_of(node))


def names_in(node: Node) -> frozenset[str]:
    """Whatever a part of a ruleset may name; of `table.output` the table too, as `table.`."""
    names: set[str] = set()
    for key, text in walk(node):
        if key not in WORDS_OF_THE_LAW:
            for word in (*NAMES.findall(key), *NAMES.findall(text.value)):
                head, dot, _ = word.partition(".")
                names |= {word, head + dot}
    return frozenset(names - {"", "."})


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One part of a file: its place among those of its section, what it is called, and what it names."""

    section: str
    number: int
    node: Node
    called: str
    names: frozenset[str]


@dataclass(slots=True)
class _Sieve:
    """Goes through the parts until none is left that names something in doubt."""

    one: Slice
    marks: Marks
    doubtful: set[str]

    def run(self) -> Whole:
        """What is left."""
        file = entries(self.one.node)
        wrong = {key for key in REQUIRED if key not in file}
        wrong |= {key for key, node in file.items() if self.marks.bear_on(node)}
        self._doubt_what_is_told(file, "in_force_from" in wrong)
        parts = [
            _Part(key, number, node, _text(node, name), names_in(node))
            for key, (name, _) in SECTIONS.items()
            for number, node in enumerate(_listed(file.get(key)))
        ]
        kept = self._kept(parts)
        wrong |= {part.section for part in set(parts) - set(kept)}
        return Whole(self._with(kept, frozenset(wrong)), frozenset(wrong))

    def _doubt_what_is_told(self, file: Mapping[str, Node], undated: bool) -> None:
        """Facts and parameters with errors; which value a parameter has hangs on the first day."""
        for node in items(file.get("inputs")):
            if self.marks.bear_on(node):
                self.doubtful |= names_in(node)
        for name, node in entries(file.get("parameters")).items():
            if undated or self.marks.bear_on(node) or not self.doubtful.isdisjoint(names_in(node)):
                self.doubtful.add(name)

    def _kept(self, parts: list[_Part]) -> list[_Part]:
        called = Counter((part.section, part.called) for part in parts if part.section not in UNNAMED)
        kept = parts
        while True:
            dropped = {
                part
                for part in kept
                if called[part.section, part.called] > 1
                or not self.doubtful.isdisjoint(part.names)
                or self.marks.bear_on(part.node)
            }
            if not dropped:
                return kept
            kept = [part for part in kept if part not in dropped]
            for part in dropped:
                if part.section not in UNNAMED:
                    self.doubtful.add(f"{part.called}." if part.section in WITH_MEMBERS else part.called)

    def _with(self, kept: list[_Part], wrong: frozenset[str]) -> Ruleset:
        """The ruleset with these parts only."""
        read = self.one.ruleset
        parts: dict[str, Any] = {}
        for key, (_, field) in SECTIONS.items():
            numbers = {part.number for part in kept if part.section == key}
            parts[field] = tuple(it for number, it in enumerate(getattr(read, field)) if number in numbers)
        # Tables are read in another order than that of the file.
        tables = {part.called for part in kept if part.section == "tables"}
        parts["tables"] = tuple(table for table in read.tables if table.id in tables)
        parts["examples"] = tuple(_judged(example, tables, wrong) for example in parts["examples"])
        parts["inputs"] = tuple(name for name in read.inputs if name not in self.doubtful)
        parts["parameters"] = {name: it for name, it in read.parameters.items() if name not in self.doubtful}
        return replace(read, **parts)


def _judged(example: Example, known: AbstractSet[str], wrong: AbstractSet[str]) -> Example:
    """An example that expects only what is decided by parts that are whole."""
    expect = {
        key: wanted for key, wanted in example.expect.items() if wrong.isdisjoint(EXPECTED.get(key, ()))
    }
    tables = expect.get("tables")
    if isinstance(tables, dict) and "tables" in wrong:
        expect["tables"] = {name: wanted for name, wanted in tables.items() if name in known}
    return replace(example, expect=expect)


def parts_of(node: Node) -> Iterator[Node]:
    """What a file of rules or adoptions is made of: items of its lists, parameters, and its other entries."""
    for key, entry in entries(node).items():
        if key == "parameters":
            yield from entries(entry).values()
        else:
            yield from items(entry) or (entry,)


def _listed(node: Node | None) -> Sequence[Node]:
    """The parts of a section; one scalar stands for a list of one."""
    return (node,) if isinstance(node, Text) and node.value else items(node)


def _text(node: Node, key: str) -> str:
    found = child(node, key)
    return found.value if isinstance(found, Text) else ""
