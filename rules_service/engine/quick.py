"""Reads the facts of most matters at little cost, and leaves the others to the careful reader.

Callers tell the same few facts over and over: so what has to be looked at is worked out once for each
shape, the names of the facts and the classes of their values. Whatever is out of the ordinary (escapes,
nested or doubled names, numbers out of range, anything wrong) gives None, and `CaseReader` says what it is.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from rules_service.engine.index import Known
from rules_service.language.types import LARGEST_INT, LONGEST_TEXT, Kind, Value, ValueType, parse_date
from rules_service.language.vocabulary import Vocabulary

MOST_CHARACTERS = 16 * 1024
MOST_SHAPES = 1024
DEL = b"\x7f"  # the one control character that JSON lets through unescaped
_FLAT = frozenset({str, bool, int, float, type(None)})


def flat_object(text: str) -> dict[str, Any] | None:
    """The object, where it is flat, without escapes, doubled names and long fractions; else None.

    Without escapes a quotation mark stands around a name or a text and nowhere else, so a name told twice
    shows in how many there are. A fraction is exact where its shortest form is what stands in the text.
    """
    raw = text.encode()
    if b"\\" in raw or DEL in raw:
        return None
    try:
        value = orjson.loads(raw)
    except ValueError:
        return None
    if value.__class__ is not dict:
        return None
    classes = list(map(type, value.values()))
    if not _FLAT.issuperset(classes) or raw.count(b'"') != 2 * (len(classes) + classes.count(str)):
        return None
    if float in classes:
        for name, number in value.items():
            if number.__class__ is float:
                short = repr(number)
                told = f'"{name}":{short}'.encode()
                if "e" in short or not (told + b"," in raw or told + b"}" in raw):
                    return None
                value[name] = Decimal(short)
    return value


class CheckedFacts(dict[str, Known]):
    """Facts that have been read and checked."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is left to look at in facts of one shape; what is not named is right by its class alone."""

    within: tuple[tuple[str, Container[object]], ...]
    read: tuple[tuple[str, Callable[[Any], Value]], ...]


@dataclass(frozen=True, slots=True)
class QuickReader:
    """Reads objects of facts against a vocabulary, and keeps the shapes that it has seen."""

    vocabulary: Vocabulary
    shapes: dict[tuple[object, ...], _Shape] = field(default_factory=dict)

    def facts(self, text: str) -> CheckedFacts | None:
        """The facts that a JSON text tells; None where it takes a careful look."""
        if len(text) > MOST_CHARACTERS or (told := flat_object(text)) is None:
            return None
        classes = tuple(map(type, told.values()))
        key = (*told, *classes)
        shape = self.shapes.get(key) or self._learn(key, list(told), classes)
        if shape is None or (len(text) > LONGEST_TEXT and not _short(told)) or not _holds(shape, told):
            return None
        return CheckedFacts(told)

    def _learn(self, key: tuple[object, ...], names: Sequence[str], classes: Sequence[type]) -> _Shape | None:
        within: list[tuple[str, Container[object]]] = []
        read: list[tuple[str, Callable[[Any], Value]]] = []
        for name, class_ in zip(names, classes, strict=True):
            definition = self.vocabulary.facts.get(name)
            if definition is None or definition.counted:
                return None
            kind = definition.type
            bounded = kind.least is not None or kind.most is not None
            match kind.kind, class_.__name__:
                case (_, "NoneType") | (Kind.STRING, "str") | (Kind.BOOL, "bool"):
                    pass
                case Kind.ENUM, "str":
                    within.append((name, frozenset(kind.codes)))
                case Kind.INT, "int":
                    within.append((name, _numbers(kind)))
                case Kind.DECIMAL, "Decimal" if not bounded:
                    pass
                case Kind.DATE, "str" if not bounded:
                    read.append((name, parse_date))
                case _:
                    read.append((name, kind.from_json))
        shape = _Shape(tuple(within), tuple(read))
        if len(self.shapes) < MOST_SHAPES:
            self.shapes[key] = shape
        return shape


def _numbers(kind: ValueType) -> range:
    low = kind.least if isinstance(kind.least, int) else -LARGEST_INT
    high = kind.most if isinstance(kind.most, int) else LARGEST_INT
    return range(low, high + 1)


def _short(told: dict[str, Any]) -> bool:
    return all(len(value) <= LONGEST_TEXT for value in told.values() if value.__class__ is str)


def _holds(shape: _Shape, told: dict[str, Any]) -> bool:
    """Whether all values are of their types; those that JSON has no form for are put in their place."""
    for name, allowed in shape.within:
        if told[name] not in allowed:
            return False
    try:
        for name, reads in shape.read:
            told[name] = reads(told[name])
    except ValueError:
        return False
    return True
