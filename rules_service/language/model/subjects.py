"""What rules are about. There is no person among it."""

from enum import Enum


class Subject(Enum):
    """What a ruleset is about. There is no person among them, and there will be none."""

    MATTER = "matter"
    OFFICE = "office"
    AFFAIR = "affair"

    # Members are asked for in dictionaries again and again, and there is one of each.
    __hash__ = object.__hash__


class Each(Enum):
    """What a table or a duty speaks about, one by one."""

    MATTER = "matter"
    REQUEST = "request"
    OFFICE = "office"

    # Members are asked for in dictionaries again and again, and there is one of each.
    __hash__ = object.__hash__
