"""JSON texts in answers."""

import orjson


def to_text(value: object) -> str:
    """JSON with characters as they are and keys in order, so that equal values give equal text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
