"""Duties of one meaning become one only where that hides nothing that a higher rule says.

The lower rulesets here are what the check of layers refuses, or what slips past it: whatever is loaded, an
answer shows the duty of the law as the law has it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huiyin.rules.v1 import answer_pb2
from rules_service.engine.rulebook import load_rulebook
from tests.rules_service.commands.asking import assess, context, matter, rulesets, shanghai

HEAD = """
ruleset: {ruleset}
title: 试
subject: matter
layer: {layer}
source: {source}
in_force_from: 2022-05-01
inputs: []
duties:
  - id: {ruleset}
    title: 试
    concept: {concept}
    who: {who}
    due: {due}
    met_by: {met}
{more}    basis: convention
    note: 试
"""
ACCEPTED = {"type": "accepted", "at": "2024-03-01T10:00:00"}
URGED = {"type": "urged", "at": "2024-03-05T10:00:00"}
SERVED = {"type": "opinion_served", "at": "2024-03-01T10:00:00"}
WINDOW = "{from: opinion_served, add: 30, count: calendar_days}"
VOID = "    ends: [{by: urged, as: void, basis: convention, note: 试}]\n"
DISCHARGED = VOID.replace("void", "discharged")
DEPARTS = "    departs_from: {source: REG22, article: '34', norm: REG22, reviewed_by: 法制机构}\n"


def rule(
    ruleset: str,
    layer: str,
    *,
    due: str = "{from: accepted, add: 10, count: calendar_days}",
    met: str = "[opinion_issued]",
    who: str = "competent_organ",
    concept: str = "handled",
    more: str = "",
) -> str:
    return HEAD.format(
        ruleset=ruleset,
        layer=layer,
        source="REG22" if layer == "law" else "S004",
        due=due,
        met=met,
        who=who,
        concept=concept,
        more=more,
    )


LAW = rule(
    "law",
    "law",
    due="{from: accepted, add: 60, count: calendar_days}",
    more="    finding: {code: A45_1, basis: convention, note: 试}\n",
)
TABLE = """tables:
  - id: t
    title: 试
    in: [channel]
    out: {told: {type: string, label: 试}}
    rows:
      - id: a
        if: ["-"]
        then: [试]
        papers: [{paper: B11, under: supervision}]
        basis: convention
        note: 试
