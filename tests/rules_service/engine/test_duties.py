"""Duties as they run: what starts, stops, meets and ends their clocks, asked by the door of the service."""

import pytest

from huiyin.rules.v1 import answer_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine import duties
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from service_kit.serving.call import DeadlineError
from tests.rules_service.commands.asking import (
    NOW,
    assess,
    context,
    evaluate,
    matter,
    rulesets,
    shanghai,
    shipped,
    states,
)

SIXTH = {"receiver": "organ", "received_how": "direct", "remit": "own", "category": "appeal", "branch": "6"}
RECEIVED = {"type": "received", "at": "2024-03-01T10:00"}

# Events of the shipped vocabulary stand for what they are not, so that each form can be shown alone.
FORMS = """
ruleset: forms
title: 时限的各种写法
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [representatives, joint_count, informed_at, channel]
duties:
  - id: opinion
    title: 听证时间不计算
    concept: handled
    who: competent_organ
    due: {from: accepted, add: 30, count: calendar_days}
    pauses: [supervised]
    met_by: [opinion_issued]
    ends:
      - {by: withdrawn_by_petitioner, as: discharged, basis: convention, note: 试}
      - {by: returned, as: void, basis: convention, note: 试}
    finding: {code: A45_1, basis: convention, note: 试}
    basis: convention
    note: 试
  - id: facts_days
    title: 天数由事实给出
    concept: objection
    who: competent_organ
    due: {from: informed_at, add: representatives, count: calendar_days}
    met_by: [objected]
    basis: convention
    note: 试
  - id: presumed_days
    title: 推定的天数由事实给出
    concept: handled
    who: competent_organ
    due:
      from: opinion_served
      add: 5
      count: calendar_days
      presumed: {from: received, add: representatives, count: months}
    met_by: [objected]
    basis: convention
    note: 试
  - id: hours
    title: 没有记录，过了一天就起算
    concept: visit_response
    who: competent_organ
    due:
      from: supervised
      add: 8
      count: clock_hours
      presumed: {from: leader_arrived, add: 24, count: clock_hours}
    met_by: [visit_recorded]
    basis: convention
    note: 试
  - id: paused_hours
    title: 小时，听证时间不计算
    concept: suggestion_answered
    who: competent_organ
    due: {from: leader_arrived, add: 8, count: clock_hours}
    pauses: [supervised]
    met_by: [visit_recorded]
    basis: convention
    note: 试
  - id: hours_after_a_day
    title: 没有记录，次日终了就起算
    concept: performed
    who: competent_organ
    due:
      from: supervised
      add: 8
      count: clock_hours
      presumed: {from: leader_arrived, add: 1, count: calendar_days}
    met_by: [visit_recorded]
    basis: convention
    note: 试
  - id: window
    title: 信访人的期限
    concept: review_window
    who: petitioner
    owed_by: petitioner
    due: {from: opinion_served, add: 30, count: calendar_days}
    extended_by: {event: review_window_extended, days: days_extended, at_most: 5, by: head_of_organ}
    met_by: [review_requested]
    basis: convention
    note: 试
  - id: told_window
    title: 信访人的期限，到指定的一天
    concept: recheck_window
    who: petitioner
    owed_by: petitioner
    due: {from: assigned, until: assigned.reply_by}
    met_by: [review_requested]
    basis: convention
    note: 试
  - id: answers
    title: 对每个送达对象分别计算
    concept: performed
    who: competent_organ
    due: {from: opinion_served, add: 20, count: calendar_days}
    extended_by: {event: extension_approved, days: days_extended, at_most: 30}
    pauses: [supervised]
    met_by: [told_in_writing]
    ends: [{by: withdrawn_by_petitioner, as: discharged, basis: convention, note: 试}]
    basis: convention
    note: 试
  - id: warned
    title: 提醒的天数由事实给出
    concept: objection
    who: competent_organ
    due: {from: informed_at, add: 30, count: calendar_days}
    due_soon_days: joint_count
    met_by: [objected]
    basis: convention
    note: 试
"""


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return commands.load(rulesets(tmp_path_factory.mktemp("forms") / "rulesets", forms=FORMS))


