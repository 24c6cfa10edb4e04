"""What other compiled modules use of `fired`."""

from rules_service.commands.frame cimport Matter
from rules_service.engine.told cimport Reader, Span

cdef enum:
    MOST_FACTS = 32  # as in `engine/chaining/kept`: arrays take a constant
    MOST_FIELDS = 16


# The facts beside a matter that the rules look at: by fact the generation of its numbers, and by place the
# number of the value and how it is written.
cdef struct Facts:
    int count
    int generations[MOST_FACTS]
    unsigned short numbers[MOST_FACTS][MOST_FIELDS]
    Span values[MOST_FACTS][MOST_FIELDS]


cdef class KindBeside:
    cdef str name
    cdef Reader reader
    cdef int number
    cdef bint wanted
    cdef bytes compared
    cdef bytes are_texts
    cdef int generation
    cdef dict shown
    cdef tuple show(self, int place, int number, int generation)


cdef class ChainAnswers:
    cdef object chains
    cdef bint reasons
    cdef dict kinds
    cdef list texts
    cdef list templates
    cdef object fired
    cdef int add(self, Matter* matter, list parts, dict reliances) except? -1
    cdef list read(self, Matter* matter, Facts* facts)
    cdef bytes likeness(self, list kinds, Facts* facts)
    cdef list ask(self, list kinds, Facts* facts)
    cdef bytes finding(
        self, template, bytes places, list kinds, Facts* facts, bytes about, set told
    )
