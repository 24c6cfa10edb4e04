"""Whatever calls for it, one paper of one variant is called for once for a request and recipient."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from huiyin.rules.v1 import answer_pb2
from rules_service import commands
from tests.rules_service.commands.asking import assess, context, matter, rulesets, shanghai, shipped

DIRECT = {
    "category": "appeal",
    "branch": "6",
    "receiver": "organ",
    "remit": "own",
    "channel": "letter",
    "received_how": "direct",
}
FIRST = {"type": "received", "at": "2024-05-06T10:00"}
SECOND = {"type": "received", "at": "2024-05-08T10:00"}
CALLED, ISSUED = answer_pb2.PAPER_CALL_STATE_CALLED, answer_pb2.PAPER_CALL_STATE_ISSUED


def asked(*events: Mapping[str, str], at: str = "2024-05-09") -> answer_pb2.Answer:
    return assess(shipped(), matter(DIRECT, events), context(at=at))


def calls(answer: answer_pb2.Answer, paper: str) -> list[answer_pb2.PaperCall]:
    return [call for call in answer.papers if call.paper == paper]


def waiting_for(answer: answer_pb2.Answer, call: answer_pb2.PaperCall) -> list[answer_pb2.Duty]:
    return [duty for duty in answer.duties if call.paper_call_id in duty.paper_call_ids]


@pytest.mark.parametrize("paper", ["B01", "N02"])
def test_a_matter_received_twice_wants_one_paper_that_both_duties_name(paper: str) -> None:
    answer = asked(FIRST, SECOND)
    (call,) = calls(answer, paper)
    first, second = sorted(waiting_for(answer, call), key=lambda duty: shanghai(duty.started_at))
    assert first.rule == second.rule
    assert (call.duty_id, call.due_at) == (first.duty_id, first.due_at)
    (once,) = calls(asked(FIRST), paper)
    assert once.paper_call_id == call.paper_call_id


def test_a_receipt_after_an_issued_notice_calls_for_another() -> None:
    told = {"type": "told_in_writing", "at": "2024-05-07T10:00"}
    answer = asked(FIRST, told, SECOND)
    issued, called = calls(answer, "N02")
    assert (issued.state, called.state) == (ISSUED, CALLED)
    assert [[duty.duty_id for duty in waiting_for(answer, it)] for it in (issued, called)] == [
        [issued.duty_id],
        [called.duty_id],
    ]
    assert issued.duty_id != called.duty_id


@pytest.mark.parametrize(("at", "states"), [("05-07", [ISSUED, CALLED]), ("05-08", [ISSUED, ISSUED])])
def test_a_paper_issued_on_a_call_answers_all_that_waited_for_it(at: str, states: list[int]) -> None:
    """The event does not meet the duties; it only says which call the paper was issued on."""
    (call,) = calls(asked(FIRST), "N02")
    issued = {"type": "urged", "at": f"2024-{at}T12:00", "paper_call_id": call.paper_call_id}
    assert [it.state for it in calls(asked(FIRST, SECOND, issued), "N02")] == states


def test_a_paper_of_another_recipient_is_another() -> None:
    answer = asked(FIRST | {"recipient_key": "x"}, SECOND | {"recipient_key": "y"})
    assert [[duty.recipient_key for duty in waiting_for(answer, call)] for call in calls(answer, "N02")] == [
        ["x"],
        ["y"],
    ]


def test_days_of_two_starts_do_not_stand_on_one_paper() -> None:
    answer = asked(FIRST, SECOND, {"type": "accepted", "at": "2024-05-08T11:00"})
    (notice,) = calls(answer, "N02")
    told = json.loads(notice.fields_json)
    assert told["received_on"] == "2024-05-06"
    assert "accepted_on" not in told


DUTY = """
ruleset: {name}
title: 试
subject: matter
layer: {layer}
source: {source}
in_force_from: 2022-05-01
inputs: []
duties:
  - id: {name}
    title: 试
    concept: {concept}
    who: competent_organ
    due: {{from: accepted, add: {days}, count: calendar_days}}
    met_by: [{met}]
    papers: [{{paper: B11, fields: {{missed_on: {name}.due_at{more}}}}}]
    basis: convention
    note: 依据{name}
"""


def test_of_duties_of_different_meaning_the_tightest_is_hung_on_and_the_law_says_what_is_written(
    tmp_path: Path,
) -> None:
    texts = {
        "law": DUTY.format(
            name="law", layer="law", source="REG22", concept="handled", days=60, met="opinion_issued", more=""
        ),
        "low": DUTY.format(
            name="low",
            layer="sector",
            source="S004",
            concept="supervision",
            days=10,
            met="urged",
            more=", reply_by: accepted.at",
        ),
    }
    rulebook = commands.load(rulesets(tmp_path / "rulesets", **texts))
    accepted = {"type": "accepted", "at": "2024-03-01T10:00"}
    answer = assess(rulebook, matter({}, [accepted]), context(at="2024-03-05"))
    (call,) = answer.papers
    assert (call.ruleset, call.rule) == ("law", "law")
    assert json.loads(call.fields_json) == {"missed_on": "2024-04-30", "reply_by": "2024-03-01"}
    assert [duty.rule for duty in waiting_for(answer, call)] == ["low", "law"]
    assert (call.duty_id, shanghai(call.due_at)) == (answer.duties[0].duty_id, "2024-03-11T23:59:59")
    assert [citation.note for citation in call.citations] == ["依据law", "依据low"]
    urged = {"type": "urged", "at": "2024-03-04T10:00"}
    answer = assess(rulebook, matter({}, [accepted, urged]), context(at="2024-03-05"))
    assert {(it.rule, it.state) for it in answer.papers} == {("law", CALLED), ("low", ISSUED)}