"""
LAWS_WINDOW = rule(
    "law", "law", due=WINDOW, met="[review_requested]", who="petitioner", concept="review_window"
)


def lowered(law: str) -> str:
    """The same in a local ruleset."""
    return (
        law.replace("ruleset: law", "ruleset: low")
        .replace("id: law", "id: low")
        .replace("layer: law", "layer: local")
    )


def asked(
    folder: Path, law: str, low: str, *events: Mapping[str, object], at: str = "2024-07-20"
) -> answer_pb2.Answer:
    book = load_rulebook(rulesets(folder / "r", law=law, low=low), [], datetime.now(UTC))
    return assess(book, matter({}, events), context(at=at))


def told(answer: answer_pb2.Answer) -> dict[str, tuple[str, str]]:
    """State and due day of each duty."""
    names = answer_pb2.DutyState.Name
    return {
        duty.rule: (
            names(duty.state).removeprefix("DUTY_STATE_").lower(),
            shanghai(duty.due_at)[:10] if duty.HasField("due_at") else "",
        )
        for duty in answer.duties
    }


@pytest.mark.parametrize(
    ("low", "state"),
    [
        (rule("low", "local", met="[urged]"), "met"),
        (rule("low", "local", met="{any: [opinion_issued, urged]}"), "met"),
        (rule("low", "local", more=VOID), "void"),
        (rule("low", "local", more=DISCHARGED), "discharged"),
        (rule("low", "local", who="responsible_office"), "overdue"),
    ],
    ids=["other event", "either event", "void", "discharged", "other office"],
)
def test_a_lower_duty_never_makes_the_laws_look_met_ended_or_owed_by_another(
    tmp_path: Path, low: str, state: str
) -> None:
    answer = asked(tmp_path, LAW, low, ACCEPTED, URGED)
    assert told(answer) == {"law": ("overdue", "2024-04-30"), "low": (state, "2024-03-11")}
    assert [finding.code for finding in answer.findings] == ["A45_1"]


def test_duties_that_start_by_different_events_of_one_moment_stay_apart(tmp_path: Path) -> None:
    low = rule("low", "local", due="{from: urged, add: 10, count: calendar_days}")
    answer = asked(tmp_path, LAW, low, ACCEPTED, URGED | {"at": ACCEPTED["at"]})
    assert set(told(answer)) == {"law", "low"}


def test_duties_that_others_end_are_one_while_none_has_ended(tmp_path: Path) -> None:
    law = LAW.replace("    finding", VOID + "    finding")
    running = asked(tmp_path / "1", law, rule("low", "local"), ACCEPTED, at="2024-03-05")
    assert told(running) == {"low": ("pending", "2024-03-11")}
    assert len(running.duties[0].merged_duty_ids) == 1
    ended = asked(tmp_path / "2", law, rule("low", "local"), ACCEPTED, URGED)
    assert told(ended) == {"law": ("void", "2024-04-30"), "low": ("overdue", "2024-03-11")}


@pytest.mark.parametrize("days", [10, 45])
def test_the_widest_window_of_a_petitioner_wins(tmp_path: Path, days: int) -> None:
    due = WINDOW.replace("30", str(days))
    low = rule("low", "local", due=due, met="[review_requested]", who="petitioner", concept="review_window")
    answer = asked(tmp_path, LAWS_WINDOW, low, SERVED, at="2024-04-10")
    widest = ("pending", "2024-04-15") if days == 45 else ("overdue", "2024-04-01")
    assert list(told(answer).values()) == [widest]


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("2024-03-05", "2024-03-08T23:59:59"),
        ("2024-03-20", "2024-04-27T23:59:59"),
        ("2024-04-29", "2024-05-01T00:00:00"),
        ("2024-05-01", ""),
    ],
)
def test_a_duty_changes_when_the_first_of_those_it_stands_for_does(
    tmp_path: Path, at: str, change: str
) -> None:
    """The lower duty is overdue from 12 March; on 1 May the violation of the law's is found."""
    (duty,) = asked(tmp_path, LAW, rule("low", "local"), ACCEPTED, at=at).duties
    assert (duty.rule, len(duty.merged_duty_ids)) == ("low", 1)
    assert (shanghai(duty.next_change_at) if duty.HasField("next_change_at") else "") == change


@pytest.mark.parametrize("swapped", [False, True])
def test_of_windows_due_on_one_day_the_one_that_may_be_open_longest_wins(
    tmp_path: Path, swapped: bool
) -> None:
    """Both end on 28 December, and the notice for the next year may keep them open until 3 or 5 January."""
    dues = [WINDOW.replace("30", "10"), "{from: opinion_served, add: 8, count: working_days}"]
    law, low = (LAWS_WINDOW.replace(WINDOW, due) for due in (reversed(dues) if swapped else dues))
    answer = asked(tmp_path, law, lowered(low), SERVED | {"at": "2026-12-16T10:00:00"}, at="2027-01-04")
    assert list(told(answer).values()) == [("due_soon", "2026-12-28")]
    assert shanghai(answer.duties[0].latest_lawful_at) == "2027-01-05T23:59:59"


@pytest.mark.parametrize("swapped", [False, True])
def test_of_an_offices_duties_due_on_one_day_the_one_found_first_wins(tmp_path: Path, swapped: bool) -> None:
    """Both end on Saturday 4 May; one is extended on Sunday, in time on the lenient reading alone."""
    extended = "    extended_by: {event: extension_approved, days: days_extended, at_most: 30}\n"
    rules = [LAW, LAW + extended]
    law, low = reversed(rules) if swapped else rules
    events = [
        ACCEPTED | {"at": "2024-03-05T10:00:00"},
        {"type": "extension_approved", "at": "2024-05-05T10:00:00", "days_extended": 10},
    ]
    (duty,) = asked(tmp_path, law, lowered(low), *events, at="2024-05-06").duties
    assert shanghai(duty.due_at) == "2024-05-04T23:59:59"
    assert shanghai(duty.latest_lawful_at) == "2024-05-06T23:59:59"


