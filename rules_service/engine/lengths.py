"""How long a duty's period is, and where it ends with what lengthens it."""

from dataclasses import replace
from datetime import datetime

from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import LONGEST_AMOUNT, Deadline, Owed, deadline, longest
from rules_service.engine.environment import Environment
from rules_service.engine.starts import Start
from rules_service.engine.wrong import Wrong
from rules_service.language.model.duties import Duty, Extension
from service_kit.problems import Problem, RefusedError


def check_length(amount: int, duty: Duty) -> None:
    """Raises RefusedError where an amount is no length of the duty's period."""
    most = longest(duty.period.unit)
    if not 0 <= amount <= most:
        name = duty.period.amount.name if duty.period.amount else ""
        raise RefusedError(
            [
                Problem(
                    Wrong.LENGTH_OUT_OF_RANGE.name,
                    name,
                    f"“{duty.title}”的期限取自“{name}”，它是 {amount}，不能作期限的长度。",
                    f"应当在 0 到 {most} 之间。",
                )
            ]
        )


def end_of(duty: Duty, env: Environment, clock: Clock, start: Start, amount: int) -> tuple[int, Deadline]:
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
    return min(granted, limit)
