"""What a misspelt word may have been meant to be."""

import difflib
import re
from collections.abc import Iterable, Mapping

# How like a name a word has to be to be suggested, and to be read as that name.
SUGGESTED = 0.6
MISSPELT = 0.75


def closest(word: str, known: Iterable[str]) -> str:
    """Names the known word nearest to a misspelt one, as a cure.

    Where `known` maps to what has a label, the Chinese label of a name stands for the name.
    """
    if re.search("[，、]", word):
        return "几个名称之间用半角逗号“, ”分开。"
    if isinstance(known, Mapping):
        for name, entry in known.items():
            label = getattr(entry, "label", entry)
            if word and getattr(label, "chinese", None) == word:
                return f"“{word}”写作“{name}”。"
    near = nearest(word, known, SUGGESTED)
    return f"是不是“{near}”？" if near else ""


def nearest(word: str, known: Iterable[str], at_least: float = MISSPELT) -> str:
    """The known word most like a misspelt one, of a likeness from 0 to 1; empty where none is so like it."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, at_least)), "")
