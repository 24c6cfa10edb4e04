"""Reads the facts of most matters at little cost, and leaves the others to the careful reader.

Callers tell the same few facts over and over: so what has to be looked at is worked out once for each
shape, the names of the facts and the classes of their values. Whatever is out of the ordinary (escapes,
nested or doubled names, numbers out of range, anything wrong) gives None, and `CaseReader` says what it is.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from rules_service.engine.index import Known
from rules_service.language.types import LARGEST_INT, LONGEST_TEXT, Kind, Value, ValueType, parse_date
from rules_service.language.vocabulary import Vocabulary

MOST_BYTES = 16 * 1024
MOST_SHAPES = 1024
MOST_DAYS = 8192

_day = lru_cache(MOST_DAYS)(parse_date)


class CheckedFacts(dict[str, Known]):
    """Facts that have been read and checked."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is left to look at in facts of one shape; what is not named is right by its class alone."""

    within: tuple[tuple[str, Container[object]], ...]
    read: tuple[tuple[str, Callable[[Any], Value]], ...]
    fractions: tuple[tuple[str, ValueType], ...]


@dataclass(frozen=True, slots=True)
class QuickReader:
    """Reads objects of facts against a vocabulary, and keeps the shapes that it has seen."""

    vocabulary: Vocabulary
    shapes: dict[tuple[object, ...], _Shape] = field(default_factory=dict)

    def facts(self, text: str) -> CheckedFacts | None:
        """The facts that a JSON text tells; None where it takes a careful look."""
        raw = text.encode()
        # Without escapes JSON holds no control character but DEL.
        if len(raw) > MOST_BYTES or b"\\" in raw or b"\x7f" in raw:
            return None
        try:
            told = orjson.loads(raw)
        except ValueError:
            return None
        if told.__class__ is not dict:
            return None
        classes = tuple(map(type, told.values()))
        # Without escapes a quote opens or closes a name or a text: if there are more, a name stands twice.
        if raw.count(b'"') != 2 * (len(told) + classes.count(str)):
            return None
        key = (*told, *classes)
        shape = self.shapes.get(key) or self._learn(key, list(told), classes)
        if shape is None or not _holds(shape, told, raw):
            return None
        return CheckedFacts(told)

    def _learn(self, key: tuple[object, ...], names: Sequence[str], classes: Sequence[type]) -> _Shape | None:
        within: list[tuple[str, Container[object]]] = []
        read: list[tuple[str, Callable[[Any], Value]]] = []
        fractions: list[tuple[str, ValueType]] = []
        for name, class_ in zip(names, classes, strict=True):
            definition = self.vocabulary.facts.get(name)
            if definition is None or definition.counted or class_ not in _CLASSES:
                return None
            kind = definition.type
            match kind.kind, class_.__name__:
                case (_, "NoneType") | (Kind.STRING, "str") | (Kind.BOOL, "bool"):
                    pass
                case Kind.ENUM, "str":
                    within.append((name, frozenset(kind.codes)))
                case Kind.INT, "int":
                    within.append((name, _numbers(kind)))
                case Kind.DECIMAL, "float":
                    fractions.append((name, kind))
                case Kind.DATE, "str" if kind.least is None and kind.most is None:
                    read.append((name, _day))
                case _:
                    read.append((name, kind.from_json))
        shape = _Shape(tuple(within), tuple(read), tuple(fractions))
        if len(self.shapes) < MOST_SHAPES:
            self.shapes[key] = shape
        return shape


_CLASSES = frozenset({str, bool, int, float, type(None)})


def _numbers(kind: ValueType) -> range:
    low = kind.least if isinstance(kind.least, int) else -LARGEST_INT
    high = kind.most if isinstance(kind.most, int) else LARGEST_INT
    return range(low, high + 1)


def _holds(shape: _Shape, told: dict[str, Any], raw: bytes) -> bool:
    """Whether all values are of their types; those that JSON has no form for are put in their place."""
    if len(raw) > LONGEST_TEXT and any(
        value.__class__ is str and len(value) > LONGEST_TEXT for value in told.values()
    ):
        return False
    for name, allowed in shape.within:
        if told[name] not in allowed:
            return False
    try:
        for name, kind in shape.fractions:
            digits = repr(told[name])
            # INVARIANT: a decimal is what was written, not what a binary fraction makes of it.
            member = f'"{name}":{digits}'.encode()
            if not (member + b"," in raw or member + b"}" in raw):
                return False
            told[name] = kind.from_json(Decimal(digits))
        for name, reads in shape.read:
            told[name] = reads(told[name])
    except ValueError:
        return False
    return True
