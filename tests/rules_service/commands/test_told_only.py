"""Facts that exist only when an official has said them: not told is not so, said to be unknown is unknown."""

from pathlib import Path

import pytest

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.rules_service.commands.asking import context, evaluate, matter, rulesets, states

RULES = """
ruleset: told
title: 认定
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [found, channel]
tables:
  - id: t
    title: 认定
    each: request
    hit: UNIQUE
    in: [channel, found]
    out: {told: {type: string, label: 结果}}
    rows:
      - {id: yes, if: [letter, "true"], then: [是], candidates: [withdrawal], basis: convention, note: 试}
      - {id: no, if: [letter, "false, null"], then: [否], basis: convention, note: 试}
duties:
  - id: d
    title: 试
    each: request
    concept: handled
    who: competent_organ
    when: {found: "true"}
    due: {from: received, add: 5, count: calendar_days}
    met_by: [closed]
    basis: convention
    note: 试
"""
AT = context(at="2024-05-08")
RECEIVED = [{"type": "received", "at": "2024-05-06"}]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = rulesets(tmp_path_factory.mktemp("told") / "rulesets", told=RULES)
    words = folder / "vocabulary.yaml"
    fact = '  found: {type: bool, label: 认定, english: Found, purpose: 试, told_only: "true"}\nevents:\n'
    words.write_text(words.read_text(encoding="utf-8").replace("events:\n", fact, 1), encoding="utf-8")
    return commands.load(Path(folder))


def test_not_told_answers_as_told_to_have_no_value_and_is_not_missing(book: Rulebook) -> None:
    untold = evaluate(book, "told", matter({"channel": "letter"}, RECEIVED), AT)
    null = evaluate(book, "told", matter({"channel": "letter", "found": None}, RECEIVED), AT)
    null.decision_id = untold.decision_id
    assert untold == null
    assert untold.decisions[0].outcome_json == '{"told":"否"}'
    assert not untold.missing_facts
    assert not untold.candidates
    assert states(untold) == {}


def test_told_it_counts(book: Rulebook) -> None:
    answer = evaluate(book, "told", matter({"channel": "letter", "found": True}, RECEIVED), AT)
    assert [candidate.code for candidate in answer.candidates] == ["withdrawal"]
    assert states(answer) == {"d": "pending"}


def test_said_to_be_unknown_it_is_missing_and_yields_no_candidate(book: Rulebook) -> None:
    answer = evaluate(book, "told", matter({"channel": "letter"}, RECEIVED, unknown=["found"]), AT)
    assert [(fact.name, fact.unknown) for fact in answer.missing_facts] == [("found", True)]
    assert not answer.candidates
    assert states(answer) == {}


def test_a_request_may_leave_open_what_the_matter_tells(book: Rulebook) -> None:
    told = matter(
        {"channel": "letter", "found": True},
        RECEIVED,
        requests={"a": {}, "b": {"unknown_facts": ["found"]}},
    )
    answer = evaluate(book, "told", told, AT)
    assert [(fact.name, fact.request_id) for fact in answer.missing_facts] == [("found", "b")]
    assert [candidate.request_id for candidate in answer.candidates] == ["a"]


def test_callers_are_told_which_facts_they_are(book: Rulebook) -> None:
    codes = commands.list_codes(book, pb.ListCodesRequest(lists=["fact"])).codes
    told_only = {code.code for code in codes if code.told_only}
    assert "found" in told_only
    assert "channel" not in told_only
