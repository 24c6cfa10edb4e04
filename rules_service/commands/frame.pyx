"""Where the parts of a question are among its bytes, told without making objects of them.

Callers' libraries write the fields of a message in their order and each once: then a few lengths say where
a part ends and the next begins. What is written otherwise is not told here, and protobuf reads it.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire

cdef unsigned char RULESET = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "ruleset")[0]
cdef unsigned char CONTEXT = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "context")[0]
cdef unsigned char MATTER = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "matter")[0]
cdef unsigned char AT = wire.tag(common_pb2.Context.DESCRIPTOR, "at")[0]
cdef unsigned char KEY = wire.tag(common_pb2.Matter.DESCRIPTOR, "matter_id")[0]
cdef unsigned char FACTS = wire.tag(common_pb2.Matter.DESCRIPTOR, "facts_json")[0]
cdef unsigned char RELATED = wire.tag(common_pb2.Matter.DESCRIPTOR, "related_facts")[0]
cdef unsigned char KIND = wire.tag(common_pb2.RelatedFact.DESCRIPTOR, "kind")[0]
cdef unsigned char FIELDS = wire.tag(common_pb2.RelatedFact.DESCRIPTOR, "facts_json")[0]
cdef unsigned char SECONDS = Timestamp.DESCRIPTOR.fields_by_name["seconds"].number << 3

cdef const char* DIGITS = "0123456789abcdef"

cdef enum:
    MOST_IN_ONE_BYTE = 127
    SECONDS_BYTES = 5
    KEY_HEAD = 2  # its tag and its length


cdef const unsigned char* field(
    const unsigned char* at, const unsigned char* end, unsigned char tag, Py_ssize_t* size
) noexcept:
    """Where the content of a field begins, and its SIZE; NULL where there is none of the TAG.

    A field is no longer than two bytes can tell, and its size is written in as few as there can be.
    """
    if end - at < 2 or at[0] != tag:
        return NULL
    size[0] = at[1]
    at += 2
    if size[0] > MOST_IN_ONE_BYTE:
        if at == end or not 0 < at[0] <= MOST_IN_ONE_BYTE:
            return NULL
        size[0] += (<Py_ssize_t>at[0] - 1) << 7
        at += 1
    return at if size[0] <= end - at else NULL


cdef bint opening(const unsigned char* raw, Py_ssize_t length, Opening* parts) noexcept:
    """Reads where the ruleset's name, the moment (-1 where there is none) and the context end."""
    cdef const unsigned char* end = raw + length
    cdef const unsigned char* at
    cdef const unsigned char* moment
    cdef Py_ssize_t size
    at = field(raw, end, RULESET, &size)
    if at == NULL:
        return False
    at += size
    parts.ruleset_end = at - raw
    at = field(at, end, CONTEXT, &size)
    if at == NULL:
        return False
    end = at + size
    parts.end = end - raw
    moment = field(at, end, AT, &size)
    if moment == NULL:
        if at < end and at[0] == AT:
            return False
        parts.moment = -1
        parts.moment_end = at - raw
    else:
        parts.moment = moment - raw
        parts.moment_end = parts.moment + size
    return True


cdef long long whole_seconds(const unsigned char* moment, Py_ssize_t length) noexcept:
    """The seconds of a timestamp without a fraction, in the years 1995 to 2242; -1 for any other."""
    cdef long long seconds = 0
    cdef int byte
    if length != 1 + SECONDS_BYTES or moment[0] != SECONDS or not 3 <= moment[5] < 32:
        return -1
    for byte in range(SECONDS_BYTES - 1):
        if moment[1 + byte] <= MOST_IN_ONE_BYTE:
            return -1
        seconds |= <long long>(moment[1 + byte] & MOST_IN_ONE_BYTE) << 7 * byte
    return seconds | <long long>moment[5] << 28


cdef bint plain_matter(const unsigned char* at, const unsigned char* end, Matter* matter) noexcept:
    """Reads the matter at AT, where a key, facts and facts beside it are all that it has.

    Its key is short and of printable ASCII, so that it needs no closer look.
    """
    cdef Py_ssize_t size
    cdef const unsigned char* text
    matter.begin = at
    at = field(at, end, MATTER, &size)
    if at == NULL:
        return False
    matter.end = end = at + size
    matter.key = at
    text = field(at, end, KEY, &size)
    if text == NULL or not 0 < size <= MOST_IN_ONE_BYTE:
        return False
    matter.key_end = at = text + size
    while text < at:
        if not 32 <= text[0] < 127:
            return False
        text += 1
    matter.facts = field(at, end, FACTS, &size)
    if matter.facts == NULL:
        return False
    matter.beside = matter.facts + size
    return True


cdef bint fact_beside(const unsigned char* at, const unsigned char* end, Beside* fact) noexcept:
    """Reads a fact beside a matter, where it has a kind and fields."""
    cdef Py_ssize_t size
    at = field(at, end, RELATED, &size)
    if at == NULL:
        return False
    fact.end = at + size
    fact.kind = field(at, fact.end, KIND, &size)
    if fact.kind == NULL:
        return False
    fact.kind_end = fact.kind + size
    fact.fields = field(fact.kind_end, fact.end, FIELDS, &size)
    return fact.fields != NULL and fact.fields + size == fact.end


cdef const unsigned char* matter_end(const unsigned char* at, const unsigned char* end) noexcept:
    """Where the matter at AT ends, whatever it has; NULL where there is none."""
    cdef Py_ssize_t size = 0
    cdef int shift = 0
    if at == end or at[0] != MATTER:
        return NULL
    at += 1
    while at < end and shift <= 28:
        size |= <Py_ssize_t>(at[0] & MOST_IN_ONE_BYTE) << shift
        shift += 7
        at += 1
        if at[-1] <= MOST_IN_ONE_BYTE:
            return at + size if size <= end - at else NULL
    return NULL


cdef bytes key_of(Matter* matter):
    """A plain matter's key."""
    cdef const unsigned char* begin = matter.key + KEY_HEAD
    return PyBytes_FromStringAndSize(<const char*>begin, matter.key_end - begin)


cdef bytes tagged(bytes tag, bytes content):
    """A field with its tag and length."""
    cdef Py_ssize_t length = PyBytes_GET_SIZE(content)
    cdef bytes written = PyBytes_FromStringAndSize(NULL, PyBytes_GET_SIZE(tag) + varint_size(length) + length)
    cdef unsigned char* at = <unsigned char*>PyBytes_AS_STRING(written)
    at = put(at, PyBytes_AS_STRING(tag), PyBytes_GET_SIZE(tag))
    at = put_varint(at, length)
    put(at, PyBytes_AS_STRING(content), length)
    return written


cdef bytes hexadecimal(bytes digest, int digits):
    """The first digits of a digest, an even number of them."""
    cdef int turn
    cdef unsigned char byte
    cdef bytes written = PyBytes_FromStringAndSize(NULL, digits)
    cdef char* at = PyBytes_AS_STRING(written)
    for turn in range(digits // 2):
        byte = digest[turn]
        at[2 * turn] = DIGITS[byte >> 4]
        at[2 * turn + 1] = DIGITS[byte & 15]
    return written
