"""What chained rules find on facts beside a matter, as bytes of an answer.

The engine is asked once about facts that its rules cannot tell apart, as in `engine/chaining/kept`; what the
findings say is taken anew from the bytes of the facts at hand.
"""

from hashlib import sha256

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.string cimport memcmp

from rules_service.commands.frame cimport Beside, Matter, fact_beside, hexadecimal, key_of, tagged
from rules_service.engine.told cimport TEXT, Reader, Span, Told, text_of

from rules_service.commands import found
from rules_service.commands.template import END, FindingTemplate
from rules_service.commands.text import to_text
from rules_service.engine.chaining.kept import MOST_FIRINGS, MOST_KEPT
from rules_service.engine.keeping import Kept
from rules_service.engine.outcome import FINDING, ID_DIGITS
from rules_service.engine.reading import MOST_RELATED
from rules_service.language.types import Kind
from service_kit.problems import RefusedError

cdef bytes FINDINGS = found.FINDINGS
cdef bytes FINDING_ID = found.ID
cdef bytes BECAUSE = found.BECAUSE
cdef bytes ID_HEAD = f"{FINDING}-".encode()
cdef int DIGITS = ID_DIGITS
cdef int MOST_BESIDE = MOST_RELATED
cdef int LAST = END
cdef list REFUSED = []
TEXTS = frozenset({Kind.STRING, Kind.ENUM})


cdef class KindBeside:
    """A kind of facts beside a matter; WANTED says whether the chained rules look at it.

    COMPARED are the places of the fields that they compare, ARE_TEXTS says which of these hold texts.
    """

    def __cinit__(self, str name, Reader reader, int number, compared):
        self.name = name
        self.reader = reader
        self.number = number
        self.wanted = compared is not None
        fields = [
            (place, member.type.kind in TEXTS)
            for place, member in enumerate(reader.members[:MOST_FIELDS])
            if self.wanted and member.name in compared
        ]
        self.compared = bytes([place for place, _ in fields])
        self.are_texts = bytes([is_text for _, is_text in fields])
        self.shown = {}

    cdef tuple show(self, int place, int number, int generation):
        """A value as JSON, and as it is spelled in an id. Raises ForgottenError."""
        cdef tuple shown, key = (place, number)
        value = self.reader.value(place, number, generation)
        if generation != self.generation:
            self.generation = generation
            self.shown.clear()
        shown = self.shown.get(key)
        if shown is None:
            shown = (to_text(value).encode(), str(value).encode())
            if generation == self.generation:
                self.shown[key] = shown
        return shown


cdef dict fields_of(KindBeside kind, names):
    """The places of those of a kind's fields that the engine can compare."""
    return {member.name: place for place, member in enumerate(kind.reader.members) if member.name in names}


