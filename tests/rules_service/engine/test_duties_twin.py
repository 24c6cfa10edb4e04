"""Duties against the plain walk through the file, on generated sequences of events, by the public door."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2
from rules_service import commands
from rules_service.calendar.pin import packaged_calendar
from rules_service.engine.rulebook import Rulebook
from tests.reference import matter as plain
from tests.reference.deadlines import SHANGHAI
from tests.reference.matter import File, Happened, PlainDuty, Ran
from tests.reference.profile import examples
from tests.rules_service.commands.asking import context, evaluate, matter, rulesets

CALENDAR = packaged_calendar()

# One duty of every form; periods are short, so that events fall on their bounds often.
FORMS = """
ruleset: forms
title: 时限的各种写法
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: []
parameters:
  most: {label: 最多延长, type: int, value: 4, basis: convention, note: 试}
duties:
  - {id: register, title: 试, concept: registered,
     due: {from: received}, met_by: [registered], pauses: [urged],
     REST}
  - {id: route, title: 试, concept: routed,
     due: {from: received, add: 4, count: calendar_days}, met_by: {any: [forwarded, guided]},
     REST}
  - {id: notice, title: 试, concept: first_notice,
     due: {from: received, add: 3, count: working_days}, met_by: [told_in_writing, registered],
     due_soon_days: 1, REST}
  - {id: window, title: 试, concept: objection, owed_by: petitioner,
     due: {from: opinion_issued, add: 5, count: calendar_days}, met_by: [objected],
     who: petitioner, basis: convention, note: 试}
  - {id: granted_window, title: 试, concept: review_window, owed_by: petitioner,
     due: {from: opinion_issued, add: 4, count: calendar_days},
     extended_by: {event: extension_approved, days: days_extended, by: head_of_organ, at_most: most},
     pauses: [supervised], met_by: [objected], who: petitioner, basis: convention, note: 试}
  - {id: late_window, title: 试, concept: recheck_window, owed_by: petitioner,
     due: {from: opinion_issued, add: 2, count: calendar_days,
           presumed: {from: received, add: 3, count: calendar_days}},
     extended_by: {event: extension_approved, days: days_extended, by: head_of_organ, after_lapse: true},
     pauses: [supervised], due_soon_days: 1, met_by: [objected],
     ends: [{by: withdrawn_by_petitioner, as: discharged, basis: convention, note: 试}],
     who: petitioner, basis: convention, note: 试}
  - {id: late_but_bounded, title: 试, concept: review_opinion, owed_by: petitioner,
     due: {from: received, add: 2, count: calendar_days},
     extended_by: {event: extension_approved, days: days_extended, by: head_of_organ, after_lapse: true,
                   at_most: most},
     met_by: [objected], who: petitioner, basis: convention, note: 试}
  - {id: finish, title: 试, concept: handled,
     due: {from: accepted, add: 6, count: calendar_days,
           presumed: {from: received, add: 3, count: calendar_days}},
     extended_by: {event: extension_approved, days: days_extended, at_most: most},
     due_soon_days: 2, met_by: [opinion_issued],
     ends: [{by: withdrawn_by_petitioner, as: discharged, basis: convention, note: 试},
            {by: returned, as: void, basis: convention, note: 试}], REST}
  - {id: heard, title: 试, concept: extension_told,
     due: {from: extension_approved, add: 5, count: calendar_days}, pauses: [supervised, urged],
     met_by: [extension_told], REST}
  - {id: heard_working, title: 试, concept: assigned_result,
     due: {from: assigned, add: 3, count: working_days}, pauses: [supervised], met_by: [result_reported],
     REST}
  - {id: hours, title: 试, concept: visit_response,
     due: {from: leader_arrived, add: 8, count: clock_hours}, pauses: [supervised], met_by: [visit_recorded],
     REST}
  - {id: hours_after_hours, title: 试, concept: performed,
     due: {from: accepted, add: 8, count: clock_hours,
           presumed: {from: leader_arrived, add: 24, count: clock_hours}},
     met_by: [visit_recorded], REST}
  - {id: days_after_hours, title: 试, concept: suggestion_answered,
     due: {from: accepted, add: 2, count: calendar_days,
           presumed: {from: leader_arrived, add: 24, count: clock_hours}},
     met_by: [visit_recorded], REST}
