"""Protobuf's wire format, as far as answers are put together from parts that are serialised already.

What is static in an answer (texts and citations of rows) is serialised once when a ruleset is loaded;
an answer is then the concatenation of its fields, which is what a serialised message is.
"""

from datetime import UTC, datetime

from google.protobuf.descriptor import Descriptor

LENGTH_DELIMITED = 2
MOST_IN_ONE_BYTE = 127
MOST_IN_TWO_BYTES = 16_383
IN_FIVE_BYTES = range(1 << 28, 1 << 35)
"""The seconds of the moments from 1978 on are among these."""
ALL_BITS = (1 << 64) - 1
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The tags of a timestamp's fields, both numbers.
SECONDS, NANOS = b"\x08", b"\x10"
ONE_BYTE = tuple(bytes((number,)) for number in range(MOST_IN_ONE_BYTE + 1))


def varint(number: int) -> bytes:
    """A number of the format, seven bits a byte, lowest first."""
    if number <= MOST_IN_ONE_BYTE:
        return ONE_BYTE[number]
    if number <= MOST_IN_TWO_BYTES:
        return bytes((number & MOST_IN_ONE_BYTE | 128, number >> 7))
    if number in IN_FIVE_BYTES:
        return bytes(
            (
                number & MOST_IN_ONE_BYTE | 128,
                number >> 7 & MOST_IN_ONE_BYTE | 128,
                number >> 14 & MOST_IN_ONE_BYTE | 128,
                number >> 21 & MOST_IN_ONE_BYTE | 128,
                number >> 28,
            )
        )
    parts = bytearray()
    while number > MOST_IN_ONE_BYTE:
        parts.append(number & MOST_IN_ONE_BYTE | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def tag(message: Descriptor, name: str) -> bytes:
    """The tag of a field that holds a message or a text."""
    return varint(message.fields_by_name[name].number << 3 | LENGTH_DELIMITED)


def field(field_tag: bytes, payload: bytes) -> bytes:
    """One field with its tag and length."""
    length = len(payload)
    if length <= MOST_IN_ONE_BYTE:
        return field_tag + ONE_BYTE[length] + payload
    return field_tag + varint(length) + payload


def text(field_tag: bytes, content: str) -> bytes:
    """A field of text; an empty one is left out."""
    return field(field_tag, content.encode()) if content else b""


def number_tag(message: Descriptor, name: str) -> bytes:
    """The tag of a field that holds a number, a truth or a code of an enum."""
    return varint(message.fields_by_name[name].number << 3)


def number(field_tag: bytes, value: int) -> bytes:
    """A field of a number that is not negative; nought is left out."""
    return field_tag + varint(value) if value else b""


def since_epoch(at: datetime) -> tuple[int, int]:
    """A moment as a timestamp tells it: whole seconds, and nanoseconds after them."""
    since = at - EPOCH
    return since.days * DAY + since.seconds, since.microseconds * 1000


def moment(field_tag: bytes, at: datetime | None) -> bytes:
    """A field of a timestamp, where there is one."""
    if at is None:
        return b""
    seconds, nanos = since_epoch(at)
    # Protobuf writes what is negative as the number that has the same 64 bits.
    return field(field_tag, number(SECONDS, seconds & ALL_BITS) + number(NANOS, nanos))
