"""Lays out a tree: what stands on one line, what is quoted, where blank lines go."""

import json
import re
import unicodedata
from collections.abc import Iterator

import yaml

from rules_service.language.form.shapes import Shape
from rules_service.language.form.tree import Collection, Scalar, Slot, Tree

WIDEST_LINE = 110
INDENT = 2

RESOLVER = yaml.SafeLoader("")
TAG = "tag:yaml.org,2002:"
# What YAML 1.2 or another reader of YAML 1.1 takes for a number or a truth value though ours does not.
OTHERS = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|[yYnN]")
ONLY_DIGITS = re.compile(r"[-+]?[0-9][-+0-9.:()/]*")
# A plain scalar begins with a letter, a digit or what lies beyond ASCII, and holds nothing that YAML reads.
PLAIN = re.compile(r"(?:\w|[^\x00-\x7f])(?:[^\x00-\x1f,\[\]{}#:&*!?|>'\"%@`\x7f]|:(?=[^\s,\[\]{}]))*")
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
LITERAL = re.compile(r"\S(?:.*\S)?(?:\n+\S(?:.*\S)?|\n+ +\S(?:.*\S)?)*\n?")


def lay_out(tree: Tree, shape: Shape) -> str:
    """The text of a file."""
    if isinstance(tree, Scalar):
        return scalar(tree.value, shape) + "\n"
    return "\n".join(_block(tree, shape, 0)) + "\n"


def scalar(text: str, shape: Shape) -> str:
    """A scalar on one line: plain where that is read as what is meant, else quoted."""
    if UNSEEN.search(text) or "\n" in text:
        return _escaped(text)
    tag = str(RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).removeprefix(TAG)  # type: ignore[no-untyped-call]
    if tag == "str" and OTHERS.fullmatch(text):
        tag = "float"
    meant = tag in shape.plain or (tag == "str" and not ONLY_DIGITS.fullmatch(text))
    number = tag in {"int", "float"}
    if text and meant and text == text.strip() and (number or PLAIN.fullmatch(text)):
        return text
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _flat(tree: Tree, shape: Shape) -> str | None:
    """The node on one line; None where it may not stand so."""
    if isinstance(tree, Scalar):
        return None if _is_literal(tree.value) else scalar(tree.value, shape)
    if tree.foot or (shape.block and tree.slots):
        return None
    parts = []
    for number, slot in enumerate(_ordered(tree, shape)):
        inner = _flat(slot.node, shape.inner(slot.key, number))
        if slot.above or slot.behind or inner is None:
            return None
        parts.append(inner if tree.is_list else f"{scalar(slot.key, Shape())}: {inner}")
    line = ", ".join(parts)
    return f"[{line}]" if tree.is_list else f"{{{line}}}"


def _ordered(tree: Collection, shape: Shape) -> list[Slot]:
    """The slots in the form's order; what the form does not know stays behind, in the file's order."""
    if tree.is_list or not shape.fixed:
        return tree.slots
    known = list(shape.entries)
    return sorted(tree.slots, key=lambda slot: known.index(slot.key) if slot.key in known else len(known))


def _block(tree: Collection, shape: Shape, indent: int) -> Iterator[str]:
    pad = " " * indent
    for number, slot in enumerate(_ordered(tree, shape)):
        inner = shape.inner(slot.key, number)
        if number and (shape.apart or inner.section):
            yield ""
        yield from _slot(slot, inner, pad, tree.is_list)
    for comment in tree.foot:
        yield pad + comment


def _slot(slot: Slot, shape: Shape, pad: str, is_item: bool) -> Iterator[str]:
    above, behind = list(slot.above), list(slot.behind)
    if is_item:
        above += _hoisted(slot.node, shape)
    head = f"{pad}-" if is_item else f"{pad}{scalar(slot.key, Shape())}:"
    flat = _flat(slot.node, shape)
    if isinstance(slot.node, Collection) and flat is not None and slot.node.slots:
        flat = flat if _columns(f"{head} {flat}") <= WIDEST_LINE else None
    if flat is None and is_item and isinstance(slot.node, Collection):
        above, behind = above + behind, []
    for comment in above + behind[:-1]:
        yield pad + comment
    tail = f" {behind[-1]}" if behind else ""
    if flat is not None:
        yield f"{head} {flat}{tail}"
    elif isinstance(slot.node, Scalar):
        yield f"{head} {'|' if slot.node.value.endswith(chr(10)) else '|-'}{tail}"
        for line in slot.node.value.splitlines():
            yield f"{pad}{' ' * INDENT}{line}" if line else ""
    elif is_item:
        first, *rest = _block(slot.node, shape, len(pad) + INDENT)
        yield f"{head} {first.lstrip()}"
        yield from rest
    else:
        yield head + tail
        yield from _block(slot.node, shape, len(pad) + INDENT)


def _hoisted(tree: Tree, shape: Shape) -> list[str]:
    """Takes the comments before the first thing in an item: they go before its dash."""
    if isinstance(tree, Scalar) or not tree.slots:
        return []
    first = _ordered(tree, shape)[0]
    taken, first.above = first.above, []
    return taken + (_hoisted(first.node, shape.inner("", 0)) if tree.is_list else [])


def _is_literal(text: str) -> bool:
    """Whether a text of several lines can stand as a block of its own."""
    return "\n" in text and not UNSEEN.search(text) and LITERAL.fullmatch(text) is not None


def _columns(line: str) -> int:
    """How wide a line is on a screen: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
