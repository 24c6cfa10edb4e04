"""Runs the clocks of duties: when they start, what lengthens, stops, meets or ends them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rules_service.calendar import WorkingCalendar
from rules_service.engine.case import Event
from rules_service.engine.deadlines import LONGEST_AMOUNT, Deadline, Owed, deadline, longest
from rules_service.engine.environment import Environment
from rules_service.engine.index import Unknown
from rules_service.engine.outcome import (
    DutyOutcome,
    DutyState,
    FindingOutcome,
    deterministic_id,
)
from rules_service.engine.wrong import Wrong
from rules_service.language.model.basis import Citation
from rules_service.language.model.duties import Duty, Extension
from rules_service.language.model.periods import Period
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.model.subjects import Each
from rules_service.language.types import day_of, first_moment, midnight
from service_kit.problems import Problem, RefusedError

DEFAULT_LEAD_DAYS = 3
NO_CHANGE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of a clock. Where it is presumed, `presumed_from` is the moment it is presumed from."""

    at: datetime
    event_id: str = ""
    recipient_key: str = ""
    presumed_from: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when events count: what was done before a presumed start was done all the same."""
        return self.presumed_from or self.at


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment asked about, and up to when silence means that nothing happened."""

    at: datetime
    silent_until: datetime
    calendar: WorkingCalendar


def may_start(duty: Duty, events: Sequence[Event], clock: Clock, speaks_on: Callable[[date], bool]) -> bool:
    """Whether a revision may have a word on a duty at all, as far as the events alone can tell.

    Where they cannot, it may: a start that is a fact, or one that is presumed.
    """
    start, presumed = duty.period.start, duty.period.presumed
    if start.kind is not RefKind.EVENT_AT or speaks_on(day_of(clock.at)):
        return True
    if any(event.type == start.name and speaks_on(day_of(event.at)) for event in events):
        return True
    if presumed is None:
        return False
    basis = presumed.start
    return basis.kind is not RefKind.EVENT_AT or any(event.type == basis.name for event in events)


def run_duty(duty: Duty, env: Environment, clock: Clock) -> Iterator[DutyOutcome]:
    """The duty once for each event that starts it, or once as not started.

    Nothing comes out where the duty does not apply, or where that hangs on facts not told; these are
    noted as missing. An exception to a duty counts only where it is known to hold.
    """
    if duty.unless and any(env.holds(exemption.conditions) for exemption in duty.unless):
        return
    if env.holds(duty.when, duty.id) is not True:
        return
    amount = _amount(duty.period, duty, env)
    if isinstance(amount, _NotOwed):
        return
    starts, waiting = _starts(duty, env, clock)
    if not starts:
        if env.speaks_on(day_of(clock.at)):
            first = min(waiting, default=None)
            yield _outcome(duty, env, _Start(clock.at), DutyState.NOT_STARTED, started=False, changes=first)
        return
    for start in starts:
        # A duty lives under the law in force on the day its clock started.
        if env.speaks_on(day_of(start.at)):
            yield _running(duty, env, clock, start, amount)


class _NotOwed:
    """No amount can be told, so nothing is owed yet."""


def _amount(period: Period, duty: Duty, env: Environment) -> _NotOwed | int | None:
    reference = period.amount
    if reference is None:
        return None
    value = env.resolve(reference)
    if isinstance(value, int):
        _check_length(value, reference, duty)
        return value
    if isinstance(value, Unknown):
        env.note_missing(reference.name, duty.id)
    return _NotOwed()


def _check_length(amount: int, reference: Reference, duty: Duty) -> None:
    most = longest(duty.period.unit)
    if not 0 <= amount <= most:
        raise RefusedError(
            [
                Problem(
                    Wrong.LENGTH_OUT_OF_RANGE.name,
                    reference.name,
                    f"“{duty.title}”的期限取自“{reference.name}”，它是 {amount}，不能作期限的长度。",
                    f"应当在 0 到 {most} 之间。",
                )
            ]
        )


