"""Counts the matters of an office over a period."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from rules_service.engine.case import Matter, Request, Span, is_report
from rules_service.engine.environment import Environment
from rules_service.engine.index import Known, Unknown
from rules_service.engine.outcome import MissingFacts
from rules_service.language.model.counts import Count
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.types import LARGEST_INT, day_of, last_second, midnight
from service_kit.serving.call import check_deadline

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
MATTERS_A_LOOK = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """A matter that is in a count."""

    matter_id: str
    count: str


class Qualified(NamedTuple):
    """A matter that counts, with those of its requests that make it count.

    `unheard` are requests that would make it count too, if what was not told yet has happened to them, and
    `unsaid` what is known of those that would, if the facts that were not told are so.
    """

    matter: Matter
    requests: tuple[Request, ...]
    unheard: tuple[Request, ...] = ()
    unsaid: tuple[Environment, ...] = ()

    @property
    def others(self) -> tuple[Request, ...]:
        """The requests that may make it count too."""
        return (*self.unheard, *(env.request for env in self.unsaid))


@dataclass(frozen=True, slots=True)
class CountResult:
    """The matters that count and what they come to.

    Uncertain where a matter's facts leave it open, or what may have happened to it. `missing` holds the facts
    that would settle it.
    """

    qualified: tuple[Qualified, ...]
    number: int
    certain: bool
    missing: MissingFacts


def without_reports(matter: Matter) -> Matter | None:
    """The matter without its requests that are reports (检举控告) and what happened to them.

    None where nothing is left.
    """
    if is_report(matter.facts):
        return None
    kept = tuple(request for request in matter.requests if not request.of_report)
    if not kept:
        return None
    named = {request.id for request in kept} | {""}
    return replace(
        matter, requests=kept, events=tuple(event for event in matter.events if event.request_id in named)
    )


def period_facts(period: Span) -> Mapping[str, Known]:
    """What the period is: a week from Monday, a calendar month, quarter, year or something else."""
    first, after = period.first_day, period.last_day + ONE_DAY
    if first.weekday() == 0 and after - first == ONE_WEEK:
        return {"period_kind": "week"}
    months = (after.year - first.year) * 12 + after.month - first.month
    whole = first.day == 1 and after.day == 1
    kinds = {1: "month", 3: "quarter", 12: "year"}
    kind = kinds.get(months, "other") if whole else "other"
    if (kind == "quarter" and first.month % 3 != 1) or (kind == "year" and first.month != 1):
        kind = "other"
    return {"period_kind": kind}


Look = Callable[[Matter, Request], Environment]


def count_matters(
    count: Count, matters: Sequence[Matter], period: Span, at: datetime, look: Look
) -> CountResult:
    """Counts the matters one of whose requests qualifies and has an event of the named type in the period.

    What happens after the moment asked about has not happened. `look` tells what is known of a request.

    A matter whose facts leave it open makes the count uncertain, and the fact is noted as missing under
    the matter's id. So does one that qualifies and does not say how much it adds to a sum. Where the event
    may have happened in the period without having been told, the count itself is noted under that id.
    """
    qualified = []
    number = 0
    certain = True
    missing = MissingFacts()
    for turn, matter in enumerate(matters):
        if not turn % MATTERS_A_LOOK:
            check_deadline()
        happened = {
            event.request_id
            for event in matter.events
            if event.type == count.during and event.at <= at and period.holds(day_of(event.at))
        }
        may_have = "" not in happened and not _is_told(matter, period, at)
        if not (happened or may_have):
            continue
        seen: list[tuple[Environment, bool | None]] = []
        unheard: list[tuple[Environment, bool | None]] = []
        for request in matter.requests:
            to_it = bool(happened & {"", request.id})
            if to_it or may_have:
                env = look(matter, request)
                (seen if to_it else unheard).append((env, env.holds(count.where)))
        others = tuple(env.request for env, holds in unheard if holds is not False)
        unsaid = tuple(env for env, holds in seen if holds is None)
        requests = tuple(env.request for env, holds in seen if holds)
        if requests:
            one = Qualified(matter, requests, others, unsaid)
            qualified.append(one)
            adds = added(count, requests)
            number += adds or 0
            if adds is None:
                certain = False
                _note_unsaid(count, one, missing, seen[0][0].ruleset)
            elif count.summed and not _adds_no_more(count, one.others, adds):
                certain = False
                if others:
                    note_unheard(count, matter, unheard[0][0].ruleset, missing)
                for env in unsaid:
                    note_open(count, env, missing)
            continue
        for env, holds in (*seen, *unheard):
            if holds is None:
                certain = False
                note_open(count, env, missing)
        if others:
            certain = False
            note_unheard(count, matter, unheard[0][0].ruleset, missing)
    return CountResult(tuple(qualified), number, certain and number <= LARGEST_INT, missing)


def _is_told(matter: Matter, period: Span, at: datetime) -> bool:
    """Whether all that has happened to a matter in a period by a moment was told."""
    last = min(at, last_second(period.last_day))
    return matter.is_told_until(last) or at < midnight(period.first_day)


def _adds_no_more(count: Count, others: Sequence[Request], adds: int) -> bool:
    if not others:
        return True
    most = added(count, others)
    return most is not None and most <= adds


def added(count: Count, requests: Sequence[Request]) -> int | None:
    """What some requests of one matter add to a count: once the matter, or the number that is summed.

    The same people may stand behind several requests, so the largest number that one of them tells is the
    matter's. None where one of them tells none: no value is not nought.
    """
    if not count.summed:
        return 1
    told = [request.facts.get(count.summed) for request in requests]
    numbers = [number for number in told if isinstance(number, int)]
    return max(numbers) if len(numbers) == len(told) else None


def _note_unsaid(count: Count, one: Qualified, missing: MissingFacts, ruleset: Ruleset) -> None:
    unsaid = [request for request in one.requests if request.facts.get(count.summed) is None]
    unknown = all(count.summed in request.unknown for request in unsaid)
    missing.add(count.summed, one.matter.id, f"{ruleset.id}/{count.name}", unknown=unknown)


def note_unheard(count: Count, matter: Matter, ruleset: Ruleset, missing: MissingFacts) -> None:
    """Notes that a count hangs on what may have happened to a matter without having been told."""
    missing.add(count.name, matter.id, f"{ruleset.id}/{count.name}", unknown=False)


def note_open(count: Count, env: Environment, missing: MissingFacts) -> None:
    """Notes the facts that leave open whether a request counts."""
    for name, unknown in open_facts(count, env).items():
        missing.add(name, env.subject_id, f"{env.ruleset.id}/{count.name}", unknown=unknown)


def open_facts(count: Count, env: Environment) -> dict[str, bool]:
    """The facts that leave open whether a request counts, each with whether it was said to be unknown."""
    untold = [one.input for one in count.where if isinstance(env.value(one.input), Unknown)]
    names = [env.elapsing.asked.get(name, name) for name in untold]
    return {name: name in env.request.unknown for name in names}
