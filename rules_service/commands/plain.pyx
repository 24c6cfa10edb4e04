"""Answers of rulesets that say the same at any moment, about matters that tell facts and nothing else.

What a table says of the same values is the same bytes each time: so they are kept under the numbers by which
the reader knows the values. What bytes are not enough for is None here, and the question takes the way that
all others take.
"""

from array import array
from hashlib import sha256

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from rules_service.commands.fired cimport ChainAnswers
from rules_service.commands.frame cimport Matter, hexadecimal, put, put_varint, varint_size
from rules_service.engine.told cimport MOST_NAMES, NOTHING, TEXT, UNTOLD, Reader, Told

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.said import said_of
from rules_service.commands.writing import DECISION_ID_HEAD, ID_LENGTH
from rules_service.engine.index import UNKNOWN
from rules_service.engine.keeping import Kept
from rules_service.engine.outcome import Outcome
from rules_service.engine.told import ForgottenError
from rules_service.language.model.subjects import Each

cdef enum:
    MOST_SAID = 1024
    LONGEST_SAID = 16384
    MOST_VALUES = 4096

cdef bytes ID_HEAD = DECISION_ID_HEAD
cdef int ID_DIGITS = ID_LENGTH
cdef unsigned char ANSWER = wire.tag(pb.EvaluateResponse.DESCRIPTOR, "answer")[0]
cdef unsigned char ITEM = wire.tag(pb.BatchEvaluateResponse.DESCRIPTOR, "items")[0]
cdef unsigned char ANSWER_OF_ITEM = wire.tag(pb.BatchItem.DESCRIPTOR, "answer")[0]


cdef class KeptSaid:
    """What a table says of some values; OUTPUTS are the numbers of what later tables look at."""

    def __cinit__(self, bytes decision, dict reliances, bytes outputs):
        self.decision = decision
        self.reliances = reliances
        self.outputs = outputs


cdef KeptSaid NOT_PLAIN = KeptSaid(b"", {}, b"")


cdef class Step:
    """A table to decide: the places of its inputs and of those outputs that later tables look at."""

    def __cinit__(self, step, dict places, tuple told_on):
        self.step = step
        self.places = packed([places[name] for name in step.index.table.inputs])
        self.outputs = packed([places[name] for name in told_on])
        self.told_on = told_on
        self.said = Kept(MOST_SAID)


cdef class Output:
    """The values that an output of a table has had, by their numbers."""

    cdef list values
    cdef dict numbers

    def __cinit__(self):
        self.values = [UNKNOWN, None]
        self.numbers = {}

    cdef int number_of(self, value) except -1:
        """The number of a value; UNTOLD where there are too many."""
        if value is None:
            return NOTHING
        # Values that are equal may be written differently.
        written = (value.__class__, str(value))
        number = self.numbers.get(written)
        if number is None:
            if len(self.values) >= MOST_VALUES:
                return UNTOLD
            number = len(self.values)
            self.values.append(value)
            self.numbers[written] = number
        return number