def _starts(duty: Duty, env: Environment, clock: Clock) -> tuple[list[_Start], list[datetime]]:
    """The starts by the moment asked about, and the moments at which others will come of themselves.

    Where a start is presumed a while after something else happened, and was not recorded by then, a later
    record does not start the clock anew. What else happened again has a while of its own.
    """
    named = list(_named_starts(duty.period, env, duty))
    presumed = duty.period.presumed
    amount = env.resolve(presumed.amount) if presumed and presumed.amount else None
    bases = list(_named_starts(presumed, env, duty)) if presumed and isinstance(amount, int) else []
    if presumed is None or not isinstance(amount, int) or not bases:
        return [start for start in named if start.at <= clock.at], [
            start.at for start in named if start.at > clock.at
        ]
    starts: list[_Start] = []
    waiting: list[datetime] = []
    for number, base in enumerate(bases):
        after = bases[number + 1].at if number + 1 < len(bases) else None
        recorded = [
            start
            for start in named
            if (number == 0 or start.at >= base.at) and (after is None or start.at < after)
        ]
        end = deadline(base.at, amount, presumed.unit, clock.calendar).due_at
        if any(start.at <= end for start in recorded) or end > min(clock.at, clock.silent_until):
            starts += [start for start in recorded if start.at <= clock.at]
            if not recorded and end > clock.at:
                waiting.append(end)
        else:
            starts.append(_Start(midnight(day_of(end)), base.event_id, presumed_from=base.at))
    return starts, waiting


def _named_starts(period: Period, env: Environment, duty: Duty) -> Iterator[_Start]:
    reference = period.start
    if reference.kind is RefKind.EVENT_AT:
        for event in env.events_of(reference.name):
            yield _Start(event.at, event.id, event.recipient_key)
        return
    if reference.kind is RefKind.EVENT_ATTRIBUTE:
        for event in env.events_of(reference.name):
            value = event.attributes.get(reference.member)
            if isinstance(value, date):
                yield _Start(first_moment(value), event.id, event.recipient_key)
        return
    moment = env.resolve(reference)
    if isinstance(moment, date):
        yield _Start(first_moment(moment))
    elif isinstance(moment, Unknown):
        env.note_missing(reference.name, duty.id)


def _running(duty: Duty, env: Environment, clock: Clock, start: _Start, amount: int | None) -> DutyOutcome:
    end = None
    if duty.period.until is not None:
        day = env.resolve(duty.period.until)
        if isinstance(day, date):
            end = deadline(first_moment(day), 0, duty.period.unit, clock.calendar)
    elif amount is not None:
        amount, end = _end(duty, env, clock, start, amount)
    if end is not None:
        env.due_at.setdefault(duty.id, end.due_at)
    met = _met(duty, env, start)
    ending = _ending(duty, env, start, met)
    state, ended_by, change, extra = _state(duty, env, clock, start, end, met, ending)
    outcome = _outcome(duty, env, start, state)
    done = ending[0] if ending else met
    late = end is not None and (done.at if done else min(clock.at, clock.silent_until)) > end.latest_lawful_at
    return replace(
        outcome,
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
    )


def _end(duty: Duty, env: Environment, clock: Clock, start: _Start, amount: int) -> tuple[int, Deadline]:
    """The end of the period, with what lengthens it: extensions granted in time, and pauses."""
    pauses = [
        (event.at, event.ended_at or clock.at)
        for kind in duty.pauses
        for event in env.events_of(kind, start.at)
        if (event.ended_at or clock.at) > event.at
    ]
    owed = Owed.BY_PETITIONER if duty.owed_by_petitioner else Owed.BY_OFFICE

    def end(days: int) -> Deadline:
        return deadline(start.at, days, duty.period.unit, clock.calendar, owed=owed, excluded=pauses)

    first = end(amount)
    if duty.extension is None:
        return amount, first
    if duty.extension.after_lapse:
        whole = amount + _granted(duty.extension, env, start, clock.at)
        return whole, end(whole)
    strict = amount + _granted(duty.extension, env, start, first.due_at)
    lenient = amount + _granted(duty.extension, env, start, first.latest_lawful_at)
    last = end(strict)
    if lenient > strict:
        # Granted between the strict end and the rolled one: late for a warning, and yet lawful on a reading.
        latest = end(lenient)
        last = replace(latest, due_at=last.due_at, provisional=last.provisional or latest.provisional)
    return strict, last


def _granted(extension: Extension, env: Environment, start: _Start, by: datetime) -> int:
    """Days of extension that were granted by a moment, as many as may be."""
    limit = env.resolve(extension.at_most) if extension.at_most else LONGEST_AMOUNT
    if not isinstance(limit, int):
        return 0
    granted = sum(
        days
        for event in env.events_of(extension.event, start.since)
        if event.at <= by
        and (not extension.by or (event.official_role == extension.by and event.official_key))
        and isinstance(days := event.attributes.get(extension.attribute), int)
        and days > 0
    )
    return min(granted, limit)


