"""Assesses an office from the matters that a caller sends in one message or in several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.evaluation import contradiction, filled
from rules_service.commands.reading import most, read_json, read_matter, read_question
from rules_service.commands.writers import writer_for
from rules_service.engine.assess import Speaker
from rules_service.engine.assess import assess_office as assess_office_by
from rules_service.engine.case import Matter, Office
from rules_service.engine.counts import Counted
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.tables import ContradictionError
from rules_service.engine.wrong import Wrong
from rules_service.language.model import Subject
from rules_service.language.types import parse_date
from service_kit.problems import Problem, RefusedError

MOST_MATTERS = 20_000


@dataclass(slots=True)
class OfficeParts:
    """The parts of a question about an office, put together as they come in."""

    whole: pb.AssessOfficeRequest = field(default_factory=pb.AssessOfficeRequest)
    seen: int = 0

    def add(self, part: pb.AssessOfficeRequest) -> None:
        """Takes a part; raises RefusedError where a later one carries what only the first may."""
        if self.seen and (part.HasField("context") or part.HasField("office") or part.HasField("period")):
            raise RefusedError(
                [
                    Problem(
                        Wrong.HEAD_REPEATED.name,
                        "office",
                        "只有第一条消息可以写 context、office 和 period。",
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

    def speakers_for(_: Matter) -> Iterable[Speaker]:
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
    )


def _lists(counted: Sequence[Counted]) -> list[pb.CountedMatter]:
    by_matter: dict[str, list[str]] = {}
    for item in counted:
        by_matter.setdefault(item.matter_id, []).append(item.count)
    return [pb.CountedMatter(matter_id=matter, counts=counts) for matter, counts in by_matter.items()]


def _office(rulebook: Rulebook, request: pb.AssessOfficeRequest) -> Office:
    reader = CaseReader(rulebook.vocabulary)
    if not request.HasField("period"):
        reader.problems.append(
            Problem(Wrong.MOMENT_MISSING.name, "period", "没有期间。", "请给出 first_day 和 last_day。")
        )
    days = [
        _day(text, reader, f"period.{name}")
        for name, text in (("first_day", request.period.first_day), ("last_day", request.period.last_day))
    ]
    matters = []
    for number, message in enumerate(request.matters):
        path = f"matters[{number}]"
        matters.append(reader.matter(read_matter(message, reader, path), path))
    office = reader.office(
        request.office.office_id,
        read_json(request.office.facts_json, reader, "office.facts_json"),
        request.office.unknown_facts,
        (days[0], days[1]),
        matters,
    )
    if reader.problems:
        raise RefusedError(reader.problems)
    return office


def _day(text: str, reader: CaseReader, path: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        if not any(problem.place == "period" for problem in reader.problems):
            reader.problems.append(Problem(Wrong.DAY_INVALID.name, path, f"“{text}”{error}"))
        return date.min
