"""Protobuf's wire format, as far as answers are put together from parts that are serialised already.

What is static in an answer (texts and citations of rows) is serialised once when a ruleset is loaded;
an answer is then the concatenation of its fields, which is what a serialised message is.
"""

from google.protobuf.descriptor import Descriptor

LENGTH_DELIMITED = 2
ONE_BYTE = tuple(bytes((number,)) for number in range(128))


def varint(number: int) -> bytes:
    """A number of the format, seven bits a byte, lowest first."""
    if number < 128:
        return ONE_BYTE[number]
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def tag(message: Descriptor, name: str) -> bytes:
    """The tag of a field that holds a message or a text."""
    return varint(message.fields_by_name[name].number << 3 | LENGTH_DELIMITED)


def field(field_tag: bytes, payload: bytes) -> bytes:
    """One field with its tag and length."""
    return field_tag + varint(len(payload)) + payload
