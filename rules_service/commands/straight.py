"""Answers to plain questions straight from their bytes: one timeless ruleset, facts and no more.

What a case system asks again and again differs in the moment and in the matter. All else, the ruleset, the
day of law, the view, is worked out once and kept under the very bytes that tell it. Whatever is out of the
ordinary gives None, and the question takes the way that all others take; both say the same.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.frame import PlainMatter, Related, opening, plain_matter, whole_seconds
from rules_service.commands.plain import PlainAnswers
from rules_service.commands.reading import filled, read_question
from rules_service.commands.writers import plain_answers, quick_reader, writer_for
from rules_service.commands.writing import AT, stamp
from rules_service.engine.index import Known
from rules_service.engine.keeping import Kept
from rules_service.engine.quick import QuickReader
from rules_service.engine.reading import MOST_RELATED
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError

MOST_KEPT = 256
SHANGHAI_AHEAD = 8 * 3600
# Shanghai's clock has not been put forward or back since 1991.
FIRST_SECOND = int(datetime(1992, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND = int(datetime(2900, 1, 1, tzinfo=UTC).timestamp())
SECOND = 1_000_000_000
CONTEXT = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "context")
CONTEXT_AT = wire.tag(common_pb2.Context.DESCRIPTOR, "at")


class _Ready(NamedTuple):
    """What is the same for all moments of a day: the answers, what follows the moment in head and context."""

    answers: PlainAnswers
    head: bytes
    context: bytes


@dataclass(frozen=True, slots=True)
class _Kind:
    """Questions that differ in moment and matter alone; each day of law has its own answers."""

    day_told: bool
    days: Kept[int, _Ready | None] = field(default_factory=lambda: Kept(MOST_KEPT))


Plain = tuple[PlainAnswers, bytes, bytes | None, int]
"""A question as far as it does not tell of matters: its answers, what each of them repeats of it, the
question serialised with all defaults filled (None where none were left out), and where the matters begin.
"""
Clock = Callable[[], datetime]


class StraightAnswers:
    """The plain questions to one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Keeps what it learns of the rulebook's questions."""
        self.rulebook = rulebook
        self._quick = quick_reader(rulebook)
        self._kinds_beside = QuickReader.of_kinds(rulebook.vocabulary)
        self._kinds = Kept[bytes, _Kind](MOST_KEPT)

    def evaluate(self, raw: bytes, clock: Clock) -> bytes | None:
        """The answer to a question about one matter, serialised; None where it is not plain."""
        try:
            plain = self.question(raw, clock)
            if plain is None:
                return None
            asked, begin = plain[2:]
            matter = plain_matter(raw, begin)
        except (IndexError, DecodeError):
            return None
        if matter is None or matter[-1] != len(raw):
            return None
        return self.answer(plain, matter, raw if asked is None else asked + raw[begin:])

    def answer(self, plain: Plain, matter: PlainMatter, asked: bytes) -> bytes | None:
        """The answer about a matter; ASKED is the question about it alone, with all defaults filled."""
        key, facts, beside, _ = matter
        told = self._quick.read(facts)
        if told is None:
            return None
        answers = plain[0]
        related = self._related(beside, answers.chained_kinds) if beside else ()
        if related is None:
            return None
        return answers.answer(key, told, related, plain[1], asked)

    def _related(self, beside: Related, wanted: Collection[str]) -> list[tuple[str, dict[str, Known]]] | None:
        if len(beside) > MOST_RELATED:
            return None
        related = []
        for kind, fields in beside:
            reader = self._kinds_beside.get(kind)
            told = reader.read(fields) if reader else None
            if told is None:
                return None
            if (name := kind.decode()) in wanted:
                related.append((name, told))
        return related

    def question(self, raw: bytes, clock: Clock) -> Plain | None:
        """What a question tells before its matters. Raises IndexError or DecodeError for broken bytes."""
        opened = opening(raw)
        if opened is None:
            return None
        ruleset_end, moment, moment_end, end = opened
        key = raw[:ruleset_end] + raw[moment_end:end]
        kind = self._kinds.get(key) or self._learn_kind(key, ruleset_end)
        left_out = moment is None
        if moment is None:
            if kind.day_told:
                return None
            moment = stamp(clock()).SerializeToString()
        seconds = whole_seconds(moment) or _exact_seconds(moment)
        if seconds is None:
            return None
        day = 0 if kind.day_told else (seconds + SHANGHAI_AHEAD) // wire.DAY
        if day not in kind.days:
            self._learn_day(kind, day, key, ruleset_end, seconds)
        ready = kind.days[day]
        if ready is None:
            return None
        at = wire.field(b"", moment)
        asked = None
        if left_out or not kind.day_told:
            asked = raw[:ruleset_end] + wire.field(CONTEXT, CONTEXT_AT + at + ready.context)
        return ready.answers, AT + at + ready.head, asked, end

    def _learn_kind(self, key: bytes, ruleset_end: int) -> _Kind:
        kind = _Kind(bool(common_pb2.Context.FromString(key[ruleset_end:]).as_of))
        return self._kinds.keep(key, kind)

    def _learn_day(self, kind: _Kind, day: int, key: bytes, ruleset_end: int, seconds: int) -> None:
        kind.days.keep(day, self._ready(key[:ruleset_end], key[ruleset_end:], seconds))

    def _ready(self, named: bytes, context: bytes, seconds: int) -> _Ready | None:
        """None where the question is wrong, not plain, or not written as this library would write it."""
        request = pb.EvaluateRequest.FromString(named)
        request.context.MergeFromString(context)
        if request.SerializeToString(deterministic=True) != named + wire.field(CONTEXT, context):
            return None
        request.context.at.seconds = seconds
        try:
            question = read_question(request.context, self.rulebook, datetime.fromtimestamp(seconds, UTC))
            speakers = self.rulebook.named(request.ruleset, question)
        except RefusedError:
            return None
        view = request.context.view
        answers = plain_answers(self.rulebook, view, speakers, question.jurisdiction)
        if answers is None:
            return None
        whole = filled(request.context, question)
        whole.ClearField("at")
        head = writer_for(self.rulebook, view).head_after_moment(question)
        return _Ready(answers, head, whole.SerializeToString(deterministic=True))


def _exact_seconds(moment: bytes) -> int | None:
    """The seconds of a timestamp that is exact to the microsecond and in a year with an ordinary clock."""
    read = Timestamp.FromString(moment)
    seconds, nanos = read.seconds, read.nanos
    ordinary = FIRST_SECOND <= seconds < LAST_SECOND and 0 <= nanos < SECOND and not nanos % 1000
    # Read and written again it would keep fields that no timestamp has.
    usual = ordinary and Timestamp(seconds=seconds, nanos=nanos).SerializeToString() == moment
    return seconds if usual else None
