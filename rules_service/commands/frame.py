"""Where the parts of a question are among its bytes, told without making objects of them.

Callers' libraries write the fields of a message in their order and each once: then a few lengths say where
a part ends and the next begins. What is written otherwise is None here, and protobuf reads it. All
functions raise IndexError where the bytes end too early.
"""

from collections.abc import Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.wire import MOST_IN_ONE_BYTE

RULESET = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "ruleset")[0]
CONTEXT = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "context")[0]
MATTER = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "matter")[0]
AT = wire.tag(common_pb2.Context.DESCRIPTOR, "at")[0]
KEY = wire.tag(common_pb2.Matter.DESCRIPTOR, "matter_id")[0]
FACTS = wire.tag(common_pb2.Matter.DESCRIPTOR, "facts_json")[0]
RELATED = wire.tag(common_pb2.Matter.DESCRIPTOR, "related_facts")[0]
KIND = wire.tag(common_pb2.RelatedFact.DESCRIPTOR, "kind")[0]
FIELDS = wire.tag(common_pb2.RelatedFact.DESCRIPTOR, "facts_json")[0]
SECONDS = Timestamp.DESCRIPTOR.fields_by_name["seconds"].number << 3
SECONDS_BYTES = 5


Opening = tuple[int, bytes | None, int, int]
"""The end of the ruleset's name, the moment asked about as it is serialised (None where it is left out),
where that ends, and the end of all that stands before the matters.
"""
Related = Sequence[tuple[bytes, bytes]]
"""Kinds and fields of facts beside a matter."""
PlainMatter = tuple[bytes, bytes, Related, int]
"""A matter that has a key, facts and facts beside it and nothing else: the key with its tag and length, its
facts, those beside it, and its end.
"""


def opening(raw: bytes) -> Opening | None:
    """Reads the ruleset's name and the context of a question to one ruleset."""
    ruleset_end = 2 + raw[1]
    moment_end = ruleset_end + 2
    end = moment_end + raw[ruleset_end + 1]
    if (
        raw[0] != RULESET
        or raw[1] > MOST_IN_ONE_BYTE
        or raw[ruleset_end] != CONTEXT
        or raw[ruleset_end + 1] > MOST_IN_ONE_BYTE
        or end > len(raw)
    ):
        return None
    moment = None
    if moment_end < end and raw[moment_end] == AT:
        begin = moment_end + 2
        moment_end = begin + raw[begin - 1]
        moment = raw[begin:moment_end]
        if moment_end > end:
            return None
    return ruleset_end, moment, moment_end, end


def whole_seconds(moment: bytes) -> int | None:
    """The seconds of a timestamp without a fraction, in the years 1995 to 2242; None for any other."""
    if len(moment) != 1 + SECONDS_BYTES or moment[0] != SECONDS or not 3 <= moment[5] < 32:
        return None
    _, first, second, third, fourth, fifth = moment
    if first > MOST_IN_ONE_BYTE < second and third > MOST_IN_ONE_BYTE < fourth:
        return first & 127 | (second & 127) << 7 | (third & 127) << 14 | (fourth & 127) << 21 | fifth << 28
    return None


def plain_matter(raw: bytes, start: int) -> PlainMatter | None:
    """Reads the matter at START, where that is what it has and its key needs no closer look."""
    size = raw[start + 1]
    at = start + 2
    if size > MOST_IN_ONE_BYTE:
        high = raw[at]
        if not 0 < high <= MOST_IN_ONE_BYTE:
            return None
        size += (high - 1) << 7
        at += 1
    end = at + size
    length = raw[at + 1]
    facts = at + 2 + length
    key = raw[at:facts]
    if (
        raw[start] != MATTER
        or raw[at] != KEY
        or raw[facts] != FACTS
        or not 0 < length <= MOST_IN_ONE_BYTE
        or not (key[2:].isalnum() or _is_plain(key[2:]))
    ):
        return None
    size = raw[facts + 1]
    facts += 2
    if size > MOST_IN_ONE_BYTE:
        high = raw[facts]
        if not 0 < high <= MOST_IN_ONE_BYTE:
            return None
        size += (high - 1) << 7
        facts += 1
    facts_end = facts + size
    if end > len(raw):
        return None
    related: Related | None = () if facts_end == end else _related(raw, facts_end, end)
    return None if related is None else (key, raw[facts:facts_end], related, end)


def _related(raw: bytes, at: int, end: int) -> Related | None:
    """The facts beside a matter, where they are small and nothing else stands between AT and END."""
    found = []
    while at < end:
        size = raw[at + 1]
        kind = at + 4
        fields = kind + raw[at + 3]
        after = fields + 2 + raw[fields + 1]
        if (
            raw[at] != RELATED
            or raw[at + 2] != KIND
            or raw[fields] != FIELDS
            or size > MOST_IN_ONE_BYTE
            or after != at + 2 + size
        ):
            return None
        found.append((raw[kind:fields], raw[fields + 2 : after]))
        at = after
    return found if at == end else None


def _is_plain(key: bytes) -> bool:
    return key.isascii() and key.decode().isprintable()


def matter_end(raw: bytes, start: int) -> int:
    """Where the matter at START ends, whatever it has. Raises IndexError also where there is none."""
    size, shift, at = 0, 0, start + 1
    while raw[at] > MOST_IN_ONE_BYTE:
        size |= (raw[at] & MOST_IN_ONE_BYTE) << shift
        shift += 7
        at += 1
    end = at + 1 + (size | raw[at] << shift)
    if raw[start] != MATTER or end > len(raw):
        raise IndexError
    return end