def test_an_office_never_shortens_a_petitioners_window(tmp_path: Path) -> None:
    due = WINDOW.replace("30", "3")
    low = rule("low", "local", due=due, met="[review_requested]", concept="review_window")
    answer = asked(tmp_path, LAWS_WINDOW, low, SERVED, at="2024-03-10")
    assert told(answer) == {"law": ("pending", "2024-04-01"), "low": ("overdue", "2024-03-04")}


def test_a_duty_that_departs_stands_beside_the_laws(tmp_path: Path) -> None:
    due = "{from: accepted, add: 90, count: calendar_days}"
    answer = asked(tmp_path, LAW, rule("low", "sector", due=due, more=DEPARTS), ACCEPTED, at="2024-05-20")
    assert told(answer) == {"law": ("overdue", "2024-04-30"), "low": ("pending", "2024-05-30")}
    assert [finding.code for finding in answer.findings] == ["A45_1"]


def test_a_lower_duty_never_makes_a_paper_of_the_law_look_issued(tmp_path: Path) -> None:
    due = "{from: urged, add: 5, count: calendar_days}"
    low = rule("low", "local", due=due, met="[urged]", concept="supervision")
    law = LAW.replace("inputs: []\n", "inputs: [channel]\n" + TABLE)
    answer = asked(tmp_path, law, low, ACCEPTED, URGED, at="2024-03-06")
    called = answer_pb2.PAPER_CALL_STATE_CALLED
    assert [(it.paper, it.state, it.duty_id) for it in answer.papers] == [("B11", called, "")]


def test_a_paper_lapses_by_the_duty_that_calls_for_it(tmp_path: Path) -> None:
    law = LAW.replace("    basis:", "    papers: [{paper: B06, lapses: true}]\n    basis:", 1)
    low = rule("low", "local")
    for at, called in (("2024-03-20", ["B06"]), ("2024-05-01", [])):
        answer = asked(tmp_path / at, law, low, ACCEPTED, at=at)
        assert told(answer) == {"low": ("overdue", "2024-03-11")}
        assert [it.paper for it in answer.papers] == called


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_what_the_law_writes_on_its_paper_no_lower_rule_writes_otherwise(tmp_path: Path, name: str) -> None:
    """Whatever either is called; what the law does not write may be added."""
    fields = "    papers: [{paper: B06, fields: {FIELDS}}]\n    basis:"
    law = LAW.replace("    basis:", fields.replace("FIELDS", "accepted_on: accepted.at"), 1)
    other = "accepted_on: urged.at, finish_by: low.due_at"
    low = rule("low", "local").replace("    basis:", fields.replace("FIELDS", other), 1)
    answer = asked(tmp_path, law, low.replace("ruleset: low", f"ruleset: {name}"), ACCEPTED, URGED)
    (paper,) = answer.papers
    assert json.loads(paper.fields_json) == {"accepted_on": "2024-03-01", "finish_by": "2024-03-11"}
    assert (paper.ruleset, paper.rule) == ("law", "law")


CHAIN = """chain_facts:
  - {kind: overdue_matter, of_overdue: review_window, matter_field: matter}
chains:
  - id: c
    title: 试
    when: {o: {kind: overdue_matter}}
    then: {finding: {kind: A45_1, matter: o.matter}}
    basis: convention
    note: 试
"""


@pytest.mark.parametrize(("more", "findings"), [("", ["A45_1"]), ("    owed_by: petitioner\n", [])])
def test_what_a_petitioner_let_pass_is_no_fact_for_chains(
    tmp_path: Path, more: str, findings: list[str]
) -> None:
    law = rule("law", "law", due=WINDOW, met="[review_requested]", concept="review_window", more=more)
    low = rule("low", "local", concept="registered") + CHAIN
    answer = asked(tmp_path, law, low, SERVED)
    assert [it.code for it in answer.findings] == findings
