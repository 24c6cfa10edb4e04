"""A YAML file as a tree that knows its comments.

A comment on a line of its own belongs to the entry or item after it, unless it is indented deeper than
that one: then it closes the list or mapping before it, as a row that was commented out does. A comment
behind something belongs to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(slots=True, eq=False)
class Scalar:
    """A text."""

    value: str


@dataclass(slots=True, eq=False)
class Slot:
    """An entry of a mapping or, without a key, an item of a list."""

    key: str
    node: "Tree"
    above: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Collection:
    """A mapping or a list. `foot` are the comments after its last slot."""

    is_list: bool
    slots: list[Slot]
    foot: list[str] = field(default_factory=list)

    def get(self, key: str) -> "Tree | None":
        """The value of a key of a mapping."""
        return next((slot.node for slot in self.slots if slot.key == key), None)


Tree = Scalar | Collection


class _Comment(NamedTuple):
    text: str
    start: int
    line: int
    column: int
    alone: bool


@dataclass(slots=True, eq=False)
class _Placed:
    """A slot with its place in the file, and the collections around it from the outermost in."""

    slot: Slot
    start: int
    lines: tuple[int, int]
    around: tuple["_Around", ...]


@dataclass(slots=True, eq=False)
class _Around:
    collection: Collection
    start: int
    end: int
    column: int
    flow: bool

    def contains(self, at: int) -> bool:
        return self.start <= at < self.end


def read_tree(text: str) -> Tree:
    """Reads a file that the strict reader has read without findings."""
    tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None  # noqa: S101  the strict reader refuses an empty file
    dashes = [token.start_mark.index for token in tokens if isinstance(token, yaml.BlockEntryToken)]
    places: list[_Placed] = []
    tree = _grow(root, dashes, (), places)
    if isinstance(tree, Collection):
        for comment in _comments(text, tokens):
            _attach(comment, places, tree)
    return tree


def _grow(node: yaml.Node, dashes: list[int], around: tuple[_Around, ...], places: list[_Placed]) -> Tree:
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value)
    assert isinstance(node, yaml.CollectionNode)  # noqa: S101  compose yields no other
    is_list = isinstance(node, yaml.SequenceNode)
    collection = Collection(is_list, [])
    start, flow = node.start_mark, bool(node.flow_style)
    inside = (
        *around,
        _Around(collection, start.index, node.end_mark.index, start.column, flow),
    )
    children = [("", None, item) for item in node.value] if is_list else _entries(node)
    for key, key_node, child in children:
        begins = key_node.start_mark if key_node else child.start_mark
        at = begins.index
        if is_list and not flow:
            at = max(dash for dash in dashes if dash < at)
        slot = Slot(key, Scalar(""))
        collection.slots.append(slot)
        places.append(_Placed(slot, at, (begins.line, _last_line(child)), inside))
        slot.node = _grow(child, dashes, inside, places)
    return collection


def _entries(node: yaml.Node) -> list[tuple[str, yaml.Node, yaml.Node]]:
    return [(key.value, key, value) for key, value in node.value]


def _last_line(node: yaml.Node) -> int:
    """The line on which a scalar or a flow collection ends; a block collection ends on none."""
    if isinstance(node, yaml.ScalarNode):
        return int(node.start_mark.line if node.style in {"|", ">"} else node.end_mark.line)
    return int(node.end_mark.line) if isinstance(node, yaml.CollectionNode) and node.flow_style else -1


def _comments(text: str, tokens: list[yaml.Token]) -> Iterator[_Comment]:
    """What stands between the tokens, and behind the `|` of a block text."""
    line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    line, last = 0, 0
    for token in tokens:
        start, end = token.start_mark.index, token.end_mark.index
        stretches = [(last, start)]
        if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            stretches.append((start, start + len(text[start:end].splitlines()[0])))
        for low, high in stretches:
            for match in COMMENT.finditer(text, low, max(low, high)):
                while line + 1 < len(line_starts) and line_starts[line + 1] <= match.start():
                    line += 1
                column = match.start() - line_starts[line]
                alone = not text[line_starts[line] : match.start()].strip(" \t\ufeff")
                yield _Comment(match[0].rstrip(), match.start(), line, column, alone)
        last = max(last, end)


def _attach(comment: _Comment, places: list[_Placed], root: Collection) -> None:
    before = [place for place in places if place.start < comment.start]
    after = next((place for place in places if place.start > comment.start), None)
    if not comment.alone:
        open_ = [
            place for place in before if all(not it.flow or it.contains(comment.start) for it in place.around)
        ]
        if open_ and comment.line in open_[-1].lines:
            open_[-1].slot.behind.append(comment.text)
            return
    path = before[-1].around if before else ()
    within = next((it for it in reversed(path) if it.flow and it.contains(comment.start)), None)
    if within is not None:
        if after is not None and within in after.around:
            after.slot.above.append(comment.text)
        else:
            within.collection.foot.append(comment.text)
        return
    if after is not None and comment.column <= after.around[-1].column:
        after.slot.above.append(comment.text)
        return
    for around in reversed(path):
        if after is not None and around in after.around:
            break
        if not around.flow and around.column <= comment.column:
            around.collection.foot.append(comment.text)
            return
    (after.slot.above if after else root.foot).append(comment.text)
