"""Answers to plain questions straight from their bytes: one timeless ruleset, facts and no more.

Whatever is out of the ordinary is not answered here, and the question takes the way that all others take;
both say the same.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from rules_service.commands.frame cimport (
    Matter, Opening, matter_end, opening, plain_matter, put, tagged, whole_seconds
)
from rules_service.commands.plain cimport PlainAnswers

from huiyin.rules.v1 import common_pb2
from rules_service.commands import reading, timeless, wire
from rules_service.commands.timeless import Timeless
from rules_service.commands.writing import AT, stamp
from rules_service.engine.keeping import Kept
from rules_service.engine.told import ForgottenError
from service_kit.serving.call import check_deadline

cdef enum:
    MOST_KEPT = 256
    LONGEST_KEPT = 512

cdef int MOST_ITEMS = reading.MOST_ITEMS
cdef int ITEMS_A_LOOK = reading.ITEMS_A_LOOK
cdef bytes ANSWER_AT = AT
cdef bytes CONTEXT = timeless.CONTEXT
cdef bytes CONTEXT_AT = wire.tag(common_pb2.Context.DESCRIPTOR, "at")


cdef class PlainQuestion:
    """A question as far as it does not tell of matters.

    HEAD is what each answer repeats of it. ASKED is the question serialised with all defaults filled, empty
    where none were left out. BEGIN is where the matters begin.
    """

    cdef PlainAnswers answers
    cdef bytes head
    cdef bytes asked
    cdef Py_ssize_t begin


cdef class StraightAnswers:
    """The plain questions to one rulebook."""

    cdef readonly object rulebook
    cdef object kinds

    def __cinit__(self, rulebook):
        """Keeps what it learns of the rulebook's questions."""
        self.rulebook = rulebook
        self.kinds = Kept(MOST_KEPT)

    def evaluate(self, bytes raw, clock):
        """The response to a question about one matter, serialised; None where it is not plain.

        Raises DecodeError where the bytes are broken, and may do so later where it is not plain.
        """
        cdef const unsigned char* begin = <const unsigned char*>PyBytes_AS_STRING(raw)
        cdef const unsigned char* end = begin + PyBytes_GET_SIZE(raw)
        cdef Matter matter
        cdef PlainQuestion plain = self.question(raw, clock)
        if plain is None or not plain_matter(begin + plain.begin, end, &matter) or matter.end != end:
            return None
        return answered(plain, raw, &matter, False)

    def items(self, bytes raw, clock, careful):
        """The response to a question about many matters, serialised; None where it is not plain.

        A matter that is not plain is answered by CAREFUL, from the question about it alone and its number.
        Raises DecodeError, and what `check_deadline` raises.
        """
        cdef const unsigned char* begin = <const unsigned char*>PyBytes_AS_STRING(raw)
        cdef const unsigned char* end = begin + PyBytes_GET_SIZE(raw)
        cdef const unsigned char* at
        cdef Matter matter
        cdef PlainQuestion plain = self.question(raw, clock)
        cdef list items = []
        if plain is None:
            return None
        at = begin + plain.begin
        while at < end:
            if len(items) == MOST_ITEMS:
                return None
            if not len(items) % ITEMS_A_LOOK:
                check_deadline()
            item = answered(plain, raw, &matter, True) if plain_matter(at, end, &matter) else None
            if item is None:
                matter.begin = at
                matter.end = matter_end(at, end)
                if matter.end == NULL:
                    return None
                alone = (plain.asked or raw[:plain.begin]) + raw[matter.begin - begin : matter.end - begin]
                item = careful(alone, len(items))
            items.append(item)
            at = matter.end
        return b"".join(items)

    cdef PlainQuestion question(self, bytes raw, clock):
        """What a question tells before its matters. Raises DecodeError for broken bytes."""
        cdef const char* begin = PyBytes_AS_STRING(raw)
        cdef Opening parts
        cdef PlainQuestion plain
        cdef bytes told_at, key, context
        cdef unsigned char* at
        cdef Py_ssize_t length
        cdef long long seconds
        if not opening(<const unsigned char*>begin, PyBytes_GET_SIZE(raw), &parts):
            return None
        length = parts.end - parts.moment_end
        if parts.ruleset_end + length > LONGEST_KEPT:
            return None
        key = PyBytes_FromStringAndSize(NULL, parts.ruleset_end + length)
        at = put(<unsigned char*>PyBytes_AS_STRING(key), begin, parts.ruleset_end)
        put(at, begin + parts.moment_end, length)
        kind = self.kinds.get(key)
        if kind is None:
            named, context = key[: parts.ruleset_end], key[parts.ruleset_end :]
            kind = self.kinds.keep(key, Timeless.of(self.rulebook, named, context))
        if parts.moment < 0:
            if kind.day_told:
                return None
            told_at = stamp(clock()).SerializeToString()
        else:
            told_at = PyBytes_FromStringAndSize(begin + parts.moment, parts.moment_end - parts.moment)
        seconds = whole_seconds(<const unsigned char*>PyBytes_AS_STRING(told_at), PyBytes_GET_SIZE(told_at))
        if seconds < 0:
            exact = timeless.seconds_of(told_at)
            if exact is None:
                return None
            seconds = exact
        ready = kind.ready(seconds)
        if ready is None:
            return None
        plain = PlainQuestion.__new__(PlainQuestion)
        plain.answers = ready.answers
        plain.head = tagged(ANSWER_AT, told_at) + <bytes>ready.head
        plain.begin = parts.end
        plain.asked = b""
        if parts.moment < 0 or not kind.day_told:
            context = tagged(CONTEXT_AT, told_at) + <bytes>ready.context
            plain.asked = raw[: parts.ruleset_end] + tagged(CONTEXT, context)
        return plain


cdef bytes answered(PlainQuestion plain, bytes raw, Matter* matter, bint in_batch):
    cdef bytes asked = plain.asked or raw
    cdef Py_ssize_t length = PyBytes_GET_SIZE(asked) if plain.asked else plain.begin
    try:
        return plain.answers.answer(
            matter, plain.head, <const unsigned char*>PyBytes_AS_STRING(asked), length, in_batch
        )
    except ForgottenError:
        return None
