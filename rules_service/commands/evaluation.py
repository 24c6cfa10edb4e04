"""Evaluates matters: one ruleset or all in force, one matter or many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.reading import (
    ITEMS_A_LOOK,
    MOST_ITEMS,
    filled,
    most,
    read_matter,
    read_question,
    require,
)
from rules_service.commands.refusals import Refusals
from rules_service.commands.straight import StraightAnswers
from rules_service.commands.writers import made_for, writer_for
from rules_service.commands.writing import AnswerWriter
from rules_service.engine.assess import assess_matter
from rules_service.engine.bounds import Clocks
from rules_service.engine.case import Question
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.speaking import Speaker
from rules_service.engine.suggesting import Suggestions
from rules_service.engine.tables import ContradictionError
from rules_service.engine.told import Reader
from rules_service.engine.wrong import Wrong
from rules_service.language.model.subjects import Subject
from service_kit.problems import Problem, Refusal, RefusedError
from service_kit.serving.call import check_deadline

Clock = Callable[[], datetime]

EVALUATE_ANSWER = wire.tag(pb.EvaluateResponse.DESCRIPTOR, "answer")
ASSESS_ANSWER = wire.tag(pb.AssessResponse.DESCRIPTOR, "answer")
ITEM_ANSWER = wire.tag(pb.BatchItem.DESCRIPTOR, "answer")
ITEMS = wire.tag(pb.BatchAssessResponse.DESCRIPTOR, "items")

ITEM_MATTER = wire.tag(pb.BatchItem.DESCRIPTOR, "matter_id")
EVALUATE_MATTER = wire.tag(pb.EvaluateRequest.DESCRIPTOR, "matter")
ASSESS_MATTER = wire.tag(pb.AssessRequest.DESCRIPTOR, "matter")


def evaluate(rulebook: Rulebook, request: pb.EvaluateRequest, now: datetime) -> pb.EvaluateResponse:
    """Evaluates one ruleset on a matter.

    Raises RefusedError: INVALID for a wrong question, NOT_FOUND for a ruleset there is not, CONFLICT
    where rows contradict each other on these facts.
    """
    return pb.EvaluateResponse.FromString(evaluate_serialized(rulebook, request, now))


def evaluate_serialized(rulebook: Rulebook, request: pb.EvaluateRequest, now: datetime) -> bytes:
    """`evaluate` as the bytes that go out."""
    require(request, "matter")
    call = _Call.of_evaluate(rulebook, request.ruleset, request.context, now)
    return wire.field(EVALUATE_ANSWER, call.answer(request.matter, "matter"))


def evaluate_raw(straight: StraightAnswers, raw: bytes, clock: Clock) -> bytes:
    """`evaluate` from the bytes of a question to those of its answer.

    Raises DecodeError where they are not an EvaluateRequest; other errors as `evaluate`.
    """
    answer = straight.evaluate(raw, clock)
    if answer is None:
        return evaluate_serialized(straight.rulebook, pb.EvaluateRequest.FromString(raw), clock())
    return answer


def assess(rulebook: Rulebook, request: pb.AssessRequest, now: datetime) -> pb.AssessResponse:
    """Evaluates all rulesets in force for a matter and merges what they say; errors as `evaluate`."""
    return pb.AssessResponse.FromString(assess_serialized(rulebook, request, now))


def assess_serialized(rulebook: Rulebook, request: pb.AssessRequest, now: datetime) -> bytes:
    """`assess` as the bytes that go out."""
    require(request, "matter")
    call = _Call.of_assess(rulebook, request.context, now)
    parts = [
        pb.AssessResponse(matter_id=request.matter.matter_id).SerializeToString(),
        wire.field(ASSESS_ANSWER, call.answer(request.matter, "matter")),
    ]
    if request.context.view == common_pb2.VIEW_FULL:
        parts.append(pb.AssessResponse(matter=request.matter).SerializeToString())
    return b"".join(parts)


def batch_evaluate(
    rulebook: Rulebook, request: pb.BatchEvaluateRequest, now: datetime
) -> pb.BatchEvaluateResponse:
    """Evaluates one ruleset on many matters; an item that is refused carries its problems."""
    return pb.BatchEvaluateResponse.FromString(batch_evaluate_serialized(rulebook, request, now))


def batch_evaluate_serialized(rulebook: Rulebook, request: pb.BatchEvaluateRequest, now: datetime) -> bytes:
    """`batch_evaluate` as the bytes that go out."""
    return _items(_Call.of_evaluate(rulebook, request.ruleset, request.context, now), request.matters)


def batch_evaluate_raw(straight: StraightAnswers, raw: bytes, clock: Clock) -> bytes:
    """`batch_evaluate` from the bytes of a question to those of its answer; errors as `evaluate_raw`."""
    calls: list[_Call] = []

    def careful(alone: bytes, number: int) -> bytes:
        request = pb.EvaluateRequest.FromString(alone)
        if not calls:
            calls.append(_Call.of_evaluate(straight.rulebook, request.ruleset, request.context, clock()))
        return _item(calls[0], request.matter, number)

    items = straight.items(raw, clock, careful)
    if items is None:
        return batch_evaluate_serialized(straight.rulebook, pb.BatchEvaluateRequest.FromString(raw), clock())
    return items


def batch_assess(rulebook: Rulebook, request: pb.BatchAssessRequest, now: datetime) -> pb.BatchAssessResponse:
    """Assesses many matters; an item that is refused carries its problems."""
    return pb.BatchAssessResponse.FromString(batch_assess_serialized(rulebook, request, now))


def batch_assess_serialized(rulebook: Rulebook, request: pb.BatchAssessRequest, now: datetime) -> bytes:
    """`batch_assess` as the bytes that go out."""
    return _items(_Call.of_assess(rulebook, request.context, now), request.matters)


def _items(call: "_Call", matters: Sequence[common_pb2.Matter]) -> bytes:
    most(matters, MOST_ITEMS, "matters")
    items = []
    for number, matter in enumerate(matters):
        if not number % ITEMS_A_LOOK:
            check_deadline()
        items.append(_item(call, matter, number))
    return b"".join(items)


def _item(call: "_Call", matter: common_pb2.Matter, number: int) -> bytes:
    head = wire.field(ITEM_MATTER, matter.matter_id.encode())
    try:
        body = wire.field(ITEM_ANSWER, call.answer(matter, f"matters[{number}]"))
    except RefusedError as refused:
        problems = [
            common_pb2.Problem(code=p.code, field=p.place, message=p.message, cure=p.cure)
            for p in call.refusals.shown(refused.problems)
        ]
        body = pb.BatchItem(problems=problems).SerializeToString()
    return wire.field(ITEMS, head + body)


@dataclass(frozen=True, slots=True)
class _Call:
    """What is the same for every matter of one call.

    `asked` is the question without its matter, serialised with moment and day of law filled in; an
    answer's id is made of it and of the matter, so that a matter has the same id alone and in a batch.
    """

    rulebook: Rulebook
    speakers: Sequence[Speaker]
    question: Question
    writer: AnswerWriter
    head: bytes
    asked: bytes
    matter_tag: bytes
    told: Reader
    clocks: Clocks = field(default_factory=Clocks)
    refusals: Refusals = field(default_factory=Refusals)
    suggestions: Suggestions = field(default_factory=Suggestions)

    @classmethod
    def of_evaluate(
        cls, rulebook: Rulebook, ruleset: str, context: common_pb2.Context, now: datetime
    ) -> "_Call":
        question = read_question(context, rulebook, now)
        speakers = rulebook.named(ruleset, question)
        if speakers[0].compiled.ruleset.subject is not Subject.MATTER:
            message = f"规则集“{ruleset}”不以信访事项为对象。"
            cure = "机关单位请用 AssessOffice，邻里事务请用 AssessAffair。"
            raise RefusedError([Problem(Wrong.WRONG_SUBJECT.name, "ruleset", message, cure)])
        writer = writer_for(rulebook, context.view)
        asked = pb.EvaluateRequest(ruleset=ruleset, context=filled(context, question)).SerializeToString()
        head = writer.head(question)
        return cls(
            rulebook, speakers, question, writer, head, asked, EVALUATE_MATTER, made_for(rulebook).facts
        )

    @classmethod
    def of_assess(cls, rulebook: Rulebook, context: common_pb2.Context, now: datetime) -> "_Call":
        question = read_question(context, rulebook, now)
        speakers = rulebook.speakers(question, Subject.MATTER)
        writer = writer_for(rulebook, context.view)
        asked = pb.AssessRequest(context=filled(context, question)).SerializeToString()
        head = writer.head(question)
        return cls(rulebook, speakers, question, writer, head, asked, ASSESS_MATTER, made_for(rulebook).facts)

    def answer(self, message: common_pb2.Matter, path: str) -> bytes:
        """The answer about one matter, serialised."""
        asked = self.asked + wire.field(self.matter_tag, message.SerializeToString(deterministic=True))
        reader = CaseReader(self.rulebook.vocabulary, suggestions=self.suggestions)
        matter = reader.matter(read_matter(message, reader, path, self.told), path)
        if reader.problems:
            raise RefusedError(reader.problems)
        self.clocks.check_batch(path)
        own = Clocks()
        try:
            outcome = assess_matter(self.speakers, matter, self.question, self.rulebook.calendar, own)
        except ContradictionError as error:
            raise contradiction(error) from error
        finally:
            self.clocks.number += own.number
        return self.writer.answer(outcome, self.head, asked)


def contradiction(error: ContradictionError) -> RefusedError:
    """Rows that contradict each other, as a refusal: nothing is answered rather than something wrong."""
    rows = "、".join(row.id for row in error.rows)
    return RefusedError(
        [
            Problem(
                Wrong.ROWS_CONTRADICT.name,
                "ruleset",
                f"表“{error.table.title}”在这些事实上同时命中 {rows}。",
                "请政策人员修改规则集。",
            )
        ],
        Refusal.CONFLICT,
    )
