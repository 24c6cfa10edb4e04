"""Assesses a neighbourhood affair: a dispute before it is a petition."""

from datetime import datetime

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.evaluation import contradiction
from rules_service.commands.reading import filled, moment, read_event, read_json, read_question, require
from rules_service.commands.writers import writer_for
from rules_service.engine.assess import assess_matter
from rules_service.engine.case import Matter
from rules_service.engine.raw import RawMatter
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.tables import ContradictionError
from rules_service.language.model.subjects import Subject
from service_kit.problems import RefusedError


def assess_affair(
    rulebook: Rulebook, request: pb.AssessAffairRequest, now: datetime
) -> pb.AssessAffairResponse:
    """Evaluates all rulesets about affairs in force and merges what they say; errors as `evaluate`."""
    require(request, "affair")
    question = read_question(request.context, rulebook, now)
    affair = _affair(rulebook, request.affair)
    try:
        outcome = assess_matter(
            rulebook.speakers(question, Subject.AFFAIR), affair, question, rulebook.calendar
        )
    except ContradictionError as error:
        raise contradiction(error) from error
    writer = writer_for(rulebook, request.context.view)
    asked = pb.AssessAffairRequest(context=filled(request.context, question), affair=request.affair)
    answer = writer.answer(outcome, writer.head(question), asked.SerializeToString(deterministic=True))
    full = request.context.view == common_pb2.VIEW_FULL
    return pb.AssessAffairResponse(
        affair_id=affair.id,
        answer=answer_pb2.Answer.FromString(answer),
        affair=request.affair if full else None,
    )


def _affair(rulebook: Rulebook, told: pb.Affair) -> Matter:
    """An affair has facts and events like a matter, and no requests of its own."""
    reader = CaseReader(rulebook.vocabulary)
    raw = RawMatter(
        told.affair_id,
        read_json(told.facts_json, reader, "affair.facts_json"),
        told.unknown_facts,
        events=[read_event(event, reader, f"affair.events[{n}]") for n, event in enumerate(told.events)],
        complete_until=moment(told.events_complete_until) if told.HasField("events_complete_until") else None,
    )
    affair = reader.matter(raw, "affair", key="affair_id")
    if reader.problems:
        raise RefusedError(reader.problems)
    return affair
