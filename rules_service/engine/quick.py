"""Reads the facts of most matters at little cost, and leaves the others to the careful reader.

Callers tell the same few facts over and over: so what has to be looked at is worked out once for each
shape, the names of the facts and the classes of their values. Whatever is out of the ordinary (escapes,
nested or doubled names, numbers out of range, anything wrong) gives None, and `CaseReader` says what it is.
"""

from collections.abc import Callable, Container, Mapping, Sequence
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
MOST_KEPT = 4096
MARK = b'"'
DEL = b"\x7f"  # the one control character that JSON lets through unescaped
_Fraction = tuple[bytes, bytes, Decimal]
"""How a member with a fraction stands before another member and at the end, and its exact value."""
_FLAT = frozenset({str, bool, int, float, type(None)})


def flat_object(raw: bytes) -> dict[str, Any] | None:
    """The object, where it is flat, without escapes, doubled names and long fractions; else None.

    Without escapes a quotation mark stands around a name or a text and nowhere else, so a name told twice
    shows in how many there are.
    """
    told = _object(raw)
    if told is None:
        return None
    classes = list(map(type, told.values()))
    if not _FLAT.issuperset(classes) or raw.count(MARK) != _marks(classes):
        return None
    if float in classes:
        fractions = [name for name, value in told.items() if value.__class__ is float]
        if not _make_exact(fractions, told, raw, _written):
            return None
    return told


def _object(raw: bytes) -> dict[str, Any] | None:
    if b"\\" in raw or DEL in raw:
        return None
    try:
        told = orjson.loads(raw)
    except ValueError:
        return None
    return told if told.__class__ is dict else None


def _marks(classes: Sequence[type]) -> int:
    return 2 * (len(classes) + classes.count(str))


def _make_exact(
    fractions: Sequence[str], told: dict[str, Any], raw: bytes, written: Callable[[str, float], _Fraction]
) -> bool:
    """Reads fractions as decimals; they are exact where their shortest form is what stands in the text."""
    for name in fractions:
        before, after, exact = written(name, told[name])
        if before not in raw and after not in raw:
            return False
        told[name] = exact
    return True


def _written(name: str, value: float) -> _Fraction:
    short = repr(value)
    # JSON has no place for NUL: what is written with an exponent takes a careful look.
    member = b"\0" if "e" in short else f'"{name}":{short}'.encode()
    return member + b",", member + b"}", Decimal(short)


# Only names of the vocabulary come here: they are few and short.
_written_before = lru_cache(MOST_KEPT)(_written)
_day = lru_cache(MOST_KEPT)(parse_date)


class CheckedFacts(dict[str, Known]):
    """Facts that have been read and checked."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is left to look at in facts of one shape; what is not named is right by its class alone."""

    marks: int
    fractions: tuple[str, ...]
    within: tuple[tuple[str, Container[object]], ...]
    read: tuple[tuple[str, Callable[[Any], Value]], ...]


@dataclass(frozen=True, slots=True)
class QuickReader:
    """Reads objects against the types of their members, and keeps the shapes that it has seen."""

    types: Mapping[str, ValueType]
    whole: bool = False
    """Whether every member must be there, and with a value."""
    shapes: dict[tuple[object, ...], _Shape] = field(default_factory=dict)

    @classmethod
    def of_facts(cls, vocabulary: Vocabulary) -> "QuickReader":
        """Reads the facts that a caller may tell of a matter."""
        return cls({name: fact.type for name, fact in vocabulary.facts.items() if not fact.counted})

    @classmethod
    def of_kinds(cls, vocabulary: Vocabulary) -> dict[bytes, "QuickReader"]:
        """Reads the fields of facts beside a matter, by the kinds of these."""
        return {kind.name.encode(): cls(kind.fields, whole=True) for kind in vocabulary.kinds.values()}

    def facts(self, raw: bytes) -> CheckedFacts | None:
        """The facts that a JSON text tells; None where it takes a careful look."""
        told = self.read(raw)
        return None if told is None else CheckedFacts(told)

    def read(self, raw: bytes) -> dict[str, Any] | None:
        """As `facts`, in a dictionary of the caller's own."""
        told = _object(raw) if len(raw) <= MOST_BYTES else None
        if told is None:
            return None
        key = (*told, *map(type, told.values()))
        shape = self.shapes.get(key) or self._learn(key, told)
        if shape is None or raw.count(MARK) != shape.marks or (len(raw) > LONGEST_TEXT and not _short(told)):
            return None
        return told if _holds(shape, told, raw) else None

    def _learn(self, key: tuple[object, ...], told: Mapping[str, object]) -> _Shape | None:
        names, classes = list(told), list(map(type, told.values()))
        within: list[tuple[str, Container[object]]] = []
        read: list[tuple[str, Callable[[Any], Value]]] = []
        if not _FLAT.issuperset(classes):
            return None
        if self.whole and (len(names) < len(self.types) or type(None) in classes):
            return None
        for name, class_ in zip(names, classes, strict=True):
            kind = self.types.get(name)
            if kind is None:
                return None
            bounded = kind.least is not None or kind.most is not None
            match kind.kind, class_.__name__:
                case (_, "NoneType") | (Kind.STRING, "str") | (Kind.BOOL, "bool"):
                    pass
                case Kind.ENUM, "str":
                    within.append((name, frozenset(kind.codes)))
                case Kind.INT, "int":
                    within.append((name, _numbers(kind)))
                case Kind.DECIMAL, "float" if not bounded:
                    pass
                case Kind.DATE, "str" if not bounded:
                    read.append((name, _day))
                case _:
                    read.append((name, kind.from_json))
        fractions = tuple(name for name, class_ in zip(names, classes, strict=True) if class_ is float)
        shape = _Shape(_marks(classes), fractions, tuple(within), tuple(read))
        if len(self.shapes) < MOST_SHAPES:
            self.shapes[key] = shape
        return shape


def _numbers(kind: ValueType) -> range:
    low = kind.least if isinstance(kind.least, int) else -LARGEST_INT
    high = kind.most if isinstance(kind.most, int) else LARGEST_INT
    return range(low, high + 1)


def _short(told: dict[str, Any]) -> bool:
    return all(len(value) <= LONGEST_TEXT for value in told.values() if value.__class__ is str)


def _holds(shape: _Shape, told: dict[str, Any], raw: bytes) -> bool:
    """Whether all values are of their types; those that JSON has no form for are put in their place."""
    if shape.fractions and not _make_exact(shape.fractions, told, raw, _written_before):
        return False
    for name, allowed in shape.within:
        if told[name] not in allowed:
            return False
    try:
        for name, reads in shape.read:
            told[name] = reads(told[name])
    except ValueError:
        return False
    return True