def duty(answer: answer_pb2.Answer, rule: str) -> answer_pb2.Duty:
    (found,) = [item for item in answer.duties if item.rule == rule]
    return found


def findings(answer: answer_pb2.Answer) -> list[str]:
    return [finding.code for finding in answer.findings]


def test_an_opinion_issued_before_acceptance_is_presumed_meets_the_duty() -> None:
    """Nobody is accused of not having done what was done early."""
    events = [RECEIVED, {"type": "opinion_issued", "at": "2024-03-10T10:00"}]
    answer = assess(shipped(), matter(SIXTH, events), context(at="2024-06-01"))
    assert states(answer)["finish"] == "met"
    assert "A45_1" not in findings(answer)


def test_an_acceptance_recorded_after_it_was_presumed_does_not_start_the_clock_anew() -> None:
    """Received on 1 March: presumed on the 16th, 60 days end on 15 May, whenever the record came."""
    late = {"type": "accepted", "at": "2024-04-20T10:00"}
    answer = assess(shipped(), matter(SIXTH, [RECEIVED, late]), context(at="2024-06-01"))
    assert shanghai(duty(answer, "finish").due_at) == "2024-05-15T23:59:59"
    assert states(answer)["finish"] == "overdue"


@pytest.mark.parametrize("day", ["2024-03-02", "2024-03-15", "2024-03-16"])
def test_an_acceptance_recorded_by_the_fifteenth_day_starts_the_clock(day: str) -> None:
    accepted = {"type": "accepted", "at": f"{day}T10:00"}
    answer = assess(shipped(), matter(SIXTH, [RECEIVED, accepted]), context(at="2024-03-20"))
    assert shanghai(duty(answer, "finish").started_at) == f"{day}T10:00:00"


def test_acceptance_is_not_presumed_while_silence_may_mean_that_it_was_not_recorded_yet() -> None:
    known = matter(SIXTH, [RECEIVED], complete_until="2024-03-10")
    assert states(assess(shipped(), known, context(at="2024-04-01")))["finish"] == "not_started"


def test_a_matter_received_again_is_presumed_accepted_again() -> None:
    """A second receipt has its own fifteen days, and a late record of the first does not use them up."""
    events = [
        RECEIVED,
        {"type": "received", "at": "2024-05-01T10:00"},
        {"type": "accepted", "at": "2024-05-06T10:00"},
    ]
    answer = evaluate(shipped(), "clocks", matter(SIXTH, events), context(at="2024-05-10"))
    assert "2024-05-15T23:59:59" in {shanghai(item.due_at) for item in answer.duties if item.rule == "finish"}


@pytest.mark.parametrize(("again", "accepted"), [("03-02", "03-03"), ("03-15", "03-15"), ("03-16", "03-16")])
def test_an_acceptance_in_the_time_of_two_receipts_starts_one_clock(again: str, accepted: str) -> None:
    """Nothing is presumed for the first receipt because the second came between."""
    events = [
        RECEIVED,
        {"type": "received", "at": f"2024-{again}T10:00"},
        {"type": "accepted", "at": f"2024-{accepted}T10:00"},
        {"type": "opinion_issued", "at": "2024-05-15T10:00"},
    ]
    answer = assess(shipped(), matter(SIXTH, events), context(at="2024-06-01"))
    assert shanghai(duty(answer, "finish").started_at) == f"2024-{accepted}T10:00:00"


def test_an_acceptance_after_the_time_of_one_receipt_and_in_that_of_another_starts_the_second_clock() -> None:
    events = [
        RECEIVED,
        {"type": "received", "at": "2024-03-15T10:00"},
        {"type": "accepted", "at": "2024-03-17T10:00"},
    ]
    answer = assess(shipped(), matter(SIXTH, events), context(at="2024-04-01"))
    started = [shanghai(item.started_at) for item in answer.duties if item.rule == "finish"]
    assert started == ["2024-03-16T00:00:00", "2024-03-17T10:00:00"]


TO_X = {"type": "received", "at": "2024-03-01T10:00", "recipient_key": "x"}
TO_Y = {"type": "received", "at": "2024-03-02T10:00", "recipient_key": "y"}
ACCEPTED_TO_X = {"type": "accepted", "at": "2024-03-08T10:00", "recipient_key": "x"}