cdef class ChainAnswers:
    """The findings of one revision's chained rules in one view."""

    def __cinit__(self, chains, writer, readers):
        """Takes the writer of findings, and the readers of facts beside a matter by their kinds.

        CHAINS is None where there are no rules.
        """
        compared = {} if chains is None else dict.fromkeys(chains.fields, ()) | chains.engine.compared
        kinds = {
            name: KindBeside(name, reader, number, compared.get(name))
            for number, (name, reader) in enumerate(readers.items())
        }
        self.chains = chains
        self.reasons = writer.reasons
        self.kinds = {name.encode(): kind for name, kind in kinds.items()}
        self.texts = []
        self.templates = []
        self.fired = Kept(MOST_KEPT)
        if chains is not None and chains.engine.keeps:
            self.texts = [to_text(text).encode() for text in chains.engine.texts]
            for chained in chains.ruleset.chains:
                named = [pattern.kind for pattern in chained.rule.when]
                places = [fields_of(kinds[kind], chains.fields[kind]) for kind in named]
                self.templates.append(FindingTemplate.of(chains, chained, writer, places))

    cdef int add(self, Matter* matter, list parts, dict reliances) except? -1:
        """Adds the findings about a matter as fields of an answer, and what they rest on; tells how many.

        -1 where bytes are not enough for it. Raises ForgottenError.
        """
        cdef Facts facts
        cdef list kinds = self.read(matter, &facts)
        cdef set told = set()
        if not kinds:
            return -1 if kinds is None else 0
        if not self.templates:
            return -1
        key = self.likeness(kinds, &facts)
        fired = self.fired.get(key)
        if fired is None:
            fired = self.ask(kinds, &facts)
            if len(fired) <= MOST_FIRINGS:
                self.fired.keep(key, fired)
        if fired is REFUSED:
            return -1
        about = key_of(matter)
        for template, places in <list>fired:
            if not template.is_plain:
                return -1
            part = self.finding(template, places, kinds, &facts, about, told)
            if part is not None:
                parts.append(part)
                reliances.update(template.reliances)
        return len(told)

    cdef list read(self, Matter* matter, Facts* facts):
        """The kinds of the facts that the rules look at; None where some fact takes more care."""
        cdef Beside beside
        cdef Told told
        cdef KindBeside kind
        cdef const unsigned char* at = matter.beside
        cdef int place, count = 0
        cdef list kinds = []
        facts.count = 0
        while at < matter.end:
            count += 1
            if count > MOST_BESIDE or not fact_beside(at, matter.end, &beside):
                return None
            at = beside.end
            kind = self.kinds.get(
                PyBytes_FromStringAndSize(<const char*>beside.kind, beside.kind_end - beside.kind)
            )
            if kind is None or not kind.reader.scan(beside.fields, beside.end, &told):
                return None
            if not kind.wanted:
                continue
            if facts.count == MOST_FACTS or told.count > MOST_FIELDS:
                return None
            facts.generations[facts.count] = told.generation
            for place in range(told.count):
                facts.numbers[facts.count][place] = told.numbers[place]
                facts.values[facts.count][place] = told.values[place]
            facts.count += 1
            kinds.append(kind)
        return kinds

    cdef bytes likeness(self, list kinds, Facts* facts):
        """The same bytes for facts that the rules cannot tell apart, and for no others."""
        cdef int key[MOST_FACTS * (MOST_FIELDS + 2)]
        cdef Span different[MOST_FACTS * MOST_FIELDS]
        cdef Span value
        cdef KindBeside kind
        cdef bytes text
        cdef int fact, turn, place, number, length = 0, known = 0, most = len(self.texts)
        for fact in range(facts.count):
            kind = kinds[fact]
            key[length] = kind.number
            key[length + 1] = facts.generations[fact]
            length += 2
            for turn in range(PyBytes_GET_SIZE(kind.compared)):
                place = <unsigned char>kind.compared[turn]
                number = facts.numbers[fact][place]
                if kind.are_texts[turn]:
                    value = facts.values[fact][place]
                    number = 0
                    for text in self.texts:
                        if is_text(value, PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text)):
                            break
                        number += 1
                    if number == most:
                        while number < most + known and not is_text(
                            value, different[number - most].begin, different[number - most].length
                        ):
                            number += 1
                        if number == most + known:
                            different[known] = value
                            known += 1
                key[length] = number
                length += 1
        return PyBytes_FromStringAndSize(<const char*>key, length * sizeof(int))

    cdef list ask(self, list kinds, Facts* facts):
        """The rules that fire, each with the facts that it binds; REFUSED where the engine refuses the facts.

        Raises ForgottenError.
        """
        cdef KindBeside kind
        cdef int fact, place
        asked = []
        for fact in range(facts.count):
            kind = kinds[fact]
            fields = {}
            for place, member in enumerate(kind.reader.members):
                if facts.numbers[fact][place] == TEXT:
                    fields[member.name] = text_of(facts.values[fact][place])
                else:
                    fields[member.name] = kind.reader.value(
                        place, facts.numbers[fact][place], facts.generations[fact]
                    )
            asked.append(self.chains.fact(kind.name, fields))
        try:
            gathered = self.chains.engine.run(asked).gathered
        except RefusedError:
            return REFUSED
        return [(self.templates[number], bytes(places)) for _, number, places, _ in gathered]

    cdef bytes finding(
        self, template, bytes places, list kinds, Facts* facts, bytes about, set told
    ):
        """A finding as a field of an answer; None where it has been told already. Raises ForgottenError."""
        cdef bytes because = filled(template.because, places, kinds, facts, True) if self.reasons else b""
        cdef bytes identity = about + filled(template.identity, places, kinds, facts, False)
        cdef bytes finding_id = ID_HEAD + hexadecimal(sha256(identity).digest(), DIGITS)
        if finding_id in told:
            return None
        told.add(finding_id)
        parts = [tagged(FINDING_ID, finding_id), template.code, template.rule]
        if self.reasons:
            parts += [template.reason, tagged(BECAUSE, because), template.citations]
        return tagged(FINDINGS, b"".join(parts))


cdef bytes filled(list pieces, bytes places, list kinds, Facts* facts, bint as_json):
    """Pieces with the values that belong between them. Raises ForgottenError."""
    cdef bytes before
    cdef KindBeside kind
    cdef int pattern, place, fact, number, inside = 0 if as_json else 1
    cdef Span value
    cdef list parts = []
    for before, pattern, place in pieces:
        parts.append(before)
        if pattern == LAST:
            break
        fact = <unsigned char>places[pattern]
        number = facts.numbers[fact][place]
        if number == TEXT:
            value = facts.values[fact][place]
            parts.append(
                PyBytes_FromStringAndSize(<const char*>value.begin + inside, value.length - 2 * inside)
            )
        else:
            kind = kinds[fact]
            parts.append(kind.show(place, number, facts.generations[fact])[inside])
    return b"".join(parts)


cdef inline bint is_text(Span value, const void* text, Py_ssize_t length) noexcept:
    return value.length == length and not memcmp(value.begin, text, length)
