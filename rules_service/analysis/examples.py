"""Runs the examples of a ruleset and says where the outcome is not the one expected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial

from rules_service.analysis.expectations import Texts, differences, items, moment
from rules_service.calendar import WorkingCalendar
from rules_service.engine.assess import assess_matter
from rules_service.engine.case import Matter, Question
from rules_service.engine.compiled import Compiled
from rules_service.engine.office import assess_office
from rules_service.engine.outcome import Outcome
from rules_service.engine.raw import RawEvent, RawMatter, RawOffice, RawRequest
from rules_service.engine.reading import CaseReader
from rules_service.engine.speaking import Speaker, in_turn
from rules_service.engine.tables import ContradictionError
from rules_service.language.findings import Code, Finding
from rules_service.language.model.ruleset import Example
from rules_service.language.types import Kind, ValueType, day_of, last_second, parse_date
from rules_service.language.vocabulary import Vocabulary
from service_kit.problems import RefusedError

# Numbers as JSON has them: what a caller could not send is no number in an example either.
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(INTEGER.pattern + r"(\.[0-9]+)?")


@dataclass(slots=True)
class ExampleRun:
    """The examples of one ruleset, with the rows they reached."""

    findings: list[Finding] = field(default_factory=list)
    reached: set[tuple[str, str]] = field(default_factory=set)

    def find(self, file: str, example: Example, code: Code, message: str, cure: str) -> None:
        """Notes what is wrong with an example."""
        self.findings.append(Finding(code, file, example.line, f"例子“{example.name}”", message, cure))


def run_examples(slices: Sequence[Compiled], vocabulary: Vocabulary, calendar: WorkingCalendar) -> ExampleRun:
    """Runs every example of a revision by itself, as if its pack were adopted.

    Of the slices of the revision the one of the example's day decides; a duty lives under the slice of the
    day its clock started.
    """
    run = ExampleRun()
    ruleset = slices[0].ruleset
    for example in ruleset.examples:
        find = partial(run.find, ruleset.file, example)
        try:
            outcome = outcome_of(slices, example, vocabulary, calendar)
        except RefusedError as refused:
            for problem in refused.problems:
                find(Code.EXAMPLE_REFUSED, f"{problem.place}：{problem.message}", problem.cure)
            continue
        except ValueError as error:
            find(Code.EXAMPLE_REFUSED, f"日期或时刻写得不对：{error}", "请改正例子。")
            continue
        except ContradictionError as error:
            rows = "、".join(row.id for row in error.rows)
            message = f"表“{error.table.title}”同时命中 {rows}。"
            find(Code.EXAMPLE_WRONG, message, "请缩小其中一行，或改命中方式。")
            continue
        for table in outcome.tables:
            run.reached |= {(table.table.id, table.table.rows[row].id) for row in table.decided.rows}
        for message in differences(example.expect, outcome):
            find(Code.EXAMPLE_WRONG, message, "请核对规则或例子。")
    return run


def outcome_of(
    slices: Sequence[Compiled], example: Example, vocabulary: Vocabulary, calendar: WorkingCalendar
) -> Outcome:
    """What a ruleset says about an example.

    Raises RefusedError where the example cannot be read, ValueError where a day in it cannot.
    """
    case = example.case
    reader = CaseReader(vocabulary)
    question = _question(case)
    speakers = _speakers(slices, question.as_of)
    if "office" not in case:
        matter = _matter(case, reader, "matter")
        _refuse(reader)
        return assess_matter(speakers, matter, question, calendar)
    matters = [
        _matter(raw, reader, f"matters[{number}]")
        for number, raw in enumerate(items(case.get("matters")))
        if isinstance(raw, dict)
    ]
    office = reader.office(
        RawOffice(
            "office",
            _typed(case["office"], vocabulary),
            _period(case.get("period")),
            earlier=_period(case.get("earlier_period")),
            events=_events(case.get("events"), vocabulary),
        ),
        matters,
    )
    _refuse(reader)
    return assess_office(speakers, lambda _: [], office, question, calendar)[0]


def _speakers(slices: Sequence[Compiled], day: date) -> list[Speaker]:
    """Every slice with its days; before the first of them the first decides, so that a draft can be tried."""
    speakers = in_turn([(part, part.ruleset.in_force_on) for part in slices], day)
    if not any(speaker.decides for speaker in speakers):
        speakers[0] = replace(speakers[0], decides=True)
    return speakers


def _refuse(reader: CaseReader) -> None:
    if reader.problems:
        raise RefusedError(reader.problems)


def _question(case: Texts) -> Question:
    at = moment(case["at"]) if "at" in case else None
    as_of = parse_date(str(case["as_of"])) if "as_of" in case else None
    if at is None:
        at = last_second(as_of or date.min)
    return Question(at, as_of or day_of(at))


def _matter(case: Texts, reader: CaseReader, path: str) -> Matter:
    vocabulary = reader.vocabulary
    return reader.matter(
        RawMatter(
            path,
            _typed(case.get("facts"), vocabulary),
            [str(name) for name in items(case.get("unknown_facts"))],
            [
                RawRequest(str(raw.get("request_id", number)), _typed(raw.get("facts"), vocabulary))
                for number, raw in enumerate(items(case.get("requests")))
                if isinstance(raw, dict)
            ],
            _events(case.get("events"), vocabulary),
            related=[
                _related(raw, vocabulary) for raw in items(case.get("related_facts")) if isinstance(raw, dict)
            ],
        ),
        path,
    )


def _period(raw: object) -> tuple[str, str] | None:
    return (str(raw.get("first_day")), str(raw.get("last_day"))) if isinstance(raw, dict) else None


def _events(raw: object, vocabulary: Vocabulary) -> list[RawEvent]:
    return [
        _event(told, number, vocabulary) for number, told in enumerate(items(raw)) if isinstance(told, dict)
    ]


def _event(raw: Texts, number: int, vocabulary: Vocabulary) -> RawEvent:
    definition = vocabulary.events.get(str(raw.get("type")))
    types = {name: a.type for name, a in definition.attributes.items()} if definition else {}
    return RawEvent(
        str(raw.get("event_id", number)),
        str(raw.get("type")),
        moment(raw["at"]) if "at" in raw else None,
        _typed_by(raw.get("attributes"), types),
        request_id=str(raw.get("request_id", "")),
        official_role=str(raw.get("official_role", "")),
        official_key=str(raw.get("official_key", "")),
        recipient_key=str(raw.get("recipient_key", "")),
        ended_at=moment(raw["ended_at"]) if "ended_at" in raw else None,
    )


def _related(raw: Texts, vocabulary: Vocabulary) -> tuple[str, object]:
    kind = str(raw.get("kind"))
    fields = {name: value for name, value in raw.items() if name != "kind"}
    definition = vocabulary.kinds.get(kind)
    return kind, _typed_by(fields, dict(definition.fields) if definition else {})


def _typed(raw: object, vocabulary: Vocabulary) -> object:
    return _typed_by(raw, {name: fact.type for name, fact in vocabulary.facts.items()})


def _typed_by(raw: object, types: Mapping[str, ValueType]) -> object:
    """Texts of a file as the JSON that a caller would have sent."""
    if not isinstance(raw, dict):
        return raw
    return {name: _json(text, types.get(name)) for name, text in raw.items()}


def _json(text: object, kind: ValueType | None) -> object:
    if text == "null":
        return None
    if kind and isinstance(text, str):
        try:
            if kind.kind is Kind.BOOL:
                return {"true": True, "false": False}.get(text, text)
            if kind.kind is Kind.INT and INTEGER.fullmatch(text):
                return int(text)
            if kind.kind is Kind.DECIMAL and NUMBER.fullmatch(text):
                return Decimal(text)
        except (ValueError, ArithmeticError):
            return text
    return text
