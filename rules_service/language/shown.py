"""What a reader sees of a text: characters that nobody sees must not hide a word from the guard."""

import unicodedata
from functools import lru_cache

# Control, format, unassigned and private characters, and marks on others, which Chinese words have none of.
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Mc", "Me"})
# Letters and signs by their category, and yet blank: fillers of Hangul, of Braille, of objects, of notes.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
# Traditional characters of the words that the guard looks for.
TRADITIONAL = str.maketrans(
    "訪眾衆來戶戸訴舉報檢請當個員纏鬧級評積計數譽單紅風險畫標籤簽監視測蹤軌跡蹟動態達顏關誠穩點幫揚醫罷證號話電機郵",
    "访众众来户户诉举报检请当个员缠闹级评积计数誉单红风险画标签签监视测踪轨迹迹动态达颜关诚稳点帮扬医罢证号话电机邮",
)
KEPT = 10_000
"""How many texts are remembered: a vocabulary and its rulesets say the same words again and again."""


@lru_cache(KEPT)
def shown(text: str) -> str:
    """The text without what is not seen, each blank as a space, other forms of a character as the usual."""
    if text.isascii() and text.isprintable():
        return text
    usual = unicodedata.normalize("NFKD", text)
    seen = (" " if c.isspace() else c for c in usual if c.isspace() or not _unseen(c))
    return "".join(seen).translate(TRADITIONAL)


def unspaced(text: str) -> str:
    """What is shown without blanks: one inside a Chinese word hides it from nobody."""
    return shown(text).replace(" ", "")


def _unseen(character: str) -> bool:
    return character in BLANK or unicodedata.category(character) in UNSEEN
