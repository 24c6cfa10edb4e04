"""Folds lines of Chinese to a width: anywhere between characters, but never inside a word or a number, and
never before a mark that may not open a line.
"""

from rich.cells import cell_len
from rich.text import Text

_NEVER_FIRST = frozenset("，。；：、！？）》〉”’】〕…·,.;:!?)]}%")
_NEVER_LAST = frozenset("（《〈“‘【〔([{")


def fold(text: Text, width: int) -> list[Text]:
    """TEXT as lines of at most WIDTH cells, styles kept; a word longer than that is cut."""
    plain = text.plain
    cuts: list[int] = []
    start, used, last_break = 0, 0, 0
    for at, character in enumerate(plain):
        cells = cell_len(character)
        if at > start and _may_break(plain[at - 1], character):
            last_break = at
        if used + cells > width and at > start:
            cut = last_break if last_break > start else at
            cuts.append(cut)
            start, used = cut, cell_len(plain[cut:at])
        used += cells
    lines = list(text.divide(cuts))
    for line in lines:
        line.rstrip()
    return lines


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST or after == " ":
        return False
    return before == " " or not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return character.isascii() and not character.isspace()
