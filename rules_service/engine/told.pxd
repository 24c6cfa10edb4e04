"""What other compiled modules use of `told`."""

cdef enum:
    MOST_MEMBERS = 512
    MOST_NAMES = 1024
    # The numbers that no value has.
    UNTOLD = 0
    NOTHING = 1
    TEXT = 2


cdef struct Span:
    const unsigned char* begin
    Py_ssize_t length


# What an object tells: the places of its members in their order, and by place the number of the value and how
# it is written. The numbers hold as long as the reader is of that generation. Those behind the members' are
# for whoever decides tables.
cdef struct Told:
    int generation
    int count
    unsigned short order[MOST_MEMBERS]
    unsigned short numbers[MOST_NAMES]
    Span values[MOST_MEMBERS]


cdef class Member:
    cdef readonly str name
    cdef readonly object type
    cdef readonly bytes spelling
    cdef bint is_text
    cdef dict numbers
    cdef list values


cdef class Reader:
    cdef readonly list members
    cdef readonly int generation
    cdef bint whole
    cdef dict places
    cdef int kept
    cdef int most_kept
    cdef unsigned short follower[MOST_MEMBERS + 1]
    cdef bint scan(self, const unsigned char* at, const unsigned char* end, Told* told) except -1
    cdef int number_of(self, int place, Span value) except -1
    cdef int learn(self, Member member, bytes written) except -1
    cdef dict values_of(self, Told* told)
    cdef object value(self, int place, int number, int generation)


cdef str text_of(Span value)
