"""What is the same for all plain questions of a kind on a day of law: worked out once, and kept.

Plain questions ask one timeless ruleset about matters that tell facts and no more. They differ in the moment
and in the matter; all else, the ruleset, the day of law, the view, stands among the bytes that they share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.plain import PlainAnswers
from rules_service.commands.reading import filled, read_question
from rules_service.commands.writers import plain_answers, writer_for
from rules_service.engine.keeping import Kept
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.speaking import Speaker
from rules_service.language.adoption import lies_in
from rules_service.language.model.subjects import Subject
from service_kit.problems import RefusedError

MOST_KEPT = 256
SHANGHAI_AHEAD = 8 * 3600
# Shanghai's clock has not been put forward or back since 1991.
FIRST_SECOND = int(datetime(1992, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND = int(datetime(2900, 1, 1, tzinfo=UTC).timestamp())
SECOND = 1_000_000_000
CONTEXT = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "context")


class Ready(NamedTuple):
    """What is the same for all moments of a day: the answers, what follows the moment in head and context."""

    answers: PlainAnswers
    head: bytes
    context: bytes


@dataclass(frozen=True, slots=True)
class Timeless:
    """Questions that share the bytes NAMED, which tell the ruleset, and CONTEXT, which lack the moment."""

    rulebook: Rulebook
    named: bytes
    context: bytes
    day_told: bool
    same_each_day: bool
    days: Kept[int, Ready | None] = field(default_factory=lambda: Kept(MOST_KEPT))

    @classmethod
    def of(cls, rulebook: Rulebook, named: bytes, context: bytes) -> "Timeless":
        """Raises DecodeError where CONTEXT is none."""
        told = common_pb2.Context.FromString(context)
        # Which revisions may be pinned hangs on the day of the moment too.
        day_told = bool(told.as_of)
        return cls(rulebook, named, context, day_told, day_told and not told.pinned_revisions)

    def ready(self, seconds: int) -> Ready | None:
        """What is the same on the day of a moment; None where the questions are wrong or not plain."""
        day = 0 if self.same_each_day else (seconds + SHANGHAI_AHEAD) // wire.DAY
        if day not in self.days:
            return self.days.keep(day, self._work_out(seconds))
        return self.days.get(day)

    def _work_out(self, seconds: int) -> Ready | None:
        """None too where the question is not written as this library would write it."""
        request = pb.EvaluateRequest.FromString(self.named)
        request.context.MergeFromString(self.context)
        if request.context.HasField("at"):
            return None  # told twice: a message has the later one
        if request.SerializeToString(deterministic=True) != self.named + wire.field(CONTEXT, self.context):
            return None
        request.context.at.seconds = seconds
        try:
            moment = datetime.fromtimestamp(seconds, UTC)
            question = read_question(request.context, self.rulebook, moment)
            speakers = self.rulebook.named(request.ruleset, question)
        except RefusedError:
            return None
        view = request.context.view
        answers = _plain_answers(self.rulebook, view, speakers, question.jurisdiction)
        if answers is None:
            return None
        whole = filled(request.context, question)
        whole.ClearField("at")
        head = writer_for(self.rulebook, view).head_after_moment(question)
        return Ready(answers, head, whole.SerializeToString(deterministic=True))


def seconds_of(moment: bytes) -> int | None:
    """The seconds of a timestamp that is exact to the microsecond and in a year with an ordinary clock."""
    read = Timestamp.FromString(moment)
    seconds, nanos = read.seconds, read.nanos
    ordinary = FIRST_SECOND <= seconds < LAST_SECOND and 0 <= nanos < SECOND and not nanos % 1000
    # Read and written again it would keep fields that no timestamp has.
    usual = ordinary and Timestamp(seconds=seconds, nanos=nanos).SerializeToString() == moment
    return seconds if usual else None


def _plain_answers(
    rulebook: Rulebook, view: common_pb2.View.ValueType, speakers: Sequence[Speaker], place: str
) -> PlainAnswers | None:
    """The answers of one ruleset's slices about matters, all timeless, where one decides at a PLACE."""
    if not all(
        speaker.compiled.is_timeless and speaker.compiled.ruleset.subject is Subject.MATTER
        for speaker in speakers
    ):
        return None
    deciding = [speaker.compiled for speaker in speakers if speaker.decides]
    if len(deciding) != 1:
        return None
    ruleset = deciding[0].ruleset
    if ruleset.jurisdiction and not lies_in(place, ruleset.jurisdiction):
        return None  # each answer says where the ruleset comes from
    return plain_answers(rulebook, deciding[0], view)
