"""What a reader sees of a text: characters that nobody sees must not hide a word from the guard."""

import unicodedata

# Format characters, and marks on other characters, which Chinese words have none of.
UNSEEN = frozenset({"Cf", "Mn", "Me"})
# Hangul fillers and the Braille blank are letters and signs by their category, and yet blank.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def shown(text: str) -> str:
    """The text without what is not seen, compatibility forms as the usual characters."""
    if text.isascii():
        return text
    seen = (c for c in text if unicodedata.category(c) not in UNSEEN and c not in BLANK)
    return unicodedata.normalize("NFKC", "".join(seen))
