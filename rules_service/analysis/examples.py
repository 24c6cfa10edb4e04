"""Runs the examples of a ruleset and says where the outcome is not the one expected."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from rules_service.calendar import WorkingCalendar
from rules_service.engine.assess import Speaker, assess_matter, assess_office
from rules_service.engine.case import Matter, Question
from rules_service.engine.compiled import Compiled
from rules_service.engine.outcome import Outcome, TableOutcome
from rules_service.engine.reading import CaseReader, RawEvent, RawMatter, RawRequest
from rules_service.engine.tables import ContradictionError, State
from rules_service.language.findings import Code, Finding
from rules_service.language.model import Example
from rules_service.language.types import SHANGHAI, Kind, ValueType, day_of, parse_date, parse_moment, to_json
from rules_service.language.vocabulary import Vocabulary
from service_kit.problems import RefusedError

Texts = Mapping[str, object]


@dataclass(slots=True)
class ExampleRun:
    """The examples of one ruleset, with the rows they reached."""

    findings: list[Finding] = field(default_factory=list)
    reached: set[tuple[str, str]] = field(default_factory=set)


def run_examples(compiled: Compiled, vocabulary: Vocabulary, calendar: WorkingCalendar) -> ExampleRun:
    """Runs every example of a ruleset by itself, as if its pack were adopted."""
    run = ExampleRun()
    ruleset = compiled.ruleset
    for example in ruleset.examples:
        place = f"例子“{example.name}”"
        try:
            outcome = outcome_of(compiled, example, vocabulary, calendar)
        except RefusedError as refused:
            for problem in refused.problems:
                run.findings.append(
                    Finding(
                        Code.EXAMPLE_REFUSED,
                        ruleset.file,
                        example.line,
                        place,
                        f"{problem.place}：{problem.message}",
                        problem.cure,
                    )
                )
            continue
        except ContradictionError as error:
            rows = "、".join(row.id for row in error.rows)
            run.findings.append(
                Finding(
                    Code.EXAMPLE_WRONG,
                    ruleset.file,
                    example.line,
                    place,
                    f"表“{error.table.title}”同时命中 {rows}。",
                    "请缩小其中一行，或改命中方式。",
                )
            )
            continue
        for table in outcome.tables:
            run.reached |= {(table.table.id, table.table.rows[row].id) for row in table.decided.rows}
        for message in differences(example.expect, outcome):
            run.findings.append(
                Finding(Code.EXAMPLE_WRONG, ruleset.file, example.line, place, message, "请核对规则或例子。")
            )
    return run


def outcome_of(
    compiled: Compiled, example: Example, vocabulary: Vocabulary, calendar: WorkingCalendar
) -> Outcome:
    """What a ruleset says about an example; raises RefusedError where the example cannot be read."""
    case = example.case
    reader = CaseReader(vocabulary)
    question = _question(case)
    speaker = Speaker(compiled, decides=True, speaks_on=compiled.ruleset.in_force_on)
    if "office" not in case:
        matter = _matter(case, reader, "matter")
        _refuse(reader)
        return assess_matter([speaker], matter, question, calendar)
    matters = [
        _matter(raw, reader, f"matters[{number}]")
        for number, raw in enumerate(_list(case.get("matters")))
        if isinstance(raw, dict)
    ]
    period = case.get("period")
    days = period if isinstance(period, dict) else {}
    office = reader.office(
        "office",
        _typed(case["office"], vocabulary),
        (),
        (parse_date(str(days.get("first_day"))), parse_date(str(days.get("last_day")))),
        matters,
    )
    _refuse(reader)
    return assess_office([speaker], lambda _: [], office, question, calendar)[0]


def _refuse(reader: CaseReader) -> None:
    if reader.problems:
        raise RefusedError(reader.problems)


def _question(case: Texts) -> Question:
    at = _moment(case["at"]) if "at" in case else None
    as_of = parse_date(str(case["as_of"])) if "as_of" in case else None
    if at is None:
        at = datetime.combine(as_of or date.min, time(23, 59, 59), SHANGHAI)
    return Question(at, as_of or day_of(at))


def _moment(text: object) -> datetime:
    word = str(text)
    return parse_moment(word) if "T" in word else datetime.combine(parse_date(word), time(), SHANGHAI)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _matter(case: Texts, reader: CaseReader, path: str) -> Matter:
    vocabulary = reader.vocabulary
    return reader.matter(
        RawMatter(
            path,
            _typed(case.get("facts"), vocabulary),
            [str(name) for name in _list(case.get("unknown_facts"))],
            [
                RawRequest(str(raw.get("request_id", number)), _typed(raw.get("facts"), vocabulary))
                for number, raw in enumerate(_list(case.get("requests")))
                if isinstance(raw, dict)
            ],
            [
                _event(raw, number, vocabulary)
                for number, raw in enumerate(_list(case.get("events")))
                if isinstance(raw, dict)
            ],
            related=[
                _related(raw, vocabulary) for raw in _list(case.get("related_facts")) if isinstance(raw, dict)
            ],
        ),
        path,
    )


def _event(raw: Texts, number: int, vocabulary: Vocabulary) -> RawEvent:
    definition = vocabulary.events.get(str(raw.get("type")))
    types = {name: a.type for name, a in definition.attributes.items()} if definition else {}
    return RawEvent(
        str(raw.get("event_id", number)),
        str(raw.get("type")),
        _moment(raw["at"]) if "at" in raw else None,
        _typed_by(raw.get("attributes"), types),
        request_id=str(raw.get("request_id", "")),
        recipient_key=str(raw.get("recipient_key", "")),
        ended_at=_moment(raw["ended_at"]) if "ended_at" in raw else None,
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
            if kind.kind is Kind.INT:
                return int(text)
            if kind.kind is Kind.DECIMAL:
                return Decimal(text)
        except (ValueError, ArithmeticError):
            return text
    return text


def differences(expect: Texts, outcome: Outcome) -> Iterator[str]:
    """Where an outcome is not as expected, in Chinese; what is not mentioned is not compared."""
    yield from _table_differences(expect.get("tables"), outcome)
    yield from _duty_differences(expect.get("duties"), outcome)
    for name, found in (
        ("papers", [paper.paper for paper in outcome.papers]),
        ("candidates", [candidate.code for candidate in outcome.candidates]),
        ("findings", [finding.code for finding in outcome.findings]),
    ):
        if name in expect and sorted(map(str, _list(expect[name]))) != sorted(found):
            yield f"{name} 应当是 {_list(expect[name])}，得到 {found}。"


def _table_differences(expected: object, outcome: Outcome) -> Iterator[str]:
    if not isinstance(expected, dict):
        return
    found = {table.table.id: table for table in outcome.tables}
    for name, wanted in expected.items():
        if name not in found:
            yield f"没有表“{name}”的结果。"
        elif (got := table_result(found[name])) != (
            wanted if isinstance(wanted, (dict, list)) else str(wanted)
        ):
            yield f"表“{name}”应当是 {wanted}，得到 {got}。"


def table_result(table: TableOutcome) -> object:
    """A table's result in the words of `expect`: outputs as texts, or the state where nothing is decided."""
    if table.decided.state is not State.DECIDED:
        return table.decided.state.value
    if table.decided.aggregate is not None:
        return str(to_json(table.decided.aggregate))
    names = [output.name for output in table.table.outputs]
    rows = [
        {
            name: _text(value)
            for name, value in zip(names, table.table.rows[row].outputs, strict=True)
            if value is not None
        }
        for row in table.decided.rows
    ]
    single = table.table.hit.name in {"UNIQUE", "ANY", "FIRST", "PRIORITY"}
    return rows[0] if single else rows


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _duty_differences(expected: object, outcome: Outcome) -> Iterator[str]:
    if not isinstance(expected, dict):
        return
    found = {duty.duty.id: duty for duty in outcome.duties}
    if not expected and found:
        yield f"不应有时限，得到 {'、'.join(found)}。"
    for name, wanted in expected.items():
        if name not in found:
            yield f"没有时限“{name}”。"
            continue
        for key, value in wanted.items() if isinstance(wanted, dict) else ():
            got = getattr(found[name], key, None)
            same = (
                got == _moment(value)
                if key.endswith("_at")
                else str(getattr(got, "value", got)) == str(value)
            )
            if not same:
                shown = (
                    got.astimezone(SHANGHAI).isoformat()
                    if isinstance(got, datetime)
                    else getattr(got, "value", got)
                )
                yield f"时限“{name}”的 {key} 应当是 {value}，得到 {shown}。"
