"""Papers that findings and candidates call for: a finding's at once, a candidate's never by rules alone."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from huiyin.rules.v1 import answer_pb2
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.rules_service.commands.asking import context, evaluate, matter, rulesets

RULES = """
ruleset: papers
title: 文书
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [remedy_asked, window_open, category]
tables:
  - id: t
    title: 申请
    each: request
    hit: UNIQUE
    in: [remedy_asked, window_open]
    out: {told: {type: string, label: 结果}}
    rows:
      - id: late
        if: [review, "false"]
        then: [待决定]
        papers: [N10]
        candidates:
          - {code: review_not_accepted, papers: [{paper: N12, variant: review, under: handled,
             fields: {received_on: received.at}}]}
        basis: convention
        note: 试
duties:
  - id: finishes
    title: 办结
    each: request
    concept: handled
    who: competent_organ
    due: {from: received, add: 10, count: calendar_days}
    met_by: [opinion_issued]
    finding:
      {code: A45_1, papers: [{paper: B11, fields: {missed_on: finishes.due_at}}], basis: convention, note: 试}
    basis: convention
    note: 试
chain_facts:
  - {kind: urging, of_event: urged, matter_field: matter}
  - {kind: supervision, of_event: supervised, matter_field: matter}
chains:
  - id: pressed
    title: 催办又督办
    when: {u: {kind: urging}, s: {kind: supervision, matter: "= u.matter"}}
    then: {finding: {kind: reminder, matter: u.matter}}
    papers: [{paper: B12, variant: v}]
    basis: convention
    note: 试
  - id: of_two
    title: 催办一件，督办另一件
    when: {u: {kind: urging}, s: {kind: supervision, matter: "!= u.matter"}}
    then: {finding: {kind: bulletin_due, matter: s.matter}}
    papers: [{paper: B12, variant: other}]
    basis: convention
    note: 试
  - id: unsaid
    title: 督办过，结论不写是哪一件
    when: {s: {kind: supervision}}
    then: {finding: {kind: year_end_deduction}}
    papers: [{paper: B12, variant: unsaid}]
    basis: convention
    note: 试