@pytest.mark.parametrize(
    ("events", "started"),
    [
        ([TO_Y], [("y", "2024-03-17T00:00:00")]),
        ([TO_X, ACCEPTED_TO_X], [("x", "2024-03-08T10:00:00")]),
        ([TO_X, TO_Y, ACCEPTED_TO_X], [("x", "2024-03-08T10:00:00"), ("y", "2024-03-17T00:00:00")]),
        ([TO_X, TO_Y, {**ACCEPTED_TO_X, "recipient_key": ""}], [("", "2024-03-08T10:00:00")]),
        ([RECEIVED, TO_Y, ACCEPTED_TO_X], [("x", "2024-03-08T10:00:00"), ("y", "2024-03-17T00:00:00")]),
        (
            [TO_X, TO_Y, {**ACCEPTED_TO_X, "at": "2024-03-17T10:00"}],
            [("x", "2024-03-16T00:00:00"), ("y", "2024-03-17T00:00:00")],
        ),
        (
            [
                TO_X,
                {**ACCEPTED_TO_X, "at": "2024-03-02T10:00", "recipient_key": "y"},
                {"type": "received", "at": "2024-03-05T10:00"},
            ],
            [("x", "2024-03-16T00:00:00"), ("y", "2024-03-02T10:00:00")],
        ),
    ],
    ids=["y", "x", "x of x and y", "both", "x of all and y", "x too late", "y before all"],
)
def test_a_start_is_presumed_for_the_recipient_who_was_not_told(
    events: list[dict[str, str]], started: list[tuple[str, str]]
) -> None:
    answer = evaluate(shipped(), "clocks", matter(SIXTH, events), context(at="2024-04-01"))
    found = [
        (item.recipient_key, shanghai(item.started_at)) for item in answer.duties if item.rule == "finish"
    ]
    assert sorted(found) == started


def test_a_duty_waiting_for_a_presumption_says_when_its_clock_will_start() -> None:
    answer = assess(shipped(), matter(SIXTH, [RECEIVED]), context(at="2024-03-05"))
    waiting = duty(answer, "finish")
    assert states(answer)["finish"] == "not_started"
    assert shanghai(waiting.next_change_at) == "2024-03-17T00:00:00"


def test_a_hearing_begun_after_the_period_has_ended_does_not_undo_that_it_is_overdue(forms: Rulebook) -> None:
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "supervised", "at": "2024-05-06T10:00"},
    ]
    answer = assess(forms, matter({}, events), context(at="2024-05-10"))
    assert states(answer)["opinion"] == "overdue"
    assert findings(answer) == ["A45_1"]


def test_a_hearing_on_the_last_day_moves_the_end_behind_it(forms: Rulebook) -> None:
    """30 days from 1 March end on 31 March; a hearing that day and the next moves the end to 2 April."""
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "supervised", "at": "2024-03-31T10:00", "ended_at": "2024-04-01T12:00"},
    ]
    during = assess(forms, matter({}, events), context(at="2024-04-01"))
    assert states(during)["opinion"] == "suspended"
    after = assess(forms, matter({}, events), context(at="2024-04-02T12:00"))
    assert shanghai(duty(after, "opinion").due_at) == "2024-04-02T23:59:59"
    assert states(after)["opinion"] == "due_soon"


def test_a_hearing_begun_before_the_clock_is_of_an_earlier_stage(forms: Rulebook) -> None:
    """REG22 art. 36.2: what does not count is the time of the hearing that this period needs."""
    events = [
        {"type": "supervised", "at": "2024-02-28T10:00", "ended_at": "2024-03-05T12:00"},
        {"type": "accepted", "at": "2024-03-01T10:00"},
    ]
    answer = assess(forms, matter({}, events), context(at="2024-03-02"))
    assert states(answer)["opinion"] == "pending"
    assert shanghai(duty(answer, "opinion").due_at) == "2024-03-31T23:59:59"


