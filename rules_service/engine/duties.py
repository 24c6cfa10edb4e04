"""Runs the clocks of duties: when they start, what lengthens, stops, meets or ends them."""

from datetime import date, datetime, timedelta

from rules_service.engine.bounds import check_length
from rules_service.engine.case import Event
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import Deadline, in_time, late_from
from rules_service.engine.environment import Due, Environment
from rules_service.engine.index import Unknown
from rules_service.engine.lengths import end_of, end_on, late_after
from rules_service.engine.outcome import (
    FINDING,
    DutyOutcome,
    DutyState,
    FindingOutcome,
    deterministic_id,
)
from rules_service.engine.ruling import Owing
from rules_service.engine.starts import Start, starts_of
from rules_service.language.model.basis import Citation
from rules_service.language.model.duties import Duty
from rules_service.language.model.periods import CountUnit
from rules_service.language.model.references import RefKind
from rules_service.language.model.subjects import Each
from rules_service.language.types import day_of
from service_kit.serving.call import check_deadline

LONGEST_LEAD_DAYS = 3650
DEFAULT_LEAD_DAYS = 3
STARTS_A_LOOK = 50


def run_duty(owing: Owing, env: Environment, clock: Clock) -> list[DutyOutcome]:
    """A duty that applies, once for each event that starts it, or once as not started."""
    duty, amount = owing.duty, owing.amount
    if amount is not None:
        check_length(amount, duty.period, duty.title)
    starts, waiting = starts_of(duty, env, clock)
    if not starts:
        if not env.speaks_on(clock.today):
            return []
        return [_not_started(duty, env, min(waiting, default=None))]
    runs = []
    for number, start in enumerate(starts, 1):
        if not number % STARTS_A_LOOK:
            check_deadline()
        # A duty lives under the law in force on the day its clock started.
        if env.speaks_on(day_of(start.at)):
            runs.append(_running(owing, env, clock, start))
    return runs


def _running(owing: Owing, env: Environment, clock: Clock, start: Start) -> DutyOutcome:
    duty, amount = owing.duty, owing.amount
    end = None
    untold = ""
    rests_on = owing.rests_on
    if start.presumed_from and duty.period.presumed and duty.period.presumed.amount:
        rests_on |= {duty.period.presumed.amount.name}
    if duty.period.until is not None:
        day = env.resolve(duty.period.until, start.occasion)
        if isinstance(day, Unknown) and duty.period.until.kind is RefKind.FACT:
            untold = duty.period.until.name
        if isinstance(day, date):
            end = end_on(duty, clock, day)
    elif amount is not None:
        amount, end, lengthened = end_of(duty, env, clock, start, amount)
        if lengthened and duty.extension and duty.extension.at_most:
            rests_on |= {duty.extension.at_most.name}
    if end is not None:
        env.dues.setdefault(duty.id, []).append(Due(start.since, start.recipient_key, end.due_at))
    met = _met(duty, env, start)
    ending = _ending(duty, env, start, met)
    state, ended_by, change, extra = _state(duty, env, clock, start, end, met, ending)
    if end and duty.due_soon_days and state in {DutyState.PENDING, DutyState.DUE_SOON}:
        rests_on |= {duty.due_soon_days.name}
    done = ending[0] if ending else met
    by = done.at if done else min(clock.at, clock.silent_until)
    late = end is not None and not in_time(by, end.latest_lawful_at)
    return DutyOutcome(
        id=_id_of(duty, env, start.event_id, start.recipient_key),
        ruleset=env.ruleset,
        duty=duty,
        request_id=env.request.id,
        recipient_key=start.recipient_key,
        obliged_office=_obliged(duty, env),
        state=state,
        started_at=start.at,
        since=start.since,
        started_by="" if start.presumed_from else start.event_id,
        occasion=start.occasion,
        presumed=start.presumed_from is not None,
        amount=amount or 0,
        due_at=end.due_at if end else None,
        latest_lawful_at=end.latest_lawful_at if end else None,
        provisional=end.provisional if end else False,
        skipped=end.skipped if end else (),
        met_at=met.at if met else None,
        ended_by=ended_by,
        next_change_at=change if change and change > clock.at else None,
        citations=tuple(dict.fromkeys((*duty.citations, *extra))) if extra else duty.citations,
        past_latest_lawful=late and state not in {DutyState.VOID, DutyState.SUSPENDED},
        untold="" if state is DutyState.VOID else untold,
        rests_on=rests_on,
    )


def _not_started(duty: Duty, env: Environment, changes: datetime | None) -> DutyOutcome:
    return DutyOutcome(
        id=_id_of(duty, env),
        ruleset=env.ruleset,
        duty=duty,
        request_id=env.request.id,
        recipient_key="",
        obliged_office=_obliged(duty, env),
        state=DutyState.NOT_STARTED,
        next_change_at=changes,
        citations=duty.citations,
    )


