"""Cases written from the texts of the law and of the local practices, as data: each file beside this one.

A case says what is known of a matter (or of an office with its matters) and what must follow; what it does
not speak of may be anything. Lists of findings and candidates are complete, those of papers are not.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from rules_service.language.model.ruleset import Ruleset
from tests.rules_service.commands.asking import (
    NOW,
    PLACE,
    SHIPPED,
    assess,
    context,
    event,
    matter,
    shanghai,
)

FOLDER = Path(__file__).parent
ADOPTIONS = FOLDER / "adoptions.yaml"


class PlainLoader(yaml.SafeLoader):
    """YAML in which days stay text."""


PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def rulebook() -> Rulebook:
    return commands.load(SHIPPED, [ADOPTIONS])


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        if path != ADOPTIONS
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=PlainLoader)
    ]


def answer_to(case: dict[str, Any], pins: Sequence[str] = ()) -> answer_pb2.Answer:
    asked = context(at=case["at"], place=case.get("jurisdiction", PLACE), pinned_revisions=pins)
    if "affair" in case:
        affair = pb.Affair(
            affair_id="a1", facts_json=json.dumps(case["affair"]), unknown_facts=case.get("unknown", [])
        )
        told_of = pb.AssessAffairRequest(context=asked, affair=affair)
        return commands.assess_affair(rulebook(), told_of, NOW).answer
    if "office" in case:
        return of_office(case, pins).answer
    return assess(rulebook(), told(case), asked)


def of_office(case: dict[str, Any], pins: Sequence[str] = ()) -> pb.AssessOfficeResponse:
    """The whole answer about an office: the lists behind its counts stand beside the rest."""
    request = pb.AssessOfficeRequest(
        context=context(at=case["at"], place=case.get("jurisdiction", PLACE), pinned_revisions=pins),
        office=pb.Office(
            office_id="o1",
            facts_json=json.dumps(case["office"]),
            unknown_facts=case.get("unknown", []),
            events=[event(number, it) for number, it in enumerate(case.get("events", []))],
        ),
        period=pb.Period(**case["period"]),
        matters=[told(item, f"m{number}") for number, item in enumerate(case["matters"])],
    )
    return commands.assess_office(rulebook(), [request], NOW)


def told(case: dict[str, Any], matter_id: str = "m1") -> Any:
    return matter(
        case.get("facts", {}),
        case.get("events", []),
        unknown=case.get("unknown", []),
        requests=case.get("requests"),
        complete_until=case.get("complete_until", ""),
        matter_id=matter_id,
    )


def said(decision: answer_pb2.Decision) -> object:
    if decision.state == answer_pb2.DECISION_STATE_DECIDED:
        return json.loads(decision.outcome_json)
    return answer_pb2.DecisionState.Name(decision.state).removeprefix("DECISION_STATE_").lower()


def ran(duty: answer_pb2.Duty, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a case may ask of a duty, the end of a day as the day."""
    found: dict[str, Any] = {
        "state": answer_pb2.DutyState.Name(duty.state).removeprefix("DUTY_STATE_").lower()
    }
    found["who"] = duty.obliged
    for name, field in (("due", "due_at"), ("latest", "latest_lawful_at")):
        moment = shanghai(getattr(duty, field)) if duty.HasField(field) else None  # type: ignore[arg-type]
        found[name] = moment.removesuffix("T23:59:59") if moment else None
    return {name: found[name] for name in wanted}


def check_lists(response: pb.AssessOfficeResponse, expect: dict[str, Any]) -> None:
    """Every matter that is listed at all is named by the case; its other counts may be anything."""
    listed = {it.matter_id: set(it.counts) for it in response.counted}
    counted = {matter_id: set(counts) for matter_id, counts in expect.get("counted", {}).items()}
    if "counted" in expect:
        assert counted.keys() == listed.keys()
    assert all(counts <= listed[matter_id] for matter_id, counts in counted.items())
    groups = {it.count: {group.code: group.number for group in it.groups} for it in response.groups}
    assert expect.get("groups", {}).items() <= groups.items()


