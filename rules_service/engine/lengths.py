"""How long a duty's period is, and where it ends with what lengthens it."""

from dataclasses import replace
from datetime import datetime

from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import LONGEST_AMOUNT, Deadline, Owed, deadline, longest
from rules_service.engine.environment import Environment
from rules_service.engine.index import Unknown
from rules_service.engine.starts import Start
from rules_service.engine.wrong import Wrong
from rules_service.language.model.duties import Duty, Extension
from rules_service.language.model.periods import Period
from rules_service.language.model.references import Reference
from service_kit.problems import Problem, RefusedError


class NotOwed:
    """No amount can be told, so nothing is owed yet."""


def amount_of(period: Period, duty: Duty, env: Environment) -> NotOwed | int | None:
    """How many units a period is long; None where it has no number.

    An amount that was not told is noted as missing. Raises RefusedError where it is no length of a period.
    """
    reference = period.amount
    if reference is None:
        return None
    value = env.resolve(reference)
    if isinstance(value, int):
        _check_length(value, reference, duty)
        return value
    if isinstance(value, Unknown):
        env.note_missing(reference.name, duty.id)
    return NotOwed()


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
