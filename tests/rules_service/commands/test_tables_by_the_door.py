"""Generated tables written as YAML, loaded and asked as a caller would, against the plain interpreter."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from rules_service.language.model.tables import HitPolicy
from service_kit.problems import Refusal, RefusedError
from tests.reference import tables as plain
from tests.reference.profile import examples
from tests.reference.tables import MISSING, PlainTable, Said
from tests.rules_service.commands.asking import NOW, SHIPPED, context, evaluate, matter, rulesets
from tests.rules_service.engine.generated_tables import CODES, KINDS, Case, cases, plainly

TYPE = {kind: f"enum {kind}_" if kind == "enum" else kind for kind in KINDS}
HITS = {policy.value: policy.name.replace("_", " ") for policy in HitPolicy}


def vocabulary() -> Mapping[str, object]:
    """Three facts of every type, and one list of codes."""
    label = {"label": "试", "english": "Trial", "purpose": "试"}
    return {
        "enums": {
            "enum_": {"label": "试", "english": "Trial", "values": {code: [code, code] for code in CODES}}
        },
        "facts": {f"{kind}_{n}": {"type": TYPE[kind], **label} for kind in KINDS for n in range(3)},
        "events": {"received": {"label": "收到", "english": "Received"}},
        "layers": {"law": ["法", "Law"]},
        "subjects": {"matter": ["事项", "Matter"]},
    }


def ruleset(table: PlainTable) -> Mapping[str, object]:
    inputs = [f"{kind}_{number}" for number, kind in enumerate(table.kinds)]
    out: dict[str, dict[str, object]] = {}
    for number, kind in enumerate(table.output_kinds):
        out[f"o{number}"] = {"type": TYPE[kind], "label": "试"}
        if table.orders[number]:
            out[f"o{number}"]["order"] = list(table.orders[number])
    rows = [
        {
            "id": f"r{number}",
            "if": list(cells),
            "then": ["-" if text is None else text for text in table.outputs[number]],
            "basis": "convention",
            "note": "试",
        }
        for number, cells in enumerate(table.cells)
    ]
    written = {"id": "t", "title": "试", "hit": HITS[table.hit], "in": inputs, "out": out, "rows": rows}
    if table.aggregate:
        written["aggregate"] = table.aggregate
    return {
        "ruleset": "generated",
        "title": "试",
        "subject": "matter",
        "layer": "law",
        "source": "REG22",
        "in_force_from": "2022-05-01",
        "inputs": sorted(set(inputs)),
        "tables": [written],
    }


def load(table: PlainTable) -> Rulebook:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "calendars").mkdir()
        for name in ("sources.yaml", "calendars/china.yaml"):
            shutil.copy(SHIPPED / name, place / name)
        # JSON is YAML; every scalar of it is a quoted text, as a careful officer would write it.
        (place / "vocabulary.yaml").write_text(json.dumps(vocabulary(), ensure_ascii=False))
        (place / "generated.yaml").write_text(json.dumps(ruleset(table), ensure_ascii=False))
        return commands.load(place)


def ask(rulebook: Rulebook, table: PlainTable, facts: tuple[object, ...]) -> Said:
    parts = []
    for number, (kind, fact) in enumerate(zip(table.kinds, facts, strict=True)):
        if fact is MISSING:
            continue
        written = json.dumps(fact)
        if fact is not None and kind in {"int", "decimal", "bool"}:
            written = str(fact)
        parts.append(f'"{kind}_{number}": {written}')
    about = matter("{" + ", ".join(parts) + "}")
    try:
        answer = evaluate(rulebook, "generated", about, context(at="2026-06-01"))
    except RefusedError as refused:
        return Said("contradiction" if refused.refusal is Refusal.CONFLICT else str(refused))
    (decision,) = answer.decisions
    state = answer_pb2.DecisionState.Name(decision.state).removeprefix("DECISION_STATE_").lower()
    rows = tuple(int(row.row_id[1:]) for row in decision.rows)
    aggregate: object = None
    if state == "decided" and table.aggregate:
        said = json.loads(decision.outcome_json, parse_float=str)
        aggregate = Fraction(said) if isinstance(said, int | str) else None
    return Said(state, rows, aggregate)


@examples(60, 2000)
@given(cases())
def test_tables_written_as_yaml_say_what_the_plain_interpreter_says(case: Case) -> None:
    # A text of "-" as an output is written quoted in YAML, where it cannot be told from no output.
    outputs = tuple(tuple(None if text == "-" else text for text in row) for row in case.table.outputs)
    table = replace(case.table, outputs=outputs)
    rulebook = load(table)
    for facts in case.facts:
        wanted = plain.decide(table, plainly(table, facts))
        if wanted.state == "contradiction":
            wanted = Said("contradiction")
        assert ask(rulebook, table, facts) == wanted


OVERLAPPING = """
ruleset: overlapping
title: 两行重叠
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [joint_count]
tables:
  - id: size
    title: 规模
    hit: HIT
    in: [joint_count]
    out: {told: {type: string, label: 说}}
    rows:
      - {id: some, if: [">= 3"], then: [些], basis: convention, note: 试}
      - {id: many, if: [">= 5"], then: [多], basis: convention, note: 试}
"""


@pytest.mark.parametrize("hit", ["UNIQUE", "ANY"])
def test_rows_that_contradict_each_other_are_a_refusal_that_names_them_and_no_answer(
    tmp_path: Path, hit: str
) -> None:
    rulebook = commands.load(rulesets(tmp_path / "r", overlapping=OVERLAPPING.replace("HIT", hit)))
    asked = context(at="2026-06-01")
    assert evaluate(rulebook, "overlapping", matter({"joint_count": 4}), asked).decisions[0].rows
    with pytest.raises(RefusedError) as refused:
        evaluate(rulebook, "overlapping", matter({"joint_count": 5}), asked)
    (problem,) = refused.value.problems
    assert (problem.code, refused.value.refusal) == ("ROWS_CONTRADICT", Refusal.CONFLICT)
    assert "规模" in problem.message
    assert "some" in problem.message
    assert "many" in problem.message
    batch = pb.BatchAssessRequest(
        context=asked, matters=[matter({"joint_count": n}, matter_id=str(n)) for n in (4, 5)]
    )
    items = commands.batch_assess(rulebook, batch, NOW).items
    assert [[one.code for one in item.problems] for item in items] == [[], ["ROWS_CONTRADICT"]]


def test_missing_facts_name_the_table_that_they_would_decide(tmp_path: Path) -> None:
    rulebook = commands.load(rulesets(tmp_path / "r", overlapping=OVERLAPPING.replace("HIT", "FIRST")))
    for unknown in ([], ["joint_count"]):
        answer = evaluate(rulebook, "overlapping", matter({}, unknown=unknown), context(at="2026-06-01"))
        (missing,) = answer.missing_facts
        assert (missing.name, list(missing.would_decide)) == ("joint_count", ["overlapping/size"])
        assert missing.unknown is bool(unknown)
        assert missing.label
    assert answer.view == common_pb2.VIEW_REASONS