@pytest.mark.parametrize("case", cases())
def test_what_the_text_says_follows(case: dict[str, Any]) -> None:
    answer = answer_to(case)
    expect: dict[str, Any] = case["expect"]
    unknown = expect.keys() - {
        "indicators", "counted", "groups", "not_missing",
        "decisions", "no_decisions", "duties", "no_duties", "findings", "candidates", "papers", "missing",
        "no_papers", "candidate_papers", "after_decision", "issued", "restricted",
        "resting_on", "not_resting_on",
    }  # fmt: skip
    assert not unknown
    decisions = {decision.table: said(decision) for decision in answer.decisions}
    duties = {f"{duty.request_id}/{duty.rule}".removeprefix("/"): duty for duty in answer.duties}
    for table, outcome in expect.get("decisions", {}).items():
        assert decisions.get(table) == outcome, table
    for rule, wanted in expect.get("duties", {}).items():
        assert rule in duties
        assert ran(duties[rule], wanted) == wanted, rule
    assert not duties.keys() & set(expect.get("no_duties", []))
    assert not decisions.keys() & set(expect.get("no_decisions", []))
    figures = {it.code: f"{it.numerator}/{it.denominator}" for it in answer.indicators}
    assert expect.get("indicators", {}).items() <= figures.items()
    if expect.keys() & {"counted", "groups"}:
        check_lists(of_office(case), expect)
    if "findings" in expect:
        assert sorted(finding.code for finding in answer.findings) == sorted(expect["findings"])
    if "candidates" in expect:
        assert [candidate.code for candidate in answer.candidates] == expect["candidates"]
    assert set(expect.get("papers", [])) <= {paper.paper for paper in answer.papers}
    assert not {paper.paper for paper in answer.papers} & set(expect.get("no_papers", []))
    if "candidate_papers" in expect:
        assert [
            f"{paper.paper}/{paper.variant}"
            for paper in answer.papers
            if paper.state == answer_pb2.PAPER_CALL_STATE_CANDIDATE
        ] == expect["candidate_papers"]
    if "after_decision" in expect:
        named = [paper for candidate in answer.candidates for paper in candidate.papers]
        assert named == expect["after_decision"]
    assert set(expect.get("issued", [])) <= {
        paper.paper for paper in answer.papers if paper.state == answer_pb2.PAPER_CALL_STATE_ISSUED
    }
    assert set(expect.get("restricted", [])) <= {paper.paper for paper in answer.papers if paper.restricted}
    resting_on = {one.place for one in answer.rests_on}
    assert set(expect.get("resting_on", [])) <= resting_on
    assert not resting_on & set(expect.get("not_resting_on", []))
    missing = {it.name for it in answer.missing_facts}
    assert set(expect.get("missing", [])) <= missing
    assert not missing & set(expect.get("not_missing", []))


def test_the_revisions_that_an_answer_names_give_it_again_as_pins() -> None:
    for parameter in cases():
        first = answer_to(parameter.values[0])
        pins = [f"{used.ruleset}@{used.revision}" for used in first.revisions.rulesets]
        again = answer_to(parameter.values[0], pins)
        again.decision_id = first.decision_id
        assert again == first, parameter.id


def newest() -> list[Ruleset]:
    """The newest revision of each shipped ruleset."""
    return [slices[-1].ruleset for slices in rulebook().rulesets.values()]


def test_every_shipped_ruleset_has_cases() -> None:
    asked = set()
    for parameter in cases():
        answer = answer_to(parameter.values[0])
        asked |= {used.ruleset for used in answer.revisions.rulesets}
    assert asked == {ruleset.id for ruleset in newest()}


def test_every_row_and_every_duty_of_the_shipped_rulesets_is_reached_by_a_case() -> None:
    rows, duties = set(), set()
    for parameter in cases():
        answer = answer_to(parameter.values[0])
        rows |= {
            (decision.ruleset, decision.table, row.row_id)
            for decision in answer.decisions
            for row in decision.rows
        }
        duties |= {(duty.ruleset, duty.rule) for duty in answer.duties}
    rulesets = newest()
    assert {
        (ruleset.id, table.id, row.id)
        for ruleset in rulesets
        for table in ruleset.tables
        for row in table.rows
    } - rows == set()
    assert {(ruleset.id, duty.id) for ruleset in rulesets for duty in ruleset.duties} - duties == set()