cdef class PlainAnswers:
    """The decisions of one revision in one view."""

    def __cinit__(self, compiled, writer, Reader reader, beside):
        """Takes a revision for which `is_timeless` holds, and the readers of facts, and of facts beside."""
        self.compiled = compiled
        self.writer = writer
        self.reader = reader
        self.generation = reader.generation
        self.members = len(reader.members)
        self.chains = ChainAnswers(compiled.chains, writer.findings, beside)
        steps = [step for each in (Each.MATTER, Each.REQUEST) for step in compiled.steps[each]]
        looked_at = {name for step in steps for name in step.index.table.inputs}
        places = {member.name: place for place, member in enumerate(reader.members)}
        # Outputs of tables, and facts that are counted and so are told by nobody.
        for name in sorted(looked_at - places.keys()):
            places[name] = len(places)
        self.fits = len(places) <= MOST_NAMES
        self.outputs = [Output() for _ in range(len(places) - self.members)]
        self.told_only = packed([places[name] for name in compiled.ruleset.told_only if name in looked_at])
        self.steps = [
            Step(step, places, tuple([name for name in step.outputs if name in looked_at])) for step in steps
        ]
        somebody = Outcome()
        somebody.use(compiled.ruleset)
        self.having_said = writer.ending(somebody)
        self.having_found_nothing = self.having_said if steps else writer.ending(Outcome())

    cdef bytes answer(
        self, Matter* matter, bytes head, const unsigned char* asked, Py_ssize_t length, bint in_batch
    ):
        """The field of a response with the answer about a matter; None where it is not plain.

        Raises ForgottenError where other threads have made a reader begin anew meanwhile.

        HEAD is what an answer repeats of the question. The LENGTH bytes ASKED, with the matter's, are the
        question about it alone, with all defaults filled.
        """
        cdef Told told
        cdef Step step
        cdef KeptSaid said
        cdef const unsigned short* places
        cdef Py_ssize_t turn
        cdef int found
        cdef list parts = [ID_HEAD, None, head]
        cdef dict reliances = {}
        if not self.fits or not self.reader.scan(matter.facts, matter.beside, &told):
            return None
        if self.generation != told.generation:
            self.forget(told.generation)
        for turn in range(self.members, self.members + len(self.outputs)):
            told.numbers[turn] = UNTOLD
        places = <const unsigned short*>PyBytes_AS_STRING(self.told_only)
        for turn in range(PyBytes_GET_SIZE(self.told_only) // 2):
            if told.numbers[places[turn]] == UNTOLD:
                told.numbers[places[turn]] = NOTHING
        for step in self.steps:
            said = self.said(step, &told)
            if said is NOT_PLAIN:
                return None
            parts.append(said.decision)
            if said.reliances:
                reliances.update(said.reliances)
        ending = self.having_found_nothing
        if matter.beside != matter.end:
            found = self.chains.add(matter, parts, reliances)
            if found < 0:
                return None
            if found:
                ending = self.having_said
        if reliances and self.writer.reasons:
            parts.extend(reliances)
        parts.append(ending.revisions)
        parts[1] = decision_id(asked, length, matter, ending.identity)
        return joined_item(matter, parts) if in_batch else joined(parts)

    cdef KeptSaid said(self, Step step, Told* told):
        """What a table says of what is told; what it says is told from then on."""
        cdef Py_ssize_t turn, width = PyBytes_GET_SIZE(step.places) // 2
        cdef int place
        # It holds the generation: by the time that it is kept the numbers may be other values'.
        cdef bytes key = PyBytes_FromStringAndSize(NULL, sizeof(int) + 2 * width)
        cdef unsigned short* numbers = <unsigned short*>(PyBytes_AS_STRING(key) + sizeof(int))
        cdef const unsigned short* places = <const unsigned short*>PyBytes_AS_STRING(step.places)
        cdef KeptSaid said
        for turn in range(width):
            place = places[turn]
            if told.numbers[place] == TEXT and place < self.members:
                told.numbers[place] = self.reader.number_of(place, told.values[place])
                if told.numbers[place] == UNTOLD:
                    return NOT_PLAIN
                if told.generation != self.reader.generation:
                    raise ForgottenError
            numbers[turn] = told.numbers[place]
        (<int*>PyBytes_AS_STRING(key))[0] = told.generation
        if told.generation != self.generation:
            raise ForgottenError
        said = step.said.get(key)
        if said is None:
            said = self.say(step, key, told)
        places = <const unsigned short*>PyBytes_AS_STRING(step.outputs)
        numbers = <unsigned short*>PyBytes_AS_STRING(said.outputs)
        for turn in range(PyBytes_GET_SIZE(said.outputs) // 2):
            told.numbers[places[turn]] = numbers[turn]
        return said

    cdef KeptSaid say(self, Step step, bytes key, Told* told):
        """As `said`, for the first time; it is kept under the KEY."""
        cdef KeptSaid said = NOT_PLAIN
        cdef list of_outputs = self.outputs
        cdef int place, number
        if told.generation != self.generation:
            raise ForgottenError
        values = []
        for place in array("H", step.places):
            number = told.numbers[place]
            if place >= self.members:
                values.append((<Output>of_outputs[place - self.members]).values[number])
            elif number == UNTOLD:
                values.append(UNKNOWN)
            else:
                values.append(self.reader.value(place, number, told.generation))
        table = said_of(self.compiled, step.step, self.writer, tuple(values))
        outputs = None if table is None else self.told_on(step, table.outputs)
        if outputs is not None:
            said = KeptSaid(table.decision, table.reliances, outputs)
        if told.generation != self.generation:
            raise ForgottenError
        if PyBytes_GET_SIZE(said.decision) <= LONGEST_SAID:
            step.said.keep(key, said)
        return said

    cdef bytes told_on(self, Step step, object outputs):
        """The numbers of what later tables look at. Raises ForgottenError where there are too many values."""
        cdef Output output
        numbers = []
        for place, name in zip(array("H", step.outputs), step.told_on):
            output = self.outputs[place - self.members]
            number = output.number_of(outputs[name])
            if number == UNTOLD:
                self.reader.forget()
                raise ForgottenError
            numbers.append(number)
        return packed(numbers)

    cdef int forget(self, int generation) except -1:
        """Forgets what was said of values that have new numbers now. Raises ForgottenError."""
        cdef Step step
        cdef list fresh = [Output() for _ in self.outputs]
        # INVARIANT: nothing is made from here on, as in `Reader.forget`. While the outputs were made, another
        # thread may have come here for the same generation and numbered some, or for a later one.
        if generation != self.reader.generation:
            raise ForgottenError
        if generation == self.generation:
            return 0
        self.generation = generation
        self.outputs = fresh
        for step in self.steps:
            step.said.clear()
        return 0


cdef bytes decision_id(const unsigned char* asked, Py_ssize_t length, Matter* matter, bytes identity):
    """The digits of an answer's id, made of what was asked and of the revisions that took part."""
    cdef Py_ssize_t size = length + (matter.end - matter.begin) + PyBytes_GET_SIZE(identity)
    cdef bytes hashed = PyBytes_FromStringAndSize(NULL, size)
    cdef unsigned char* at = <unsigned char*>PyBytes_AS_STRING(hashed)
    at = put(at, asked, length)
    at = put(at, matter.begin, matter.end - matter.begin)
    put(at, PyBytes_AS_STRING(identity), PyBytes_GET_SIZE(identity))
    return hexadecimal(sha256(hashed).digest(), ID_DIGITS)


cdef bytes joined(list parts):
    """An answer from its parts, as the field of an EvaluateResponse."""
    cdef Py_ssize_t size = size_of(parts)
    cdef bytes written = PyBytes_FromStringAndSize(NULL, 1 + varint_size(size) + size)
    cdef unsigned char* at = <unsigned char*>PyBytes_AS_STRING(written)
    at[0] = ANSWER
    put_all(put_varint(at + 1, size), parts)
    return written


cdef bytes joined_item(Matter* matter, list parts):
    """As `joined`, as the item of a batch, which has the matter's key too."""
    cdef Py_ssize_t size = size_of(parts), key = matter.key_end - matter.key
    cdef Py_ssize_t inside = key + 1 + varint_size(size) + size
    cdef bytes written = PyBytes_FromStringAndSize(NULL, 1 + varint_size(inside) + inside)
    cdef unsigned char* at = <unsigned char*>PyBytes_AS_STRING(written)
    at[0] = ITEM
    at = put(put_varint(at + 1, inside), matter.key, key)
    at[0] = ANSWER_OF_ITEM
    put_all(put_varint(at + 1, size), parts)
    return written


cdef Py_ssize_t size_of(list parts) except -1:
    cdef Py_ssize_t size = 0
    cdef bytes part
    for part in parts:
        size += PyBytes_GET_SIZE(part)
    return size


cdef int put_all(unsigned char* at, list parts) except -1:
    cdef bytes part
    for part in parts:
        at = put(at, PyBytes_AS_STRING(part), PyBytes_GET_SIZE(part))
    return 0


cdef bytes packed(list numbers):
    """Numbers as bytes, two each."""
    return array("H", numbers).tobytes()
