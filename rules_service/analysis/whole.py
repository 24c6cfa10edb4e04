"""The parts of a ruleset that were read whole: no error bears on them, nor on what they rest on.

What is said of them holds whatever becomes of the others, so that one pass tells all that is wrong with a
file. A part rests on whatever it names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from rules_service.analysis.places import child, entries, items, walk
from rules_service.language.findings import Code, Severity, severity_of
from rules_service.language.model.ruleset import Example, Ruleset
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.ruleset import REQUIRED, Slice
from rules_service.language.source import Node, Reading, Text
from rules_service.language.source import nodes as nodes_of
from rules_service.language.unary import UnaryTest

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
# What a row calls for beside its outputs, and what frees it to.
EFFECTS = frozenset({"papers", "candidates", "findings", "departs_from"})
# Hit policies that look at outputs to tell what rows answer.
BY_OUTPUTS = frozenset({HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
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

    Of entries that are lists, it is enough that one part was not. `in_doubt` are tables of which rows have
    errors, with the numbers of those that may match anything; what such a table answers is not known.
    """

    ruleset: Ruleset
    wrong: frozenset[str] = frozenset()
    in_doubt: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def decided(self) -> Ruleset:
        """The ruleset without the tables in doubt."""
        tables = (table for table in self.ruleset.tables if table.id not in self.in_doubt)
        return replace(self.ruleset, tables=tuple(tables))

    def without_chains(self) -> "Whole":
        """The same without its chains, where these cannot be run."""
        tables = {table.id for table in self.ruleset.tables}
        examples = tuple(_judged(example, tables, {"chains"}) for example in self.ruleset.examples)
        return replace(self, ruleset=replace(self.ruleset, chains=(), examples=examples))

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

    def stand_at(self, node: Node) -> bool:
        """Whether an error stands at a node itself."""
        return id(node) in self.nodes or node.line in self.lines

    def bear_on(self, node: Node) -> bool:
        """Whether an error stands at a node or below it."""
        return any(map(self.stand_at, nodes_of(node)))


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
        dropped = [part for part in parts if part not in kept]
        wrong |= {part.section for part in dropped}
        in_doubt = dict(self._in_doubt(dropped))
        ruleset = self._with(kept, [table for table, _ in in_doubt.values()], frozenset(wrong))
        return Whole(ruleset, frozenset(wrong), {name: rows for name, (_, rows) in in_doubt.items()})

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

    def _in_doubt(self, dropped: Iterable[_Part]) -> Iterator[tuple[str, tuple[Table, frozenset[int]]]]:
        """Tables with errors in their rows only, and the numbers of the rows that may match anything."""
        read = Counter(table.id for table in self.one.ruleset.tables)
        for part in dropped:
            if part.section != "tables" or read[part.called] != 1 or self.marks.stand_at(part.node):
                continue
            own = entries(part.node)
            if any(self._spoilt(node) for key, node in own.items() if key not in {"rows", "out", "title"}):
                continue
            table = next(table for table in self.one.ruleset.tables if table.id == part.called)
            silent = self._spoilt(own["out"])
            known = [
                self._known(row, node, table.hit, silent)
                for row, node in zip(table.rows, _listed(own["rows"]), strict=True)
            ]
            rows = tuple(row or _unknown(table) for row in known)
            unknown = frozenset(number for number, row in enumerate(known) if row is None)
            yield table.id, (replace(table, rows=rows), unknown)

    def _known(self, row: Row, node: Node, hit: HitPolicy, silent: bool) -> Row | None:
        """What is known of a row: when it matches, and of what it says as much as is sure; or nothing.

        Nothing is what remains where the hit policy needs the rest to tell which row answers.
        """
        own = entries(node)
        if "if" not in own or self.marks.stand_at(node) or self._spoilt(own["if"]):
            return None
        if silent or ("then" in own and self._spoilt(own["then"])):
            if hit in BY_OUTPUTS:
                return None
            row = replace(row, outputs=(None,) * len(row.outputs))
        if any(self._spoilt(own[key]) for key in EFFECTS & own.keys()):
            if hit in BY_OUTPUTS or hit is HitPolicy.FIRST:
                return None
            row = replace(row, papers=(), candidates=(), findings=(), departs_from=None)
        return row

    def _spoilt(self, node: Node) -> bool:
        return self.marks.bear_on(node) or not self.doubtful.isdisjoint(names_in(node))

    def _with(self, kept: list[_Part], in_doubt: Sequence[Table], wrong: frozenset[str]) -> Ruleset:
        """The ruleset with these parts only."""
        read = self.one.ruleset
        parts: dict[str, Any] = {}
        for key, (_, name) in SECTIONS.items():
            numbers = {part.number for part in kept if part.section == key}
            parts[name] = tuple(it for number, it in enumerate(getattr(read, name)) if number in numbers)
        # Tables are read in another order than that of the file.
        tables = {part.called for part in kept if part.section == "tables"}
        parts["tables"] = (*(table for table in read.tables if table.id in tables), *in_doubt)
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


def _unknown(table: Table) -> Row:
    """A row of which nothing is known, as one that matches nothing."""
    return Row("", (UnaryTest(""),) * len(table.inputs), (None,) * len(table.outputs), ())


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
