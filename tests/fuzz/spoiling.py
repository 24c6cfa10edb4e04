"""Spoils rulesets and questions in the ways that people, programs and attackers do."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

from rules_service.language.types import Kind, ValueType

AWKWARD = (
    "",
    "-",
    "null",
    "true",
    "1e16",
    "NaN",
    "-0",
    "9" * 40,
    "[1..3",
    "[3..1]",
    "not(",
    '"',
    ">= ",
    "&a",
    "*a",
    "!!int 5",
    "{a: {a: {a: 1}}}",
    "[[[[[]]]]]",
    "2024-02-30",
    "0001-01-01",
    "稳控",
    "\u202e反",
    "\x07",
    "㛃𫍯䶮",
    "x" * 3000,
    "matter_id",
    "= u.matter",
    "every.thing",
    "received.at",
    "999999999999",
    "-1",
)
VALUES = (
    None,
    True,
    0,
    -1,
    2**63,
    0.1,
    "",
    "x",
    "letter",
    "\x00",
    "2024-02-29",
    "9999-12-31T23:59:59+14:00",
    [],
    {},
    {"a": [1]},
    "6",
)


def ruleset(text: str, chance: random.Random) -> str:
    """A ruleset with one to four things spoilt."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at] = lines[at][chance.randint(0, 4) :]
            case 3:
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice(AWKWARD)
                lines[at] = " ".join(words)
            case 4:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 5:
                head, mark, _ = lines[at].partition(": ")
                lines[at] = head + mark + chance.choice(AWKWARD)
            case _:
                place = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:place] + chance.choice(AWKWARD) + lines[at][place:]
        lines = lines or [""]
    return "\n".join(lines)


def facts(types: Mapping[str, ValueType], chance: random.Random, spoilt: float) -> str:
    """A text where facts should stand: mostly facts, spoilt now and then."""
    names = list(types)
    told: dict[str, object] = {}
    for name in chance.sample(names, min(len(names), chance.randint(0, 12))):
        told[name] = chance.choice(VALUES) if chance.random() < spoilt else meant(types[name], chance)
    if chance.random() < spoilt:
        told[chance.choice(AWKWARD)] = chance.choice(VALUES)
    text = json.dumps(told, ensure_ascii=chance.random() < 0.5)
    if chance.random() < spoilt:
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(AWKWARD) + text[place:]
    return text


def meant(kind: ValueType, chance: random.Random) -> object:
    """A value that somebody could mean."""
    match kind.kind:
        case Kind.ENUM:
            return chance.choice(kind.codes)
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.INT:
            return chance.choice((0, 1, 2, 3, 5, 6, 49, 50, 60))
        case Kind.DECIMAL:
            return chance.choice((0, "0.5", "1.00"))
        case Kind.DATE:
            return f"202{chance.randint(1, 6)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
        case Kind.DATETIME:
            return f"202{chance.randint(1, 6)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}T08:30:00+08:00"
        case _:
            return chance.choice(("某机关", "o-1", "访-001"))


def shipped(folder: Path) -> list[Path]:
    """The shipped rulesets, in order."""
    layers = ("law", "national-norm", "sector", "province", "local")
    return sorted(path for layer in layers for path in (folder / layer).rglob("*.yaml"))
