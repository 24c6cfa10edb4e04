"""Evaluates matters: one ruleset or all in force, one matter or many."""

from collections.abc import Callable, Sequence
from datetime import datetime

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.reading import most, read_matter, read_question
from rules_service.commands.writing import AnswerWriter, stamp
from rules_service.engine.assess import Speaker, assess_matter
from rules_service.engine.case import Matter, Question
from rules_service.engine.outcome import Outcome
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.tables import ContradictionError
from rules_service.language.model import Subject
from service_kit.problems import Problem, Refusal, RefusedError

MOST_ITEMS = 1000


def evaluate(rulebook: Rulebook, request: pb.EvaluateRequest, now: datetime) -> pb.EvaluateResponse:
    """Evaluates one ruleset on a matter.

    Raises RefusedError: INVALID for a wrong question, NOT_FOUND for a ruleset there is not, CONFLICT
    where rows contradict each other on these facts.
    """
    question = read_question(request.context, rulebook, now)
    speakers = _one(rulebook, request.ruleset, question)
    matter = _matter(rulebook, request.matter)
    asked = pb.EvaluateRequest()
    asked.CopyFrom(request)
    return pb.EvaluateResponse(
        answer=_answer(rulebook, speakers, matter, question, asked, request.context.view)
    )


def assess(rulebook: Rulebook, request: pb.AssessRequest, now: datetime) -> pb.AssessResponse:
    """Evaluates all rulesets in force for a matter and merges what they say; errors as `evaluate`."""
    question = read_question(request.context, rulebook, now)
    matter = _matter(rulebook, request.matter)
    asked = pb.AssessRequest()
    asked.CopyFrom(request)
    speakers = list(rulebook.speakers(question, Subject.MATTER))
    answer = _answer(rulebook, speakers, matter, question, asked, request.context.view)
    full = answer.view == common_pb2.VIEW_FULL
    return pb.AssessResponse(
        matter_id=request.matter.matter_id, answer=answer, matter=request.matter if full else None
    )


def batch_evaluate(
    rulebook: Rulebook, request: pb.BatchEvaluateRequest, now: datetime
) -> pb.BatchEvaluateResponse:
    """Evaluates one ruleset on many matters; an item that is refused carries its problems."""
    question = read_question(request.context, rulebook, now)
    speakers = _one(rulebook, request.ruleset, question)

    def asked(matter: common_pb2.Matter) -> pb.EvaluateRequest:
        return pb.EvaluateRequest(ruleset=request.ruleset, context=request.context, matter=matter)

    return pb.BatchEvaluateResponse(items=_items(rulebook, speakers, request, question, asked))


def batch_assess(rulebook: Rulebook, request: pb.BatchAssessRequest, now: datetime) -> pb.BatchAssessResponse:
    """Assesses many matters; an item that is refused carries its problems."""
    question = read_question(request.context, rulebook, now)
    speakers = list(rulebook.speakers(question, Subject.MATTER))

    def asked(matter: common_pb2.Matter) -> pb.AssessRequest:
        return pb.AssessRequest(context=request.context, matter=matter)

    return pb.BatchAssessResponse(items=_items(rulebook, speakers, request, question, asked))


Asked = pb.EvaluateRequest | pb.AssessRequest


def _items(
    rulebook: Rulebook,
    speakers: Sequence[Speaker],
    request: pb.BatchEvaluateRequest | pb.BatchAssessRequest,
    question: Question,
    asked: Callable[[common_pb2.Matter], Asked],
) -> list[pb.BatchItem]:
    most(request.matters, MOST_ITEMS, "matters")
    items = []
    for number, message in enumerate(request.matters):
        item = pb.BatchItem(matter_id=message.matter_id)
        try:
            matter = _matter(rulebook, message, f"matters[{number}]")
            answer = _answer(rulebook, speakers, matter, question, asked(message), request.context.view)
            item.answer.CopyFrom(answer)
        except RefusedError as refused:
            item.problems.extend(
                common_pb2.Problem(code=p.code, field=p.place, message=p.message, cure=p.cure)
                for p in refused.problems
            )
        items.append(item)
    return items


def _one(rulebook: Rulebook, name: str, question: Question) -> list[Speaker]:
    speakers = rulebook.named(name, question)
    if speakers[0].compiled.ruleset.subject is not Subject.MATTER:
        raise RefusedError(
            [Problem("F023", "ruleset", f"规则集“{name}”不以信访事项为对象。", "机关单位请用 AssessOffice。")]
        )
    return speakers


def _matter(rulebook: Rulebook, message: common_pb2.Matter, path: str = "matter") -> Matter:
    reader = CaseReader(rulebook.vocabulary)
    matter = reader.matter(read_matter(message, reader, path), path)
    if reader.problems:
        raise RefusedError(reader.problems)
    return matter


def _answer(
    rulebook: Rulebook,
    speakers: Sequence[Speaker],
    matter: Matter,
    question: Question,
    asked: Asked,
    view: common_pb2.View.ValueType,
) -> answer_pb2.Answer:
    try:
        outcome: Outcome = assess_matter(speakers, matter, question, rulebook.calendar)
    except ContradictionError as error:
        raise contradiction(error) from error
    asked.context.at.CopyFrom(stamp(question.at))
    asked.context.as_of = question.as_of.isoformat()
    return AnswerWriter(rulebook, view).answer(outcome, question, asked)


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
