"""What other compiled modules use of `plain`."""

from rules_service.commands.fired cimport ChainAnswers
from rules_service.commands.frame cimport Matter
from rules_service.engine.told cimport Reader, Told


cdef class KeptSaid:
    cdef bytes decision
    cdef dict reliances
    cdef bytes outputs


cdef class Step:
    cdef object step
    cdef bytes places
    cdef bytes outputs
    cdef tuple told_on
    cdef object said


cdef class PlainAnswers:
    cdef object compiled
    cdef object writer
    cdef ChainAnswers chains
    cdef Reader reader
    cdef int generation
    cdef int members
    cdef bint fits
    cdef bytes told_only
    cdef list steps
    cdef list outputs
    cdef object having_said
    cdef object having_found_nothing
    cdef bytes answer(
        self, Matter* matter, bytes head, const unsigned char* asked, Py_ssize_t length, bint in_batch
    )
    cdef KeptSaid said(self, Step step, Told* told)
    cdef KeptSaid say(self, Step step, bytes key, Told* told)
    cdef bytes told_on(self, Step step, object outputs)
    cdef int forget(self, int generation) except -1
