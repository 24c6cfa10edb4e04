"""Reads JSON with exact decimals, and refuses what cannot be meant."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

MARK = b'"'
DEL = b"\x7f"  # the one control character that JSON lets through unescaped
_FLAT = frozenset({str, bool, int, float, type(None)})


class JsonError(ValueError):
    """JSON that says something that cannot be meant."""


def exact_json(text: str) -> object:
    """The value that a JSON text tells.

    Raises JsonError for a name told twice, NaN and an exponent, json.JSONDecodeError (a ValueError too) for
    what is no JSON, RecursionError for what is nested too deeply.
    """
    told = _flat_object(text.encode())
    return _EXACT.decode(text) if told is None else told


def _flat_object(raw: bytes) -> dict[str, Any] | None:
    """The object, where it is flat, without escapes, doubled names and long fractions; else None.

    Without escapes a quotation mark stands around a name or a text and nowhere else, so a name told twice
    shows in how many there are.
    """
    if b"\\" in raw or DEL in raw:
        return None
    try:
        told = orjson.loads(raw)
    except ValueError:
        return None
    if told.__class__ is not dict:
        return None
    classes = list(map(type, told.values()))
    if not _FLAT.issuperset(classes) or raw.count(MARK) != 2 * (len(classes) + classes.count(str)):
        return None
    if float in classes and not _made_exact(told, raw):
        return None
    return told


def _made_exact(told: dict[str, Any], raw: bytes) -> bool:
    """Reads fractions as decimals; they are exact where their shortest form is what stands in the text."""
    for name, value in told.items():
        if value.__class__ is float:
            short = repr(value)
            member = f'"{name}":{short}'.encode()
            if "e" in short or (member + b"," not in raw and member + b"}" not in raw):
                return False
            told[name] = Decimal(short)
    return True


def _decimal(text: str) -> Decimal:
    if "e" in text.lower():
        raise JsonError(f"“{text}”用了科学记数法。")
    return Decimal(text)


def _no_constant(text: str) -> object:
    raise JsonError(f"“{text}”不是数。")


def _no_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise JsonError(f"“{twice[:40].encode(errors='replace').decode()}”写了两遍。")
    return result


# One decoder for all: making one costs more than most questions.
_EXACT = json.JSONDecoder(parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
