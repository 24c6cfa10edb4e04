"""The mean of the days that matters took, and what leaves it open."""

from collections.abc import Mapping
from datetime import datetime

from rules_service.engine.case import Matter, Request
from rules_service.engine.counts import CountResult, Qualified, open_facts
from rules_service.engine.environment import Environment
from rules_service.engine.happened import Happened
from rules_service.engine.index import Unknown
from rules_service.engine.outcome import UNDECIDED, Figure, MissingFacts
from rules_service.language.model.figures import AverageDays
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.types import day_of

Untold = Mapping[str, bool]
"""What was not told, by its name, and whether it was said to be unknown."""


def average(
    figure: AverageDays,
    counted: CountResult,
    ruleset: Ruleset,
    at: datetime,
    name: str,
    missing: MissingFacts,
) -> Figure:
    """The days that the matters of a count took, each by its slowest request.

    Undecided where it was not told when a matter began or was through. What would decide it is noted in
    MISSING; NAME is the figure's.
    """
    days: list[int] = []
    decided = True
    for one in counted.qualified:
        wait = _longest_wait(figure, one, ruleset, at, name)
        if isinstance(wait, int):
            days.append(wait)
        elif wait is not None:
            decided = False
            for untold, unknown in wait.items():
                missing.add(untold, one.matter.id, f"{ruleset.id}/{name}", unknown=unknown)
    return Figure(sum(days), len(days)) if decided else UNDECIDED


def _longest_wait(
    figure: AverageDays, one: Qualified, ruleset: Ruleset, at: datetime, name: str
) -> int | Untold | None:
    """The days that the slowest request of a matter took; None while one of them is not through.

    What was not told, where one may be through without that, or where others may count too.
    """
    waits = [_wait(figure, one.matter, request, ruleset, at, name) for request in one.requests]
    if None in waits:
        return None
    untold = {name: False} if one.unheard else {}
    (count,) = (count for count in ruleset.counts if count.name == figure.of)
    for env in one.unsaid:
        untold |= open_facts(count, env)
    for wait in waits:
        if isinstance(wait, Mapping):
            untold.update(wait)
    return untold or max(wait for wait in waits if isinstance(wait, int))


def _wait(
    figure: AverageDays, matter: Matter, request: Request, ruleset: Ruleset, at: datetime, name: str
) -> int | Untold | None:
    happened = Happened.to(matter, request.id, at)
    env = Environment(ruleset, matter.id, request, happened, MissingFacts(), lambda _: True)
    first = min(map(day_of, env.moments(figure.start)), default=None)
    ends = [day for day in map(day_of, env.moments(figure.end)) if first is None or day >= first]
    if first is not None and ends:
        return (min(ends) - first).days
    untold: dict[str, bool] = {}
    for reference, told in ((figure.start, first is not None), (figure.end, bool(ends))):
        absent = None if told else _absent(reference, env, matter, at, name)
        if not (told or absent):
            return None
        untold.update(absent or {})
    return untold


def _absent(reference: Reference, env: Environment, matter: Matter, at: datetime, name: str) -> Untold:
    """What was not told, where a moment that is not known may have come; the figure's NAME for events."""
    if reference.kind is not RefKind.FACT:
        return {} if matter.is_told_until(at) else {name: False}
    unknown = isinstance(env.value(reference.name), Unknown)
    return {reference.name: reference.name in env.request.unknown} if unknown else {}
