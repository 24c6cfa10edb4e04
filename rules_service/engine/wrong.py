"""What can be wrong with a question: stable codes, as callers see them in `ErrorInfo.reason`."""

from enum import Enum


class Wrong(Enum):
    """The name is the code, the value says when it comes. A code never changes its meaning."""

    FACT_UNKNOWN = "A fact's name is not in the vocabulary."
    VALUE_TYPE = "A value is not of its type."
    NOT_AN_OBJECT = "Something other than a JSON object stands where one must."
    EVENT_UNKNOWN = "An event's type is not in the vocabulary."
    ATTRIBUTE_UNKNOWN = "An event or a related fact has no such attribute."
    MOMENT_MISSING = "An event has no moment, or an office no period."
    FIELD_MISSING = "A related fact lacks a field."
    TOLD_AND_UNKNOWN = "A fact is told and said to be unknown as well."
    FACT_COUNTED = "A fact that the service counts was told."
    TOO_MANY_ITEMS = "A list is longer than it may be."
    JSON_INVALID = "A text is not JSON that can be meant."
    TEXT_TOO_LARGE = "A text is larger than it may be."
    KIND_UNKNOWN = "A related fact's kind is not in the vocabulary."
    REQUEST_UNKNOWN = "An event names a request that the matter does not have."
    KEY_INVALID = "A key holds control characters, or is too long."
    KEY_TWICE = "A key is used twice."
    DAY_INVALID = "A day is not a day that exists."
    PERIOD_REVERSED = "A period ends before it begins."
    PERIODS_OVERLAP = "The earlier period does not end before the period begins."
    END_BEFORE_START = "An event ends before it begins."
    RULESET_UNKNOWN = "There is no ruleset of that name."
    REVISION_UNKNOWN = "A ruleset has no such revision."
    JURISDICTION_INVALID = "A code is not one of GB/T 2260 or GB/T 10114."
    WRONG_SUBJECT = "A ruleset is not about what was asked."
    ROWS_CONTRADICT = "Rows of a table contradict each other on these facts."
    HEAD_REPEATED = "A later message of a stream carries what only the first may."
    PAGE_SIZE = "A page size is out of range."
    PAGE_TOKEN = "A page token is not one that was given."  # noqa: S105  no secret
    CODE_LIST_UNKNOWN = "There is no list of codes of that name."
    MOMENT_OUT_OF_RANGE = "A moment lies outside the years that are counted."
    LENGTH_OUT_OF_RANGE = "A period is longer or shorter than any can be."
