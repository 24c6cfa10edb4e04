"""JSON texts in answers."""

import orjson

from rules_service.language.types import to_json

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def to_text(value: object) -> str:
    """JSON with characters as they are and keys in order, so that equal values give equal text.

    What JSON has no form for is written as `to_json` says.
    """
    return orjson.dumps(value, to_json, _OPTIONS).decode()