def test_a_withdrawal_after_the_period_ended_leaves_the_violation_found(forms: Rulebook) -> None:
    """A matter is not cleared of what went before by closing it."""
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "withdrawn_by_petitioner", "at": "2024-05-06T10:00"},
    ]
    answer = assess(forms, matter({}, events), context(at="2024-05-10"))
    assert states(answer)["opinion"] == "discharged"
    assert findings(answer) == ["A45_1"]


@pytest.mark.parametrize(
    ("event", "state"), [("withdrawn_by_petitioner", "discharged"), ("returned", "void")]
)
def test_an_ending_in_time_leaves_no_violation(forms: Rulebook, event: str, state: str) -> None:
    events = [{"type": "accepted", "at": "2024-03-01T10:00"}, {"type": event, "at": "2024-03-20T10:00"}]
    answer = assess(forms, matter({}, events), context(at="2024-05-10"))
    assert states(answer)["opinion"] == state
    assert findings(answer) == []


def test_a_ground_that_falls_away_takes_the_violation_with_it(forms: Rulebook) -> None:
    events = [{"type": "accepted", "at": "2024-03-01T10:00"}, {"type": "returned", "at": "2024-05-06T10:00"}]
    answer = assess(forms, matter({}, events), context(at="2024-05-10"))
    assert states(answer)["opinion"] == "void"
    assert findings(answer) == []


@pytest.mark.parametrize("days", [100_001, 10**15])
def test_a_length_that_no_period_can_have_is_refused_with_the_fact_named(forms: Rulebook, days: int) -> None:
    about = matter({"representatives": days, "informed_at": "2024-03-01T10:00:00+08:00"})
    with pytest.raises(RefusedError) as refused:
        assess(forms, about, context(at="2024-03-10"))
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [
        ("LENGTH_OUT_OF_RANGE", "representatives")
    ]


@pytest.mark.parametrize("days", [[100_000], [60_000, 60_000]])
def test_a_window_extended_beyond_what_any_can_be_is_refused_and_no_other_matter_with_it(
    days: list[int],
) -> None:
    served = {"type": "opinion_served", "at": "2024-03-01T10:00", "recipient_key": "p"}
    decided = {"official_role": "head_of_organ", "official_key": "k", "at": "2024-03-05T10:00"}
    extended = [{"type": "review_window_extended", "days_extended": some, **decided} for some in days]
    about = [matter(SIXTH, [served, *more]) for more in ([], extended)]
    request = pb.BatchAssessRequest(context=context(at="2024-03-10"), matters=about)
    good, bad = commands.batch_assess(shipped(), request, NOW).items
    assert states(good.answer)["review_window"] == "pending"
    assert [(problem.code, problem.field) for problem in bad.problems] == [
        ("LENGTH_OUT_OF_RANGE", "review_window_extended.days_extended")
    ]


def test_a_presumption_after_a_length_that_none_can_have_is_refused_with_the_fact_named(
    forms: Rulebook,
) -> None:
    about = matter({"representatives": 1201}, [RECEIVED])
    with pytest.raises(RefusedError) as refused:
        evaluate(forms, "forms", about, context(at="2024-03-10"))
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [
        ("LENGTH_OUT_OF_RANGE", "representatives")
    ]


@pytest.mark.parametrize(
    ("rule", "started", "told", "due"),
    [
        ("hours", "2024-06-19T10:00:00", "2024-06-19T10:00:01", "2024-06-19T18:00:00"),
        ("hours_after_a_day", "2024-06-19T23:59:59", "2024-06-20", "2024-06-20T07:59:59"),
    ],
)
def test_hours_after_a_presumption_run_from_its_moment(
    forms: Rulebook, rule: str, started: str, told: str, due: str
) -> None:
    about = matter({}, [{"type": "leader_arrived", "at": "2024-06-18T10:00:00"}])
    assert states(evaluate(forms, "forms", about, context(at="2024-06-19T09:59:59")))[rule] == "not_started"
    assert states(evaluate(forms, "forms", about, context(at=started)))[rule] == "not_started"
    answer = evaluate(forms, "forms", about, context(at=told))
    assert states(answer)[rule] == "pending"
    assert (shanghai(duty(answer, rule).started_at), shanghai(duty(answer, rule).due_at)) == (started, due)


