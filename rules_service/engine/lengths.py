"""How long a duty's period is, and where it ends with what lengthens it."""

from dataclasses import replace
from datetime import date, datetime

from rules_service.engine.bounds import check_lengthened
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import Deadline, Owed, deadline, in_time
from rules_service.engine.environment import Environment
from rules_service.engine.starts import Start
from rules_service.language.model.duties import Duty, Extension
from rules_service.language.model.periods import LONGEST_AMOUNT, CountUnit
from rules_service.language.types import first_moment


def late_after(duty: Duty, end: Deadline) -> datetime:
    """The last second that is not late: a petitioner's window is not called lapsed while it may be open."""
    return end.latest_lawful_at if duty.owed_by_petitioner else end.due_at


def end_on(duty: Duty, clock: Clock, day: date) -> Deadline:
    """The end of a period that runs until a day that was told."""
    return deadline(first_moment(day), 0, CountUnit.CALENDAR_DAYS, clock.calendar, owed=_owed(duty))


def _owed(duty: Duty) -> Owed:
    return Owed.BY_PETITIONER if duty.owed_by_petitioner else Owed.BY_OFFICE


def end_of(
    duty: Duty, env: Environment, clock: Clock, start: Start, amount: int
) -> tuple[int, Deadline, bool]:
    """The end of the period, with what lengthens it: extensions granted in time, and pauses.

    Beside it the days with those granted, and whether there are any granted.

    Raises RefusedError where it is lengthened beyond what any period can be.
    """
    pauses = [
        (event.at, event.ended_at or clock.at)
        for kind in duty.pauses
        for event in env.events_for(start.recipient_key, kind, start.at)
        if (event.ended_at or clock.at) > event.at
    ]

    def end(days: int) -> Deadline:
        return deadline(start.at, days, duty.period.unit, clock.calendar, owed=_owed(duty), excluded=pauses)

    def lengthened(extension: Extension, by: datetime) -> int:
        whole = amount + _granted(extension, env, start, by)
        check_lengthened(whole, duty.period, duty.title, f"{extension.event}.{extension.attribute}")
        return whole

    first = end(amount)
    if duty.extension is None:
        return amount, first, False
    if duty.extension.after_lapse:
        whole = lengthened(duty.extension, clock.at)
        return whole, end(whole), whole > amount
    strict = lengthened(duty.extension, late_after(duty, first))
    lenient = lengthened(duty.extension, first.latest_lawful_at)
    last = end(strict)
    if lenient > strict:
        # Granted between the strict end and the rolled one: late for a warning, and yet lawful on a reading.
        latest = end(lenient)
        last = replace(latest, due_at=last.due_at, provisional=last.provisional or latest.provisional)
    return strict, last, lenient > amount


def _granted(extension: Extension, env: Environment, start: Start, by: datetime) -> int:
    """Days of extension that were granted by a moment, as many as may be."""
    limit = env.resolve(extension.at_most) if extension.at_most else LONGEST_AMOUNT
    if not isinstance(limit, int):
        return 0
    granted = sum(
        days
        for event in env.events_for(start.recipient_key, extension.event, start.since)
        if in_time(event.at, by)
        and (not extension.by or (event.official_role == extension.by and event.official_key))
        and isinstance(days := event.attributes.get(extension.attribute), int)
        and days > 0
    )
    return min(granted, max(limit, 0))
