"""Characters that no paper may carry, and words too long to set."""

import re
from collections.abc import Iterator

from docs_service.content.findings import Finding
from service_kit.problems import Problem

LONGEST_WORD = 60

# The controls of the Unicode bidirectional algorithm (UAX #9): a line reads otherwise than it is stored.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200b-\u200d\u2060\u00ad\t]")
_NONCHARACTER = re.compile("[\ufdd0-\ufdef\ufffc-\uffff\U0001fffe\U0001ffff]")
_LONG_WORD = re.compile("[!-~\u00a1-\u024f]{%d,}" % (LONGEST_WORD + 1))  # noqa: UP031 - braces of the pattern

_FORBIDDEN = (
    (_CONTROL, Finding.TEXT_CONTROL),
    (_BIDI, Finding.TEXT_BIDI),
    (_SURROGATE, Finding.TEXT_SURROGATE),
    (_NONCHARACTER, Finding.TEXT_NONCHARACTER),
)


def code_point(character: str) -> str:
    """The character's code point as it is written: U+4E00."""
    return f"U+{ord(character):04X}"


def character_problems(text: str, place: str, label: str) -> Iterator[Problem]:
    """What in the text cannot be printed: the first character of each forbidden kind, and a word too long."""
    for pattern, finding in _FORBIDDEN:
        if match := pattern.search(text):
            yield finding.at(
                place, label=label, position=match.start() + 1, character=code_point(match.group())
            )
    if match := _LONG_WORD.search(text):
        yield Finding.WORD_TOO_LONG.at(place, label=label, size=len(match.group()), limit=LONGEST_WORD)
