"""Assesses an office from the matters that a caller sends in one message or in several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.evaluation import contradiction
from rules_service.commands.reading import (
    ITEMS_A_LOOK,
    filled,
    moment,
    most,
    read_event,
    read_json,
    read_matter,
    read_question,
)
from rules_service.commands.writers import writer_for
from rules_service.engine.case import Matter, Office
from rules_service.engine.counts import Counted
from rules_service.engine.office import assess_office as assess_office_by
from rules_service.engine.outcome import GroupsOutcome
from rules_service.engine.raw import RawOffice
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.speaking import Speaker
from rules_service.engine.tables import ContradictionError
from rules_service.engine.wrong import Wrong
from rules_service.language.model.subjects import Subject
from service_kit.problems import Problem, RefusedError
from service_kit.serving.call import check_deadline

MOST_MATTERS = 20_000
HEAD: tuple[Literal["context", "office", "period", "earlier_period"], ...] = (
    "context",
    "office",
    "period",
    "earlier_period",
)


@dataclass(slots=True)
class OfficeParts:
    """The parts of a question about an office, put together as they come in."""

    whole: pb.AssessOfficeRequest = field(default_factory=pb.AssessOfficeRequest)
    seen: int = 0

    def add(self, part: pb.AssessOfficeRequest) -> None:
        """Takes a part; raises RefusedError where a later one carries what only the first may."""
        if self.seen and any(part.HasField(name) for name in HEAD):
            raise RefusedError(
                [
                    Problem(
                        Wrong.HEAD_REPEATED.name,
                        "office",
                        "只有第一条消息可以写 context、office、period 和 earlier_period。",
                        "其后只写 matters。",
                    )
                ]
            )
        self.seen += 1
        self.whole.MergeFrom(part)
        most(self.whole.matters, MOST_MATTERS, "matters")


def assess_office(
    rulebook: Rulebook, parts: Iterable[pb.AssessOfficeRequest], now: datetime
) -> pb.AssessOfficeResponse:
    """Assesses an office over a period; errors as `evaluate`."""
    gathered = OfficeParts()
    for part in parts:
        gathered.add(part)
    request = gathered.whole
    question = read_question(request.context, rulebook, now)
    office = _office(rulebook, request)

    def speakers_for(_: Matter) -> Sequence[Speaker]:
        return rulebook.speakers(question, Subject.MATTER)

    try:
        outcome, counted = assess_office_by(
            list(rulebook.speakers(question, Subject.OFFICE)),
            speakers_for,
            office,
            question,
            rulebook.calendar,
        )
    except ContradictionError as error:
        raise contradiction(error) from error
    writer = writer_for(rulebook, request.context.view)
    request.context.CopyFrom(filled(request.context, question))
    asked = request.SerializeToString(deterministic=True)
    answer = writer.answer(outcome, writer.head(question), asked)
    return pb.AssessOfficeResponse(
        office_id=office.id,
        period=request.period,
        answer=answer_pb2.Answer.FromString(answer),
        counted=_lists(counted),
        groups=_groups(rulebook, outcome.groups),
        earlier_period=request.earlier_period if request.HasField("earlier_period") else None,
    )


def _lists(counted: Sequence[Counted]) -> list[pb.CountedMatter]:
    by_matter: dict[str, list[str]] = {}
    for item in counted:
        by_matter.setdefault(item.matter_id, []).append(item.count)
    return [pb.CountedMatter(matter_id=matter, counts=counts) for matter, counts in by_matter.items()]


def _groups(rulebook: Rulebook, found: Sequence[GroupsOutcome]) -> list[pb.CountGroups]:
    facts = rulebook.vocabulary.facts
    return [
        pb.CountGroups(
            count=one.count.name,
            by=one.count.by,
            at_least=one.least,
            withheld=one.withheld,
            sum=one.count.summed,
            undecided=one.undecided,
            groups=[
                pb.CountGroups.Group(
                    code=code,
                    number=number,
                    label=rulebook.vocabulary.label(facts[one.count.by].type.enum, code),
                )
                for code, number in one.numbers
            ],
            ruleset=one.ruleset.id,
            revision=one.ruleset.revision,
        )
        for one in found
    ]


def _office(rulebook: Rulebook, request: pb.AssessOfficeRequest) -> Office:
    reader = CaseReader(rulebook.vocabulary)
    matters = []
    for number, message in enumerate(request.matters):
        if not number % ITEMS_A_LOOK:
            check_deadline()
        path = f"matters[{number}]"
        matters.append(reader.matter(read_matter(message, reader, path), path))
    told = request.office
    office = reader.office(
        RawOffice(
            told.office_id,
            read_json(told.facts_json, reader, "office.facts_json"),
            _days(request.period) if request.HasField("period") else None,
            told.unknown_facts,
            _days(request.earlier_period) if request.HasField("earlier_period") else None,
            [read_event(event, reader, f"office.events[{n}]") for n, event in enumerate(told.events)],
            moment(told.events_complete_until) if told.HasField("events_complete_until") else None,
        ),
        matters,
    )
    if reader.problems:
        raise RefusedError(reader.problems)
    return office


def _days(period: pb.Period) -> tuple[str, str]:
    return period.first_day, period.last_day