"""
REST = (
    "who: competent_organ, finding: {code: A45_1, basis: convention, note: 试}, basis: convention, note: 试"
)
PLAIN = {
    "register": PlainDuty("received", None, "calendar_days", ("registered",), pauses=("urged",)),
    "route": PlainDuty("received", 4, "calendar_days", ("forwarded", "guided"), met_by_any=True),
    "notice": PlainDuty(
        "received", 3, "working_days", ("told_in_writing", "registered"), lead=timedelta(days=1)
    ),
    "window": PlainDuty("opinion_issued", 5, "calendar_days", ("objected",), by_petitioner=True),
    "granted_window": PlainDuty(
        "opinion_issued",
        4,
        "calendar_days",
        ("objected",),
        extended_by="extension_approved",
        extended_at_most=4,
        extended_role="head_of_organ",
        pauses=("supervised",),
        by_petitioner=True,
    ),
    "late_window": PlainDuty(
        "opinion_issued",
        2,
        "calendar_days",
        ("objected",),
        presumed_from="received",
        presumed_amount=3,
        extended_by="extension_approved",
        extended_at_most=None,
        extended_role="head_of_organ",
        extended_late=True,
        pauses=("supervised",),
        discharged_by=("withdrawn_by_petitioner",),
        lead=timedelta(days=1),
        by_petitioner=True,
    ),
    "late_but_bounded": PlainDuty(
        "received",
        2,
        "calendar_days",
        ("objected",),
        extended_by="extension_approved",
        extended_at_most=4,
        extended_role="head_of_organ",
        extended_late=True,
        by_petitioner=True,
    ),
    "finish": PlainDuty(
        "accepted",
        6,
        "calendar_days",
        ("opinion_issued",),
        presumed_from="received",
        presumed_amount=3,
        extended_by="extension_approved",
        extended_at_most=4,
        discharged_by=("withdrawn_by_petitioner",),
        void_by=("returned",),
        lead=timedelta(days=2),
    ),
    "heard": PlainDuty(
        "extension_approved", 5, "calendar_days", ("extension_told",), pauses=("supervised", "urged")
    ),
    "heard_working": PlainDuty("assigned", 3, "working_days", ("result_reported",), pauses=("supervised",)),
    "hours": PlainDuty(
        "leader_arrived",
        8,
        "clock_hours",
        ("visit_recorded",),
        pauses=("supervised",),
        lead=timedelta(hours=1),
    ),
    "hours_after_hours": PlainDuty(
        "accepted",
        8,
        "clock_hours",
        ("visit_recorded",),
        presumed_from="leader_arrived",
        presumed_amount=24,
        presumed_unit="clock_hours",
        lead=timedelta(hours=1),
    ),
    "days_after_hours": PlainDuty(
        "accepted",
        2,
        "calendar_days",
        ("visit_recorded",),
        presumed_from="leader_arrived",
        presumed_amount=24,
        presumed_unit="clock_hours",
    ),
}


def kinds_of(duty: PlainDuty) -> list[str]:
    """The events that the duty hangs on, those that start it twice."""
    starts = [duty.start, *filter(None, [duty.presumed_from, duty.extended_by])]
    return [*starts, *starts, *duty.met_by, *duty.pauses, *duty.discharged_by, *duty.void_by]


TYPES = sorted({kind for duty in PLAIN.values() for kind in kinds_of(duty)})


@cache
def forms() -> Rulebook:
    with TemporaryDirectory() as folder:
        return commands.load(rulesets(Path(folder) / "rulesets", forms=FORMS.replace("REST", REST)))


FIRST_DAYS = [date(2024, 9, 25), date(2024, 2, 5), date(2024, 2, 27), date(2024, 12, 28), date(2025, 4, 25)]
CLOCKS = [time(0, 0), time(10, 0), time(15, 30), time(23, 59, 59), time(23, 59, 59, 500_000)]
WHOLE_MINUTES = CLOCKS[:3]
ROLES = st.sampled_from([*["head_of_organ"] * 4, "", "official_in_charge"])
OFFICIALS = st.sampled_from([*["o1"] * 4, ""])


@st.composite
def files(draw: st.DrawFn) -> tuple[File, datetime]:
    first = draw(st.sampled_from(FIRST_DAYS))

    def moment(clocks: list[time], days: int = 12) -> datetime:
        day = first + timedelta(days=draw(st.integers(0, days)))
        return datetime.combine(day, draw(st.sampled_from(clocks)), SHANGHAI)

    duty = PLAIN[draw(st.sampled_from(sorted(PLAIN)))]
    kinds = [draw(st.sampled_from([duty.start, duty.presumed_from or duty.start]))]
    kinds += draw(st.lists(st.sampled_from(kinds_of(duty)), min_size=1, max_size=6))
    kinds += draw(st.lists(st.sampled_from(TYPES), max_size=2))
    events = []
    for number, kind in enumerate(kinds):
        lasts = kind in {"supervised", "urged"}
        # The duty starts early, so that the others fall before its end, on it and after it.
        days = 12 if number else 3
        at = moment(WHOLE_MINUTES if lasts or kind == "leader_arrived" else CLOCKS, days)
        ended = None
        if lasts and draw(st.booleans()):
            ended = max(at, moment(WHOLE_MINUTES))
        events.append(
            Happened(
                kind,
                at,
                f"e{number}",
                ended,
                draw(st.sampled_from(["", "", "p1", "p2"])),
                draw(st.sampled_from([1, 3, 9])) if kind == "extension_approved" else None,
                role=draw(ROLES) if kind == "extension_approved" else "",
                official=draw(OFFICIALS) if kind == "extension_approved" else "",
            )
        )
    events.sort(key=lambda event: event.at)
    complete = moment(CLOCKS) if draw(st.integers(0, 2)) == 0 else None
    at = moment(CLOCKS) + timedelta(days=draw(st.integers(0, 6)))
    return File(tuple(events), complete, CALENDAR.day_off_reason), at


def asked(file: File, at: datetime) -> answer_pb2.Answer:
    told = []
    for event in file.events:
        item: dict[str, object] = {"type": event.type, "at": event.at.isoformat(), "event_id": event.id}
        if event.ended_at:
            item["ended_at"] = event.ended_at.isoformat()
        if event.recipient:
            item["recipient_key"] = event.recipient
        if event.days:
            item["days_extended"] = event.days
        if event.role:
            item["official_role"] = event.role
        if event.official:
            item["official_key"] = event.official
        told.append(item)
    complete = file.complete_until.isoformat() if file.complete_until else ""
    about = matter({}, told, complete_until=complete)
    return evaluate(forms(), "forms", about, context(at=at.isoformat()))


def moment_of(message: answer_pb2.Duty, field: str) -> datetime | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    stamp: Timestamp = getattr(message, field)
    return stamp.ToDatetime(UTC).astimezone(SHANGHAI)


def as_ran(message: answer_pb2.Duty, violated: bool) -> Ran:
    return Ran(
        answer_pb2.DutyState.Name(message.state).removeprefix("DUTY_STATE_").lower(),
        moment_of(message, "started_at"),
        message.started_by,
        message.recipient_key,
        message.amount,
        moment_of(message, "due_at"),
        moment_of(message, "latest_lawful_at"),
        moment_of(message, "met_at"),
        violated,
        moment_of(message, "next_change_at"),
    )


@examples(250, 10_000)
@given(files())
def test_duties_run_as_a_clerk_with_a_calendar_would_say(told: tuple[File, datetime]) -> None:
    """Runs alike that start at one moment for one recipient are one; another start makes one of its own."""
    file, at = told
    answer = asked(file, at)
    violated = [finding.duty_id for finding in answer.findings]
    for name, duty in PLAIN.items():
        if name == "hours" and at.second:
            continue  # the plain walk goes by minutes
        wanted = plain.run(duty, file, at)
        shown = [message for message in answer.duties if message.rule == name]
        starts = [(message.recipient_key, moment_of(message, "started_at")) for message in shown]
        assert set(starts) == {(ran.recipient, ran.started_at) for ran in wanted}
        ids = {one for message in shown for one in (message.duty_id, *message.merged_duty_ids)}
        assert len(ids) == len(wanted)
        assert sum(one in ids for one in violated) == sum(ran.violated for ran in wanted)
        for message in shown:
            found = as_ran(message, message.duty_id in violated)
            fitting = [
                ran
                for ran in wanted
                if (ran.recipient, ran.started_at) == (message.recipient_key, found.started_at)
            ]
            if file.complete_until is None:
                assert found in fitting
            else:
                # What changes next if nothing happens is told of who knows that nothing does.
                assert found.changes is None or found.changes > at
                assert found in [replace(ran, changes=found.changes) for ran in fitting]
