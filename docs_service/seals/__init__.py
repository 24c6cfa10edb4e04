"""Seals by key, and the pictures for the seal slot. An office's own seals come from it; the product has only
a marked sample.
"""

from docs_service.seals.register import (
    EMPTY_SLOT,
    NO_SEAL,
    SAMPLE_SEAL,
    SEALS_FILE,
    SEALS_SETTING,
    Seal,
    installed_seals,
    load_seals,
    slot_picture,
)

__all__ = [
    "EMPTY_SLOT",
    "NO_SEAL",
    "SAMPLE_SEAL",
    "SEALS_FILE",
    "SEALS_SETTING",
    "Seal",
    "installed_seals",
    "load_seals",
    "slot_picture",
]
