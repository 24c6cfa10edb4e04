"""JSON texts in answers."""

import json

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_text(value: object) -> str:
    """JSON with characters as they are and keys in order, so that equal values give equal text."""
    return _ENCODER.encode(value)
