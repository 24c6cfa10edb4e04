"""Pictures for the seal slot by key. An office's own seals come from it; the product has only a sample."""

from functools import cache
from pathlib import Path

SAMPLE_SEAL = "sample"
EMPTY_SLOT = "slot"
NO_SEAL = "none"

_FOLDER = Path(__file__).parent


def known_seals() -> tuple[str, ...]:
    """Keys that a request may name."""
    return (SAMPLE_SEAL,)


@cache
def slot_picture(key: str) -> bytes:
    """The PNG for the seal slot: a known seal, EMPTY_SLOT or NO_SEAL."""
    if key not in (*known_seals(), EMPTY_SLOT, NO_SEAL):
        raise KeyError(key)
    return (_FOLDER / f"{key}.png").read_bytes()