"""
RECEIVED: dict[str, object] = {"type": "received", "at": "2024-05-06"}
PRESSED: list[dict[str, object]] = [
    {"type": "urged", "at": "2024-05-07"},
    {"type": "supervised", "at": "2024-05-08"},
]


@cache
def book() -> Rulebook:
    with TemporaryDirectory() as folder:
        return commands.load(rulesets(Path(folder) / "rulesets", papers=RULES))


def calls(answer: answer_pb2.Answer) -> set[tuple[str, str, str]]:
    return {
        (paper.paper, paper.variant, answer_pb2.PaperCallState.Name(paper.state).split("_")[-1])
        for paper in answer.papers
    }


@pytest.mark.parametrize(
    ("at", "events", "called"),
    [
        ("2024-05-16", [RECEIVED], set()),
        ("2024-05-17", [RECEIVED], {("B11", "", "CALLED")}),
        ("2024-05-17", [RECEIVED, {"type": "opinion_issued", "at": "2024-05-10"}], set()),
        ("2024-05-09", [RECEIVED, *PRESSED], {("B12", "v", "CALLED"), ("B12", "unsaid", "CALLED")}),
        ("2024-05-09", [RECEIVED, PRESSED[0]], set()),
    ],
)
def test_a_finding_calls_for_its_paper_only_once_it_is_found(
    at: str, events: list[dict[str, object]], called: set[tuple[str, str, str]]
) -> None:
    assert calls(evaluate(book(), "papers", matter({}, events), context(at=at))) == called


@pytest.mark.parametrize("matter_id", ["m1", "u", "urging"])
def test_a_chain_that_finds_something_about_another_matter_calls_for_no_paper_here(matter_id: str) -> None:
    """A matter may have a name that the rules use for something else."""
    related = [("urging", {"matter": "x"}), ("supervision", {"matter": "x"})]
    about = matter({}, [RECEIVED], related=related, matter_id=matter_id)
    answer = evaluate(book(), "papers", about, context(at="2024-05-09"))
    assert {finding.code for finding in answer.findings} == {"reminder", "year_end_deduction"}
    assert calls(answer) == set()


@pytest.mark.parametrize(
    ("here", "elsewhere", "called"),
    [
        (PRESSED[0], "supervision", set()),
        (PRESSED[1], "urging", {"other", "unsaid"}),
        (PRESSED[1], "supervision", {"unsaid"}),
    ],
)
def test_a_chained_finding_is_about_the_matter_that_its_conclusion_names(
    here: dict[str, object], elsewhere: str, called: set[str]
) -> None:
    """Where it names none, it is about the matters of its facts."""
    about = matter({}, [here], related=[(elsewhere, {"matter": "x"})])
    answer = evaluate(book(), "papers", about, context(at="2024-05-09"))
    assert {paper.variant for paper in answer.papers} == called


def test_a_candidate_s_paper_waits_for_the_decision_beside_one_that_is_called_for() -> None:
    about = matter({"remedy_asked": "review", "window_open": False}, [RECEIVED])
    answer = evaluate(book(), "papers", about, context(at="2024-05-09"))
    assert calls(answer) == {("N10", "", "CALLED"), ("N12", "review", "CANDIDATE")}
    (waiting,) = [paper for paper in answer.papers if paper.candidate_id]
    assert waiting.candidate_id == answer.candidates[0].candidate_id
    assert waiting.fields_json == '{"received_on":"2024-05-06"}'
    assert waiting.HasField("due_at")


def test_it_waits_even_when_the_duty_it_hangs_under_is_met_and_is_issued_when_an_event_says_so() -> None:
    facts = {"remedy_asked": "review", "window_open": False}
    events: list[dict[str, object]] = [RECEIVED, {"type": "opinion_issued", "at": "2024-05-08"}]
    answer = evaluate(book(), "papers", matter(facts, events), context(at="2024-05-09"))
    (waiting,) = [paper for paper in answer.papers if paper.candidate_id]
    assert waiting.state == answer_pb2.PAPER_CALL_STATE_CANDIDATE
    told = {"type": "review_refusal_told", "at": "2024-05-09", "paper_call_id": waiting.paper_call_id}
    answer = evaluate(book(), "papers", matter(facts, [*events, told]), context(at="2024-05-10"))
    assert ("N12", "review", "ISSUED") in calls(answer)


def test_what_is_unknown_yields_neither_the_candidate_nor_its_paper() -> None:
    about = matter({"remedy_asked": "review"}, [RECEIVED], unknown=["window_open"])
    answer = evaluate(book(), "papers", about, context(at="2024-05-09"))
    assert not answer.candidates
    assert calls(answer) == set()


@pytest.mark.parametrize(
    ("category", "restricted"), [("report", {"B11", "B12"}), ("appeal", set()), (None, set())]
)
def test_papers_about_a_matter_with_a_report_in_it_are_restricted(
    category: str | None, restricted: set[str]
) -> None:
    """Also those about the matter as a whole, and where the category is told of one of its requests."""
    requests: dict[str, dict[str, object]] = {"a": {"category": category} if category else {}}
    about = matter({}, [RECEIVED, *PRESSED], requests=requests)
    answer = evaluate(book(), "papers", about, context(at="2024-07-01"))
    assert {paper.paper for paper in answer.papers} == {"B11", "B12"}
    assert {paper.paper for paper in answer.papers if paper.restricted} == restricted


def test_a_letter_for_one_violation_is_none_for_a_later_one() -> None:
    """What was issued on the first stays with it; the second calls for its own, with its own days."""

    def letters(at: str, *more: dict[str, object]) -> list[tuple[str, str, str]]:
        answer = evaluate(book(), "papers", matter({}, [RECEIVED, *more]), context(at=at))
        state = answer_pb2.PaperCallState.Name
        return sorted(
            (json.loads(it.fields_json)["missed_on"], state(it.state).rpartition("_")[2], it.paper_call_id)
            for it in answer.papers
            if it.paper == "B11"
        )

    ((missed_on, state, call),) = letters("2024-05-20")
    assert (missed_on, state) == ("2024-05-16", "CALLED")
    issued: dict[str, object] = {"type": "urged", "at": "2024-05-20", "paper_call_id": call}
    done: dict[str, object] = {"type": "opinion_issued", "at": "2024-05-21"}
    again: dict[str, object] = {"type": "received", "at": "2024-06-03"}
    both = letters("2024-06-20", issued, done, again)
    assert [it[:2] for it in both] == [("2024-05-16", "ISSUED"), ("2024-06-13", "CALLED")]
    assert both[0][2] == call
    # While neither has gone out, one letter says what was missed first.
    assert [it[:2] for it in letters("2024-06-20", done, again)] == [("2024-05-16", "CALLED")]
