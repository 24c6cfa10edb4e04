"""What an example expects, held against the outcome; what it does not mention is not compared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

from rules_service.engine.figures import points
from rules_service.engine.index import Unknown
from rules_service.engine.outcome import ElapsedOutcome, IndicatorOutcome, Outcome, TableOutcome
from rules_service.engine.tables import State
from rules_service.language.model.figures import CountTotal
from rules_service.language.types import SHANGHAI, parse_date, parse_moment, to_json

Texts = Mapping[str, object]


def moment(text: object) -> datetime:
    """Reads a moment, or a day as its first; raises ValueError with a Chinese message."""
    word = str(text)
    try:
        return parse_moment(word) if "T" in word else datetime.combine(parse_date(word), time(), SHANGHAI)
    except ValueError as error:
        raise ValueError(f"“{word}”{error}") from None


def items(value: object) -> Sequence[object]:
    """A list's items; none of anything else."""
    return value if isinstance(value, list) else []


def differences(expect: Texts, outcome: Outcome) -> Iterator[str]:
    """Where an outcome is not as expected, in Chinese; what is not mentioned is not compared."""
    yield from _table_differences(expect.get("tables"), outcome)
    yield from _duty_differences(expect.get("duties"), outcome)
    yield from _figure_differences(expect, outcome)
    for name, found in (
        ("papers", [paper.paper for paper in outcome.papers if not paper.candidate_id]),
        ("candidate_papers", [paper.paper for paper in outcome.papers if paper.candidate_id]),
        ("candidates", [candidate.code for candidate in outcome.candidates]),
        ("findings", [finding.code for finding in outcome.findings]),
    ):
        if name in expect and sorted(map(str, items(expect[name]))) != sorted(found):
            yield f"{name} 应当是 {_words(items(expect[name]))}，得到 {_words(found)}。"


def _figure_differences(expect: Texts, outcome: Outcome) -> Iterator[str]:
    """Elapsed times of the whole, indicators, indexes as their value, groups as their numbers."""
    found: dict[str, dict[str, object]] = {
        "elapsed": {one.rule.name: _elapsed(one) for one in outcome.elapsed.values() if not one.request_id},
        "indicators": {one.rule.id: _figure(one) for one in outcome.indicators},
        "indexes": {one.rule.id: points(one.value) or "none" for one in outcome.indexes},
        "groups": {
            one.count.name: {code: str(number) for code, number in one.numbers} for one in outcome.groups
        },
    }
    for key, got in found.items():
        wanted = expect.get(key)
        for name, value in wanted.items() if isinstance(wanted, dict) else ():
            if got.get(name) != value:
                yield f"{key} 的“{name}”应当是 {_words(value)}，得到 {_words(got.get(name, '没有'))}。"


def _elapsed(outcome: ElapsedOutcome) -> str:
    if isinstance(outcome.number, Unknown):
        return "unknown"
    return "none" if outcome.number is None else str(outcome.number)


def _figure(outcome: IndicatorOutcome) -> str:
    figure = outcome.figure
    if figure.undecided:
        return "undecided"
    total = isinstance(outcome.rule.figure, CountTotal)
    return str(figure.numerator) if total else f"{figure.numerator}/{figure.denominator}"


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
            yield f"表“{name}”应当是 {_words(wanted)}，得到 {_words(got)}。"


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


def _words(value: object) -> str:
    """A result as policy staff write it in an example."""
    if isinstance(value, dict):
        return "、".join(f"{name}: {_words(inner)}" for name, inner in value.items()) or "（无）"
    if isinstance(value, list):
        return "；".join(map(_words, value)) or "（无）"
    return str(value)


def _same(key: str, wanted: object, got: object) -> bool:
    if not key.endswith("_at"):
        return str(getattr(got, "value", got)) == str(wanted)
    try:
        return got == moment(wanted)
    except ValueError:
        return False


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
            if not _same(key, value, got):
                shown = (
                    got.astimezone(SHANGHAI).isoformat()
                    if isinstance(got, datetime)
                    else getattr(got, "value", got)
                )
                yield f"时限“{name}”的 {key} 应当是 {value}，得到 {shown}。"
