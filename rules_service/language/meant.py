"""What a cell that cannot be read was meant to be: half-width signs, or signs for words of comparison."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

NUMBER = r"([0-9][0-9.]*|[a-z][a-z0-9_]*)"
WORDS = (
    (re.compile(rf"(?:不少于|不小于|不低于|至少)\s*{NUMBER}.?"), r">= \1"),
    (re.compile(rf"{NUMBER}.?及?以上"), r">= \1"),
    (re.compile(rf"(?:不超过|不多于|不大于|至多)\s*{NUMBER}.?"), r"<= \1"),
    (re.compile(rf"{NUMBER}.?及?以[下内]"), r"<= \1"),
    (re.compile(rf"(?:超过|多于|大于)\s*{NUMBER}.?"), r"> \1"),
    (re.compile(rf"(?:不满|不足|不到|少于|小于)\s*{NUMBER}.?"), r"< \1"),
    (re.compile(rf"{NUMBER}.?\s*(?:[-~—至到]|\.\.\.)\s*{NUMBER}.?"), r"[\1..\2]"),
)
SIGNS = str.maketrans(
    {"≥": ">=", "≤": "<=", "【": "[", "】": "]", "「": '"', "」": '"', "“": '"', "”": '"', "、": ","}
)
TRUTHS = {"是": "true", "否": "false", "yes": "true", "no": "false"}
NOT_AND_MORE = re.compile(r"not\([^()]*\)\s*,.+", re.DOTALL)


def cure(text: str, reads: Callable[[str], object], codes: Mapping[str, str]) -> str:
    """The cure for a cell: the first likely meaning that can be read.

    `reads` raises ValueError for what cannot be; `codes` are the column's codes by their Chinese labels.
    """
    if NOT_AND_MORE.fullmatch(text):
        return "not(…) 只能单独写；要加上别的，请把各个值逐个列出，如 online, letter, null。"
    for guess in _guesses(text, codes):
        try:
            reads(guess)
        except ValueError:
            continue
        return f"是不是“{guess}”？"
    return ""


def _guesses(text: str, codes: Mapping[str, str]) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text.translate(SIGNS)).strip()
    yield re.sub(r"([^\s,]+)", lambda word: codes.get(word[0], word[0]), plain)
    yield plain.strip("\"' ")
    for pattern, written in WORDS:
        if pattern.fullmatch(plain):
            yield pattern.sub(written, plain)