def _id_of(duty: Duty, env: Environment, event_id: str = "", recipient_key: str = "") -> str:
    """The id of a duty by what starts it: an event, or a day of the period, known before it comes."""
    start = duty.period.start
    return deterministic_id(
        "d",
        env.subject_id,
        env.request.id,
        env.ruleset.id,
        duty.id,
        str(env.resolve(start)) if start.kind is RefKind.PERIOD_DAY else event_id,
        recipient_key,
    )


def _obliged(duty: Duty, env: Environment) -> str:
    office = env.subject_id if duty.each is Each.OFFICE else env.value(duty.obliged)
    return office if isinstance(office, str) else ""


def _met(duty: Duty, env: Environment, start: Start) -> Event | None:
    """The event with which the duty was done: the last of all that it takes, or the first of any."""
    firsts = [
        next(iter(env.events_for(start.recipient_key, kind, start.since)), None) for kind in duty.met_by
    ]
    done = [event for event in firsts if event is not None]
    if duty.met_by_any:
        return min(done, key=lambda event: event.at, default=None)
    return max(done, key=lambda event: event.at) if done and len(done) == len(firsts) else None


def _ending(
    duty: Duty, env: Environment, start: Start, met: Event | None
) -> tuple[Event, DutyState, tuple[Citation, ...]] | None:
    found = [
        (event, DutyState.DISCHARGED if ending.discharges else DutyState.VOID, ending.citations)
        for ending in duty.endings
        for event in env.events_for(start.recipient_key, ending.event, start.since)
        if met is None or event.at < met.at
    ]
    return min(found, key=lambda item: item[0].at, default=None)


def _state(
    duty: Duty,
    env: Environment,
    clock: Clock,
    start: Start,
    end: Deadline | None,
    met: Event | None,
    ending: tuple[Event, DutyState, tuple[Citation, ...]] | None,
) -> tuple[DutyState, str, datetime | None, tuple[Citation, ...]]:
    """State, the event that ended or suspended it, the next change, and the citations of its ending."""
    if ending is not None:
        return ending[1], ending[0].id, None, ending[2]
    late = late_after(duty, end) if end else None
    if met is not None:
        state = DutyState.MET if late is None or in_time(met.at, late) else DutyState.MET_LATE
        return state, met.id, None, ()
    # What begins after the period has ended does not stop a clock that has run out.
    pauses = [event for kind in duty.pauses for event in env.events_for(start.recipient_key, kind, start.at)]
    running = [
        event
        for event in pauses
        if _runs_at(event.at, duty, late) and (event.ended_at is None or event.ended_at > clock.at)
    ]
    if running:
        ends = [event.ended_at for event in running if event.ended_at is not None]
        return DutyState.SUSPENDED, running[0].id, max(ends) if len(ends) == len(running) else None, ()
    if end is None or late is None:
        return DutyState.PENDING, "", None, ()
    soon_from = end.due_at - _lead(duty, env)
    silent = min(clock.at, clock.silent_until)
    if not in_time(silent, late):
        # While a pause goes on, the latest lawful time moves with it.
        still = any(event.ended_at is None for event in pauses)
        settled = still or not in_time(silent, end.latest_lawful_at)
        return DutyState.OVERDUE, "", None if settled else late_from(end.latest_lawful_at), ()
    if clock.at >= soon_from:
        return DutyState.DUE_SOON, "", late_from(late), ()
    return DutyState.PENDING, "", soon_from, ()


def _runs_at(moment: datetime, duty: Duty, late: datetime | None) -> bool:
    """Whether a clock has not run out: days run until the last of them is over, hours until their end."""
    if late is None:
        return True
    return moment < late if duty.period.unit is CountUnit.CLOCK_HOURS else in_time(moment, late)


def _lead(duty: Duty, env: Environment) -> timedelta:
    if duty.due_soon_days is None:
        hours = duty.period.unit is CountUnit.CLOCK_HOURS
        return timedelta(hours=1) if hours else timedelta(days=DEFAULT_LEAD_DAYS)
    days = env.resolve(duty.due_soon_days)
    if not isinstance(days, int):
        return timedelta(days=DEFAULT_LEAD_DAYS)
    # A warning may come at once, and no earlier: how much more than that is meant says nothing.
    return timedelta(days=min(max(days, 0), LONGEST_LEAD_DAYS))


def violation(outcome: DutyOutcome, env: Environment) -> FindingOutcome | None:
    """The violation that follows from a duty past its latest lawful time, where the duty names one.

    Nothing is found between the strict due time and the latest lawful one, so that no office is accused
    on a reading it could contest.
    """
    duty = outcome.duty
    if not duty.finding or not outcome.past_latest_lawful:
        return None
    done = "办了，但超过了期限" if outcome.met_at else "到期未办"
    return FindingOutcome(
        id=deterministic_id(FINDING, outcome.id, duty.finding),
        ruleset=outcome.ruleset,
        code=duty.finding,
        request_id=env.request.id,
        duty_id=outcome.id,
        rule=duty.id,
        reason=f"“{duty.title}”{done}。",
        because=(),
        citations=duty.finding_citations,
    )
