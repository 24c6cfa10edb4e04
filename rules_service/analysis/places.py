"""Where the parts of a ruleset stand in its file, so that a finding can name the line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules_service.language.findings import Code, Finding
from rules_service.language.source import Entries, Node, Sequence, Text


@dataclass(frozen=True, slots=True)
class Places:
    """A ruleset file that was read without errors, as its YAML."""

    file: str
    node: Node

    def find(self, code: Code, line: int, place: str, message: str, cure: str = "") -> Finding:
        """A finding in this file."""
        return Finding(code, self.file, line, place, message, cure)

    def at(self, key: str) -> int:
        """The line of a top-level entry."""
        node = child(self.node, key)
        return node.line if node else 1

    def table(self, table: str) -> int:
        """The line on which a table begins."""
        return self._line(self._part("tables", table))

    def row(self, table: str, number: int) -> int:
        """The line of a table's row; rows are counted from 0."""
        part = self._part("tables", table)
        rows = items(child(part, "rows")) if part else ()
        return rows[number].line if number < len(rows) else self._line(part)

    def duty(self, duty: str) -> int:
        """The line on which a duty begins."""
        return self._line(self._part("duties", duty))

    def duty_key(self, duty: str, key: str) -> int:
        """The line of an entry of a duty."""
        part = self._part("duties", duty)
        node = child(part, key) if part else None
        return node.line if node else self._line(part)

    def item(self, key: str, number: int) -> int:
        """The line of an item of a top-level list; items are counted from 0."""
        listed = items(child(self.node, key))
        return listed[number].line if number < len(listed) else self.at(key)

    def parameter(self, name: str) -> int:
        """The line of a parameter."""
        return self._line(child(child(self.node, "parameters"), name))

    def input(self, name: str) -> int:
        """The line on which a fact stands among the inputs."""
        for item in items(child(self.node, "inputs")):
            if isinstance(item, Text) and item.value == name:
                return item.line
        return self.at("inputs")

    def _part(self, key: str, name: str) -> Node | None:
        for item in items(child(self.node, key)):
            found = child(item, "id")
            if isinstance(found, Text) and found.value == name:
                return item
        return None

    def _line(self, node: Node | None) -> int:
        return node.line if node else 1


def child(node: Node | None, key: str) -> Node | None:
    """An entry of a mapping, where there is one."""
    return node.values.get(key) if isinstance(node, Entries) else None


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list, where it is one."""
    return node.items if isinstance(node, Sequence) else ()


def entries(node: Node | None) -> Mapping[str, Node]:
    """The entries of a mapping, where it is one."""
    return node.values if isinstance(node, Entries) else {}


def walk(node: Node) -> Iterator[tuple[str, Text]]:
    """Every scalar below a node with the key that it stands under."""
    for key, inner in _inner(node):
        if isinstance(inner, Text):
            yield key, inner
        else:
            for under, text in walk(inner):
                yield under or key, text


def _inner(node: Node) -> Iterator[tuple[str, Node]]:
    match node:
        case Text():
            yield "", node
        case Sequence():
            for item in node.items:
                yield "", item
        case Entries():
            yield from node.values.items()