ACCEPTED = {"type": "accepted", "at": "2024-03-05T10:00"}


@pytest.mark.parametrize(
    ("at", "state", "found"),
    [
        ("2024-05-04T23:59:59.999999", "met", False),
        ("2024-05-05", "met_late", False),
        ("2024-05-06T23:59:59.999999", "met_late", False),
        ("2024-05-07", "met_late", True),
    ],
)
def test_what_is_done_in_the_last_second_of_the_last_day_is_done_in_time(
    at: str, state: str, found: bool
) -> None:
    """60 days from 5 March end on 4 May, a Saturday, and by art. 203 on 6 May at 24:00."""
    events = [RECEIVED, ACCEPTED, {"type": "opinion_issued", "at": at}]
    answer = assess(shipped(), matter(SIXTH, events), context(at="2024-06-01"))
    assert states(answer)["finish"] == state
    assert ("A45_1" in findings(answer)) is found


@pytest.mark.parametrize(
    ("at", "state", "change", "found"),
    [
        ("2024-05-04T23:59:59.001", "due_soon", "2024-05-05T00:00:00", False),
        ("2024-05-05", "overdue", "2024-05-07T00:00:00", False),
        ("2024-05-06T23:59:59.001", "overdue", "2024-05-07T00:00:00", False),
        ("2024-05-07", "overdue", "", True),
    ],
)
def test_a_duty_changes_when_its_last_day_is_over_and_not_within_its_last_second(
    at: str, state: str, change: str, found: bool
) -> None:
    answer = assess(shipped(), matter(SIXTH, [RECEIVED, ACCEPTED]), context(at=at))
    told = duty(answer, "finish")
    assert states(answer)["finish"] == state
    assert (shanghai(told.next_change_at) if told.HasField("next_change_at") else "") == change
    assert ("A45_1" in findings(answer)) is found


@pytest.mark.parametrize(
    ("recorded", "started"),
    [("2024-03-16T23:59:59.500", "2024-03-16T23:59:59"), ("2024-03-17", "2024-03-16T00:00:00")],
)
def test_what_is_recorded_in_the_last_second_before_a_presumption_starts_the_clock(
    recorded: str, started: str
) -> None:
    events = [RECEIVED, {"type": "accepted", "at": recorded}]
    answer = assess(shipped(), matter(SIXTH, events), context(at="2024-03-20"))
    assert shanghai(duty(answer, "finish").started_at) == started


@pytest.mark.parametrize(
    ("at", "state"),
    [("2024-03-16T23:59:59.500", "not_started"), ("2024-03-17", "pending")],
)
def test_nothing_is_presumed_before_the_last_day_for_a_record_is_over(at: str, state: str) -> None:
    assert states(assess(shipped(), matter(SIXTH, [RECEIVED]), context(at=at)))["finish"] == state


@pytest.mark.parametrize(("at", "days"), [("2027-03-24T23:59:59.500", 35), ("2027-03-25", 30)])
def test_an_extension_granted_in_the_last_second_counts(forms: Rulebook, at: str, days: int) -> None:
    extended = {"type": "review_window_extended", "at": at, "days_extended": 5}
    decided = {**extended, "official_role": "head_of_organ", "official_key": "k"}
    answer = evaluate(forms, "forms", matter({}, [WINDOW_OF_2027, decided]), context(at="2027-04-10"))
    assert duty(answer, "window").amount == days


@pytest.mark.parametrize(
    ("rule", "start", "begins", "state"),
    [
        ("opinion", "accepted", "2024-03-31T23:59:59.500", "suspended"),
        ("opinion", "accepted", "2024-04-01T00:00:00", "overdue"),
        ("paused_hours", "leader_arrived", "2024-03-01T17:59:59", "suspended"),
        ("paused_hours", "leader_arrived", "2024-03-01T18:00:00", "due_soon"),
    ],
)
def test_a_hearing_stops_a_clock_until_the_period_has_run_out(
    forms: Rulebook, rule: str, start: str, begins: str, state: str
) -> None:
    """A period of days runs until its last day is over, hours until the moment when they are."""
    events = [{"type": start, "at": "2024-03-01T10:00"}, {"type": "supervised", "at": begins}]
    answer = evaluate(forms, "forms", matter({}, events), context(at=begins))
    assert states(answer)[rule] == state


