"""How long a duty's period is, and where it ends with what lengthens it."""

from dataclasses import replace
from datetime import datetime

from rules_service.engine.bounds import check_lengthened
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import Deadline, Owed, deadline
from rules_service.engine.environment import Environment
from rules_service.engine.starts import Start
from rules_service.language.model.duties import Duty, Extension
from rules_service.language.model.periods import LONGEST_AMOUNT


def end_of(duty: Duty, env: Environment, clock: Clock, start: Start, amount: int) -> tuple[int, Deadline]:
    """The end of the period, with what lengthens it: extensions granted in time, and pauses.

    Raises RefusedError where it is lengthened beyond what any period can be.
    """
    pauses = [
        (event.at, event.ended_at or clock.at)
        for kind in duty.pauses
        for event in env.events_of(kind, start.at)
        if (event.ended_at or clock.at) > event.at
    ]
    owed = Owed.BY_PETITIONER if duty.owed_by_petitioner else Owed.BY_OFFICE

    def end(days: int) -> Deadline:
        return deadline(start.at, days, duty.period.unit, clock.calendar, owed=owed, excluded=pauses)

    def lengthened(extension: Extension, by: datetime) -> int:
        whole = amount + _granted(extension, env, start, by)
        check_lengthened(whole, duty.period, duty.title, f"{extension.event}.{extension.attribute}")
        return whole

    first = end(amount)
    if duty.extension is None:
        return amount, first
    if duty.extension.after_lapse:
        whole = lengthened(duty.extension, clock.at)
        return whole, end(whole)
    strict = lengthened(duty.extension, first.due_at)
    lenient = lengthened(duty.extension, first.latest_lawful_at)
    last = end(strict)
    if lenient > strict:
        # Granted between the strict end and the rolled one: late for a warning, and yet lawful on a reading.
        latest = end(lenient)
        last = replace(latest, due_at=last.due_at, provisional=last.provisional or latest.provisional)
    return strict, last


def _granted(extension: Extension, env: Environment, start: Start, by: datetime) -> int:
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
    return min(granted, max(limit, 0))
