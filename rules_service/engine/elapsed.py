"""Elapsed time as facts: how many days, working days or months lie between two moments, and until when.

A period of n units that began at the first moment ends on the day on which n have elapsed: the day of the
start does not count (CIVIL art. 201), a month ends on the day of the same number (art. 202).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from rules_service.calendar import WorkingCalendar
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import month_after
from rules_service.engine.environment import Elapsing, Environment
from rules_service.engine.index import UNKNOWN, Known, Unknown
from rules_service.engine.outcome import DutyOutcome, ElapsedOutcome, Outcome
from rules_service.engine.watch import Watch
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.model.periods import CountUnit, longest
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.types import day_of, midnight

ONE_DAY = timedelta(days=1)


def tell_elapsed(
    env: Environment, clock: Clock, watches: Sequence[Watch], outcome: Outcome, *, keep: bool = True
) -> None:
    """Makes elapsed times names of an environment; what is unknown stays without a value.

    With `keep` the outcome tells them. When they will first make a difference it tells in any case.
    """
    asked: dict[str, str] = {}
    duties: dict[str, datetime] = {}
    for watch in watches:
        elapsed = _elapsed(watch.rule, env, clock)
        if keep:
            outcome.tell(elapsed)
        if isinstance(elapsed.number, Unknown):
            asked |= _untold(watch.rule, env)
            continue
        env.names[watch.rule.name] = elapsed.number
        outcome.changes(_changes_at(watch, elapsed, clock, every=watch.shown))
        if watch.duties and (changes := _changes_at(watch, elapsed, clock, every=watch.lengthens)):
            duties |= {duty: min(changes, duties.get(duty, changes)) for duty in watch.duties}
    env.elapsing = Elapsing(asked, duties)


def until_elapsed(run: DutyOutcome, env: Environment) -> DutyOutcome:
    """A duty that elapsed time may take away or make another, changing then at the latest."""
    changes = env.elapsing.duties.get(run.duty.id)
    if changes is None or (run.next_change_at is not None and run.next_change_at <= changes):
        return run
    return run._replace(next_change_at=changes)


def _elapsed(rule: Elapsed, env: Environment, clock: Clock) -> ElapsedOutcome:
    ended = max((event.at for kind in rule.ended_by for event in env.events_of(kind)), default=None)
    starts = [start for start in env.moments(rule.start) if ended is None or start > ended]
    if not starts:
        return ElapsedOutcome(env.ruleset, rule, env.request.id, _absent(rule.start, env, clock))
    first = day_of(min(starts))
    if rule.ended_by and clock.silent_until < clock.at:
        # It may have ended since.
        return ElapsedOutcome(env.ruleset, rule, env.request.id, UNKNOWN, first)
    ends = [clock.today] if rule.end is None else [day_of(end) for end in env.moments(rule.end)]
    last = min((end for end in ends if end >= first), default=None)
    if last is None:
        number = _absent(rule.end, env, clock) if rule.end else None
        return ElapsedOutcome(env.ruleset, rule, env.request.id, number, first)
    counted = _units(first, last, rule.unit, clock.calendar)
    return ElapsedOutcome(env.ruleset, rule, env.request.id, counted, first, last)


def _absent(reference: Reference, env: Environment, clock: Clock) -> Known | Unknown:
    """No value where a moment is known not to have come; unknown where that was not told."""
    if reference.kind is RefKind.FACT:
        return UNKNOWN if isinstance(env.value(reference.name), Unknown) else None
    untold = reference.kind is RefKind.EVENT_ATTRIBUTE and not env.moments(reference)
    if clock.silent_until < clock.at or (untold and env.events_of(reference.name)):
        return UNKNOWN
    return None


def _untold(rule: Elapsed, env: Environment) -> dict[str, str]:
    """The fact to be told so that the time be known, where it is a fact that lacks."""
    for end in (rule.start, rule.end):
        if end and end.kind is RefKind.FACT and isinstance(env.value(end.name), Unknown):
            return {rule.name: end.name}
    return {}


def _units(first: date, last: date, unit: CountUnit, calendar: WorkingCalendar) -> int | Unknown:
    """Whole units from a day to another; unknown where a notice still to come may change their number."""
    if unit is CountUnit.MONTHS:
        months = (last.year - first.year) * 12 + last.month - first.month
        return months if month_after(first, months) <= last else months - 1
    if unit is CountUnit.CALENDAR_DAYS:
        return (last - first).days
    if not (calendar.is_settled(first) and calendar.is_settled(last)):
        return UNKNOWN
    return calendar.working_days(first + ONE_DAY, last)


def _changes_at(watch: Watch, elapsed: ElapsedOutcome, clock: Clock, *, every: bool) -> datetime | None:
    """When, nothing else happening, the number first is told apart from this one, or ceases to be known."""
    first, rule = elapsed.first_day, watch.rule
    if first is None or rule.end is not None:
        return None
    days: list[date] = []
    number = watch.next_number(elapsed.number if isinstance(elapsed.number, int) else None, every=every)
    if number is not None and number <= longest(rule.unit):
        days.append(_day_of_number(first, number, rule.unit, clock.calendar))
    if rule.unit is CountUnit.WORKING_DAYS:
        days.append(clock.calendar.settled_until + ONE_DAY)
    return midnight(min(days)) if days else None


def _day_of_number(first: date, number: int, unit: CountUnit, calendar: WorkingCalendar) -> date:
    """The day on which a number of units has elapsed."""
    match unit:
        case CountUnit.MONTHS:
            return month_after(first, number)
        case CountUnit.CALENDAR_DAYS:
            return first + timedelta(days=number)
        case _:
            return calendar.working_day_after(first, number) if number else first