WINDOW_OF_2027 = {"type": "opinion_served", "at": "2027-02-14T10:00"}


@pytest.mark.parametrize(
    ("at", "state", "change"),
    [
        ("2027-03-12", "pending", "2027-03-13T23:59:59"),
        ("2027-03-16", "due_soon", "2027-03-25T00:00:00"),
        ("2027-03-17", "due_soon", "2027-03-25T00:00:00"),
        ("2027-03-24T23:59:59", "due_soon", "2027-03-25T00:00:00"),
        ("2027-03-25", "overdue", ""),
    ],
)
def test_a_window_in_an_unpublished_year_is_not_called_lapsed_while_it_may_be_open(
    forms: Rulebook, at: str, state: str, change: str
) -> None:
    """30 days from 14 February 2027 end on 16 March; a notice still to come may make them end later."""
    answer = evaluate(forms, "forms", matter({}, [WINDOW_OF_2027]), context(at=at))
    told = duty(answer, "window")
    assert states(answer)["window"] == state
    assert told.provisional
    assert shanghai(told.due_at) == "2027-03-16T23:59:59"
    assert shanghai(told.latest_lawful_at) == "2027-03-24T23:59:59"
    assert (shanghai(told.next_change_at) if told.HasField("next_change_at") else "") == change


@pytest.mark.parametrize(("day", "state"), [("2027-03-24", "met"), ("2027-03-25", "met_late")])
def test_a_request_is_not_late_while_the_window_may_be_open(forms: Rulebook, day: str, state: str) -> None:
    events = [WINDOW_OF_2027, {"type": "review_requested", "at": f"{day}T10:00"}]
    answer = evaluate(forms, "forms", matter({}, events), context(at="2027-04-01"))
    assert states(answer)["window"] == state


def test_a_window_is_extended_while_it_may_be_open(forms: Rulebook) -> None:
    extended = {"type": "review_window_extended", "at": "2027-03-20T10:00", "days_extended": 5}
    decided = {**extended, "official_role": "head_of_organ", "official_key": "k"}
    answer = evaluate(forms, "forms", matter({}, [WINDOW_OF_2027, decided]), context(at="2027-04-10"))
    told = duty(answer, "window")
    assert told.amount == 35
    assert shanghai(told.latest_lawful_at) == "2027-03-29T23:59:59"


@pytest.mark.parametrize(("at", "state"), [("2024-10-03", "pending"), ("2024-10-09", "overdue")])
def test_a_petitioners_window_until_a_day_off_rolls(forms: Rulebook, at: str, state: str) -> None:
    events = [{"type": "assigned", "at": "2024-09-16T10:00", "reply_by": "2024-10-02"}]
    answer = evaluate(forms, "forms", matter({}, events), context(at=at))
    assert states(answer)["told_window"] == state
    assert shanghai(duty(answer, "told_window").due_at) == "2024-10-08T23:59:59"


def test_the_next_change_is_never_in_the_past() -> None:
    """Where nothing is known after the period ended, nothing changes until more is told."""
    known = matter(SIXTH, [RECEIVED], complete_until="2024-03-15")
    answer = assess(shipped(), known, context(at="2024-04-01"))
    waiting = duty(answer, "direct_notice")
    assert states(answer)["direct_notice"] == "due_soon"
    assert not waiting.HasField("next_change_at")


def test_what_happens_after_a_duty_was_discharged_in_time_makes_no_violation(forms: Rulebook) -> None:
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "withdrawn_by_petitioner", "at": "2024-03-20T10:00"},
        {"type": "opinion_issued", "at": "2024-05-06T10:00"},
    ]
    answer = assess(forms, matter({}, events), context(at="2024-05-10"))
    assert states(answer)["opinion"] == "discharged"
    assert findings(answer) == []