def _met(duty: Duty, env: Environment, start: _Start) -> Event | None:
    """The event with which the duty was done: the last of all that it takes, or the first of any."""
    firsts = [
        next(
            (
                event
                for event in env.events_of(kind, start.since)
                if not start.recipient_key or event.recipient_key in {"", start.recipient_key}
            ),
            None,
        )
        for kind in duty.met_by
    ]
    done = [event for event in firsts if event is not None]
    if duty.met_by_any:
        return min(done, key=lambda event: event.at, default=None)
    return max(done, key=lambda event: event.at) if done and len(done) == len(firsts) else None


def _ending(
    duty: Duty, env: Environment, start: _Start, met: Event | None
) -> tuple[Event, DutyState, tuple[Citation, ...]] | None:
    found = [
        (event, DutyState.DISCHARGED if ending.discharges else DutyState.VOID, ending.citations)
        for ending in duty.endings
        for event in env.events_of(ending.event, start.since)
        if met is None or event.at < met.at
    ]
    return min(found, key=lambda item: item[0].at, default=None)


def _state(
    duty: Duty,
    env: Environment,
    clock: Clock,
    start: _Start,
    end: Deadline | None,
    met: Event | None,
    ending: tuple[Event, DutyState, tuple[Citation, ...]] | None,
) -> tuple[DutyState, str, datetime | None, tuple[Citation, ...]]:
    """State, the event that ended or suspended it, the next change, and the citations of its ending."""
    if ending is not None:
        return ending[1], ending[0].id, None, ending[2]
    if met is not None:
        late = end is not None and met.at > end.due_at
        return (DutyState.MET_LATE if late else DutyState.MET), met.id, None, ()
    # What begins after the period has ended does not stop a clock that has run out.
    running = [
        event
        for kind in duty.pauses
        for event in env.events_of(kind, start.at)
        if (end is None or event.at < end.due_at) and (event.ended_at is None or event.ended_at > clock.at)
    ]
    if running:
        ends = [event.ended_at for event in running if event.ended_at is not None]
        return DutyState.SUSPENDED, running[0].id, max(ends) if len(ends) == len(running) else None, ()
    if end is None:
        return DutyState.PENDING, "", None, ()
    soon_from = end.due_at - _lead(duty, env)
    silent = min(clock.at, clock.silent_until)
    if silent > end.due_at:
        # While a pause goes on, the latest lawful time moves with it.
        still = any(e.ended_at is None for kind in duty.pauses for e in env.events_of(kind, start.at))
        settled = still or silent > end.latest_lawful_at
        return DutyState.OVERDUE, "", None if settled else end.latest_lawful_at + NO_CHANGE, ()
    if clock.at >= soon_from:
        return DutyState.DUE_SOON, "", end.due_at + NO_CHANGE, ()
    return DutyState.PENDING, "", soon_from, ()


def _lead(duty: Duty, env: Environment) -> timedelta:
    if duty.due_soon_days is None:
        hours = duty.period.unit.value == "clock_hours"
        return timedelta(hours=1) if hours else timedelta(days=DEFAULT_LEAD_DAYS)
    days = env.resolve(duty.due_soon_days)
    return timedelta(days=days) if isinstance(days, int) else timedelta(days=DEFAULT_LEAD_DAYS)


def _outcome(
    duty: Duty,
    env: Environment,
    start: _Start,
    state: DutyState,
    *,
    started: bool = True,
    changes: datetime | None = None,
) -> DutyOutcome:
    office = env.subject_id if duty.each is Each.OFFICE else env.value(duty.obliged)
    of_period = duty.period.start.kind is RefKind.PERIOD_DAY
    return DutyOutcome(
        id=deterministic_id(
            "d",
            env.subject_id,
            env.request.id,
            env.ruleset.id,
            duty.id,
            day_of(start.at).isoformat() if of_period else start.event_id,
            start.recipient_key,
        ),
        ruleset=env.ruleset,
        duty=duty,
        request_id=env.request.id,
        recipient_key=start.recipient_key,
        obliged_office=office if isinstance(office, str) else "",
        state=state,
        started_at=start.at if started else None,
        started_by="" if start.presumed_from else start.event_id,
        presumed=start.presumed_from is not None,
        next_change_at=changes,
        citations=duty.citations,
    )


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
        id=deterministic_id("f", outcome.id, duty.finding),
        ruleset=outcome.ruleset,
        code=duty.finding,
        request_id=env.request.id,
        duty_id=outcome.id,
        rule=duty.id,
        reason=f"“{duty.title}”{done}。",
        because=(),
        citations=duty.finding_citations,
    )
