"""What a misspelt word may have been meant to be."""

import difflib


def closest(word: str, known: list[str]) -> str:
    """Names the known word nearest to a misspelt one, as a cure."""
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"是不是“{near[0]}”？" if near else ""
