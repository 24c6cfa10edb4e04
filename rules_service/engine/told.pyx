"""Reads the facts that are told of a matter from their bytes, and numbers the values.

Callers tell the same few values over and over. So a value is read and checked once, with all the care that
`ValueType.from_json` takes, and is known by a number from then on: what tables say is kept under it.
Whatever is out of the ordinary (escapes, nested or doubled names, anything wrong) is not read here, and
`CaseReader` says what it is.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.string cimport memcmp, memset

from rules_service.engine.exact import exact_json
from rules_service.language.types import LONGEST_TEXT, Kind

cdef enum:
    MOST_BYTES = 16384
    MOST_KEPT = 16384
    LONGEST_KEPT = 200
    # Characters of JSON.
    BLANK = 32
    QUOTE = 34
    BACKSLASH = 92
    DELETE = 127  # the one control character that JSON lets through unescaped

cdef Py_ssize_t MOST_CHARACTERS = LONGEST_TEXT


class CheckedFacts(dict):
    """Facts that have been read and checked."""


class ForgottenError(Exception):
    """A number was asked for after its reader had begun anew: whoever holds it must read once more."""


cdef class Member:
    """A name that may be told, and the values that it has had, by their numbers."""

    def __cinit__(self, str name, type):
        self.name = name
        self.type = type
        self.spelling = name.encode()
        self.is_text = type.kind is Kind.STRING
        self.numbers = none_but_null()
        self.values = [None] * (TEXT + 1)


cdef dict none_but_null():
    return {b"null": NOTHING}


cdef class Reader:
    """Reads flat objects of named values.

    Threads may share it. Whatever runs Python, and so all that may set off the collector, may run another
    thread, and that may make the reader begin anew: numbers go with the `generation` that they are of.
    """

    def __cinit__(self, types, *, bint whole=False, int most_kept=MOST_KEPT):
        """Takes the types of the members by name; WHOLE where each must be there, and with a value.

        At most so many values are kept.
        """
        self.members = [Member(name, type) for name, type in types.items()]
        self.places = {member.spelling: place for place, member in enumerate(self.members)}
        self.whole = whole
        self.most_kept = most_kept
        for place in range(MOST_MEMBERS + 1):
            self.follower[place] = place

    def facts(self, bytes raw):
        """The facts that a JSON object tells, by name, as they are told; None where it takes more care."""
        cdef Told told
        cdef const unsigned char* begin = <const unsigned char*>PyBytes_AS_STRING(raw)
        if not self.scan(begin, begin + PyBytes_GET_SIZE(raw), &told):
            return None
        try:
            return CheckedFacts(self.values_of(&told))
        except ForgottenError:
            return None

    cdef bint scan(self, const unsigned char* at, const unsigned char* end, Told* told) except -1:
        """Reads a JSON object (RFC 8259); False where it takes more care."""
        cdef int place, number, expected, after = 0, most = len(self.members), generation = self.generation
        cdef Py_ssize_t length
        cdef const unsigned char* name
        cdef Member member
        cdef Span value
        if end - at > MOST_BYTES or most > MOST_MEMBERS:
            return False
        told.generation = generation
        told.count = 0
        memset(told.numbers, UNTOLD, most * sizeof(unsigned short))
        at = after_blanks(at, end)
        if at == end or at[0] != b"{":
            return False
        at = after_blanks(at + 1, end)
        if at < end and at[0] == b"}":
            return after_blanks(at + 1, end) == end and not (self.whole and most)
        while True:
            if at == end or at[0] != QUOTE:
                return False
            at += 1
            # Callers tell their facts in the same order each time.
            place = -1
            expected = self.follower[after]
            if expected < most:
                member = self.members[expected]
                length = PyBytes_GET_SIZE(member.spelling)
                if (
                    end - at > length
                    and at[length] == QUOTE
                    and not memcmp(at, PyBytes_AS_STRING(member.spelling), length)
                ):
                    place = expected
                    at += length
            if place < 0:
                name = at
                while at < end and at[0] != QUOTE:
                    at += 1
                if at == end:
                    return False
                known = self.places.get(PyBytes_FromStringAndSize(<const char*>name, at - name))
                if known is None:
                    return False
                place = known
                member = self.members[place]
                self.follower[after] = place
            after = place + 1
            if told.numbers[place] != UNTOLD:
                return False
            at = after_blanks(at + 1, end)
            if at == end or at[0] != b":":
                return False
            value.begin = at = after_blanks(at + 1, end)
            if at == end:
                return False
            if at[0] == QUOTE:
                at = after_text(at + 1, end)
                if at == NULL:
                    return False
            else:
                while at < end and at[0] > BLANK and at[0] != b"," and at[0] != b"}":
                    at += 1
            value.length = at - value.begin
            if member.is_text and value.begin[0] == QUOTE:
                number = TEXT
            else:
                number = self.number_of(place, value)
                if number == UNTOLD or (self.whole and number == NOTHING):
                    return False
            told.numbers[place] = number
            told.values[place] = value
            told.order[told.count] = place
            told.count += 1
            at = after_blanks(at, end)
            if at == end:
                return False
            if at[0] == b"}":
                if after_blanks(at + 1, end) != end or (self.whole and told.count < most):
                    return False
                return generation == self.generation
            if at[0] != b",":
                return False
            at = after_blanks(at + 1, end)

    cdef int number_of(self, int place, Span value) except -1:
        """The number of a value; UNTOLD where it is wrong or long."""
        cdef Member member = self.members[place]
        if value.length > LONGEST_KEPT:
            return UNTOLD
        written = PyBytes_FromStringAndSize(<const char*>value.begin, value.length)
        number = member.numbers.get(written)
        return self.learn(member, written) if number is None else <int>number

    cdef int learn(self, Member member, bytes written) except -1:
        """As `number_of`, for the first time."""
        try:
            value = member.type.from_json(exact_json(written.decode()))
        except (ValueError, RecursionError):
            return UNTOLD
        if self.kept >= self.most_kept:
            self.forget()
            return UNTOLD
        self.kept += 1
        number = len(member.values)
        member.values.append(value)
        member.numbers[written] = number
        return number

    def forget(self):
        """Begins anew, so that no caller can make it grow without end."""
        cdef list numbers = [none_but_null() for _ in self.members]
        cdef list values = [[None] * (TEXT + 1) for _ in self.members]
        cdef int place
        cdef Member member
        # INVARIANT: nothing is made or given back from here on: that may set off the collector, it may run
        # Python, and another thread would find members of two generations.
        self.generation += 1
        self.kept = 0
        for place in range(len(self.members)):
            member = self.members[place]
            member.numbers, numbers[place] = numbers[place], member.numbers
            member.values, values[place] = values[place], member.values

    cdef object value(self, int place, int number, int generation):
        """The value that a member has under a number, other than UNTOLD and TEXT. Raises ForgottenError."""
        cdef Member member = self.members[place]
        if generation != self.generation:
            raise ForgottenError
        return member.values[number]

    cdef dict values_of(self, Told* told):
        """What was told, by name and in its order. Raises ForgottenError."""
        cdef int turn, place
        cdef Member member
        cdef dict values = {}
        for turn in range(told.count):
            place = told.order[turn]
            member = self.members[place]
            if told.numbers[place] == TEXT:
                values[member.name] = text_of(told.values[place])
            else:
                values[member.name] = self.value(place, told.numbers[place], told.generation)
        return values


cdef str text_of(Span value):
    """The text between the quotation marks of a value."""
    return PyUnicode_DecodeUTF8(<const char*>value.begin + 1, value.length - 2, NULL)


cdef inline const unsigned char* after_blanks(const unsigned char* at, const unsigned char* end) noexcept:
    while at < end and (at[0] == BLANK or 9 <= at[0] <= 10 or at[0] == 13):
        at += 1
    return at


cdef const unsigned char* after_text(const unsigned char* at, const unsigned char* end) noexcept:
    """What follows a text without escapes; NULL where it is none, too long, or no UTF-8 (RFC 3629, 4)."""
    cdef Py_ssize_t left = MOST_CHARACTERS
    cdef unsigned char first, low, high
    cdef int more
    while at < end:
        first = at[0]
        at += 1
        if first == QUOTE:
            return at
        left -= 1
        if left < 0 or first < BLANK or first == BACKSLASH or first == DELETE:
            return NULL
        if first < 0x80:
            continue
        if first < 0xC2 or first > 0xF4:
            return NULL
        more = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        low = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
        high = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
        if end - at < more or not low <= at[0] <= high:
            return NULL
        at += 1
        for _ in range(more - 1):
            if at[0] & 0xC0 != 0x80:
                return NULL
            at += 1
    return NULL
