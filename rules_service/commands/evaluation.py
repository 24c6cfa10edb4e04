"""Evaluates matters: one ruleset or all in force, one matter or many."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands import wire
from rules_service.commands.reading import most, read_matter, read_question
from rules_service.commands.writers import writer_for
from rules_service.engine.assess import Speaker, assess_matter
from rules_service.engine.case import Question
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.tables import ContradictionError
from rules_service.language.model import Subject
from service_kit.problems import Problem, Refusal, RefusedError

MOST_ITEMS = 1000

EVALUATE_ANSWER = wire.tag(pb.EvaluateResponse.DESCRIPTOR, "answer")
ASSESS_ANSWER = wire.tag(pb.AssessResponse.DESCRIPTOR, "answer")
ITEM_ANSWER = wire.tag(pb.BatchItem.DESCRIPTOR, "answer")
ITEMS = wire.tag(pb.BatchAssessResponse.DESCRIPTOR, "items")

Asked = pb.EvaluateRequest | pb.AssessRequest


def evaluate(rulebook: Rulebook, request: pb.EvaluateRequest, now: datetime) -> pb.EvaluateResponse:
    """Evaluates one ruleset on a matter.

    Raises RefusedError: INVALID for a wrong question, NOT_FOUND for a ruleset there is not, CONFLICT
    where rows contradict each other on these facts.
    """
    return pb.EvaluateResponse.FromString(evaluate_serialized(rulebook, request, now))


def evaluate_serialized(rulebook: Rulebook, request: pb.EvaluateRequest, now: datetime) -> bytes:
    """`evaluate` as the bytes that go out."""
    question = read_question(request.context, rulebook, now)
    answer = _answer(rulebook, rulebook.named(request.ruleset, question), question, request)
    return wire.field(EVALUATE_ANSWER, answer)


def assess(rulebook: Rulebook, request: pb.AssessRequest, now: datetime) -> pb.AssessResponse:
    """Evaluates all rulesets in force for a matter and merges what they say; errors as `evaluate`."""
    return pb.AssessResponse.FromString(assess_serialized(rulebook, request, now))


def assess_serialized(rulebook: Rulebook, request: pb.AssessRequest, now: datetime) -> bytes:
    """`assess` as the bytes that go out."""
    question = read_question(request.context, rulebook, now)
    speakers = rulebook.speakers(question, Subject.MATTER)
    answer = _answer(rulebook, speakers, question, request)
    parts = [
        pb.AssessResponse(matter_id=request.matter.matter_id).SerializeToString(),
        wire.field(ASSESS_ANSWER, answer),
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
    question = read_question(request.context, rulebook, now)
    speakers = rulebook.named(request.ruleset, question)

    def asked(matter: common_pb2.Matter) -> Asked:
        return pb.EvaluateRequest(ruleset=request.ruleset, context=request.context, matter=matter)

    return _items(rulebook, speakers, request.matters, question, asked)


def batch_assess(rulebook: Rulebook, request: pb.BatchAssessRequest, now: datetime) -> pb.BatchAssessResponse:
    """Assesses many matters; an item that is refused carries its problems."""
    return pb.BatchAssessResponse.FromString(batch_assess_serialized(rulebook, request, now))


def batch_assess_serialized(rulebook: Rulebook, request: pb.BatchAssessRequest, now: datetime) -> bytes:
    """`batch_assess` as the bytes that go out."""
    question = read_question(request.context, rulebook, now)
    speakers = rulebook.speakers(question, Subject.MATTER)

    def asked(matter: common_pb2.Matter) -> Asked:
        return pb.AssessRequest(context=request.context, matter=matter)

    return _items(rulebook, speakers, request.matters, question, asked)


def _items(
    rulebook: Rulebook,
    speakers: Sequence[Speaker],
    matters: Sequence[common_pb2.Matter],
    question: Question,
    asked: Callable[[common_pb2.Matter], Asked],
) -> bytes:
    most(matters, MOST_ITEMS, "matters")
    items = []
    for number, matter in enumerate(matters):
        head = pb.BatchItem(matter_id=matter.matter_id)
        answer = b""
        try:
            path = f"matters[{number}]"
            answer = wire.field(ITEM_ANSWER, _answer(rulebook, speakers, question, asked(matter), path))
        except RefusedError as refused:
            head.problems.extend(
                common_pb2.Problem(code=p.code, field=p.place, message=p.message, cure=p.cure)
                for p in refused.problems
            )
        items.append(wire.field(ITEMS, head.SerializeToString() + answer))
    return b"".join(items)


def _answer(
    rulebook: Rulebook, speakers: Sequence[Speaker], question: Question, request: Asked, path: str = "matter"
) -> bytes:
    reader = CaseReader(rulebook.vocabulary)
    matter = reader.matter(read_matter(request.matter, reader, path), path)
    if reader.problems:
        raise RefusedError(reader.problems)
    if speakers and speakers[0].compiled.ruleset.subject is not Subject.MATTER:
        name = speakers[0].compiled.ruleset.id
        raise RefusedError(
            [Problem("F023", "ruleset", f"规则集“{name}”不以信访事项为对象。", "机关单位请用 AssessOffice。")]
        )
    try:
        outcome = assess_matter(speakers, matter, question, rulebook.calendar)
    except ContradictionError as error:
        raise contradiction(error) from error
    return writer_for(rulebook, request.context.view).answer(outcome, question, filled(request, question))


def filled(request: Asked | pb.AssessOfficeRequest, question: Question) -> bytes:
    """The question with moment and day of law filled in, serialised: what an answer's id is made of."""
    if not (request.context.as_of and request.context.HasField("at")):
        request = deepcopy(request)
        request.context.at.FromDatetime(question.at)
        request.context.as_of = question.as_of.isoformat()
    return request.SerializeToString(deterministic=True)


def contradiction(error: ContradictionError) -> RefusedError:
    """Rows that contradict each other, as a refusal: nothing is answered rather than something wrong."""
    rows = "、".join(row.id for row in error.rows)
    return RefusedError(
        [
            Problem(
                "F024",
                "ruleset",
                f"表“{error.table.title}”在这些事实上同时命中 {rows}。",
                "请政策人员修改规则集。",
            )
        ],
        Refusal.CONFLICT,
    )