def test_an_overdue_duty_says_no_change_while_a_hearing_goes_on_over_the_days_off_after_it(
    forms: Rulebook,
) -> None:
    """30 days from 1 June end on Monday 1 July; from 31 May on Sunday 30 June, which rolls to that Monday."""
    events = [
        {"type": "accepted", "at": "2024-05-31T10:00"},
        {"type": "supervised", "at": "2024-07-01T09:00"},
    ]
    answer = assess(forms, matter({}, events), context(at="2024-07-01T10:00"))
    assert states(answer)["opinion"] == "overdue"
    assert not duty(answer, "opinion").HasField("next_change_at")
    assert findings(answer) == []


@pytest.mark.parametrize("ending", ["withdrawn_by_petitioner", "returned"])
def test_what_was_done_stays_done_when_the_matter_ends_afterwards(forms: Rulebook, ending: str) -> None:
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "opinion_issued", "at": "2024-03-20T10:00"},
        {"type": ending, "at": "2024-03-25T10:00"},
    ]
    assert states(assess(forms, matter({}, events), context(at="2024-05-10")))["opinion"] == "met"


@pytest.mark.parametrize(("second", "change"), [("2024-03-06T10:00", "2024-03-06T10:00:00"), ("", "")])
def test_of_several_hearings_at_once_the_last_to_end_lets_the_clock_run_again(
    forms: Rulebook, second: str, change: str
) -> None:
    events = [
        {"type": "accepted", "at": "2024-03-01T10:00"},
        {"type": "supervised", "at": "2024-03-04T10:00", "ended_at": "2024-03-05T10:00"},
        {"type": "supervised", "at": "2024-03-04T12:00"} | ({"ended_at": second} if second else {}),
    ]
    answer = assess(forms, matter({}, events), context(at="2024-03-04T15:00"))
    assert states(answer)["opinion"] == "suspended"
    told = duty(answer, "opinion")
    assert (shanghai(told.next_change_at) if told.HasField("next_change_at") else "") == change


@pytest.mark.parametrize("days", [1000, 10**15])
def test_a_warning_comes_at_once_where_it_may_come_any_time_before(forms: Rulebook, days: int) -> None:
    about = matter({"informed_at": "2024-05-01T08:30:00+08:00", "joint_count": days})
    answer = evaluate(forms, "forms", about, context(at="2024-05-02"))
    assert states(answer)["warned"] == "due_soon"


def test_many_runs_end_with_the_callers_time(forms: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many acceptances starts a clock of its own."""

    def over() -> None:
        raise DeadlineError

    monkeypatch.setattr(duties, "check_deadline", over)
    events = [{"type": "accepted", "at": f"2024-03-01T10:{minute:02d}"} for minute in range(60)]
    with pytest.raises(DeadlineError):
        assess(forms, matter({}, events), context(at="2024-05-10"))


@pytest.mark.parametrize(
    ("told", "changed"),
    [
        ({"type": "told_in_writing"}, ("met", "2024-03-21")),
        ({"type": "withdrawn_by_petitioner"}, ("discharged", "2024-03-21")),
        ({"type": "extension_approved", "days_extended": 5}, ("pending", "2024-03-26")),
        ({"type": "supervised", "ended_at": "2024-03-07T10:00"}, ("pending", "2024-03-26")),
        ({"type": "supervised"}, ("suspended", "2024-03-26")),
    ],
)
@pytest.mark.parametrize("recipient", ["", "p2"])
def test_what_is_told_to_one_recipient_touches_no_other_one_s_duty(
    forms: Rulebook, told: dict[str, object], changed: tuple[str, str], recipient: str
) -> None:
    served = {"type": "opinion_served", "at": "2024-03-01T10:00"}
    events = [served | {"recipient_key": key} for key in ("p1", "p2", "")]
    events.append({"at": "2024-03-03T10:00", "recipient_key": recipient} | told)
    answer = evaluate(forms, "forms", matter({}, events), context(at="2024-03-08"))
    found = {
        one.recipient_key: (answer_pb2.DutyState.Name(one.state)[11:].lower(), shanghai(one.due_at)[:10])
        for one in answer.duties
        if one.rule == "answers"
    }
    untouched = changed if not recipient else ("pending", "2024-03-21")
    assert found == {"p1": untouched, "p2": changed, "": changed}
