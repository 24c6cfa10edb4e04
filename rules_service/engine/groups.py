"""Counts by group, as far as they may be shown: a group that is too small could tell who is in it."""

from rules_service.engine.counts import CountResult
from rules_service.engine.outcome import GroupsOutcome, MissingFacts
from rules_service.language.model import Count, Ruleset


def grouped(count: Count, result: CountResult, ruleset: Ruleset, missing: MissingFacts) -> GroupsOutcome:
    """The number of counted matters in each group; a matter is once in each group that its requests name.

    Groups below the least size are withheld. What is withheld must not follow from what is shown, so the
    smallest of the others go with them until two groups and as many matters as the least size are withheld.
    """
    numbers: dict[str, int] = {}
    for one in result.qualified:
        told = {request.facts.get(count.by) for request in one.requests}
        for code in told:
            if isinstance(code, str):
                numbers[code] = numbers.get(code, 0) + 1
        for request in one.requests:
            if count.by not in request.facts:
                place = f"{ruleset.id}/{count.name}"
                missing.add(count.by, one.matter.id, place, unknown=count.by in request.unknown)
    least = _least(count, ruleset)
    by_size = sorted(numbers.items(), key=lambda item: (item[1], item[0]))
    withheld = [number for _, number in by_size if number < least]
    while withheld and len(withheld) < len(by_size) and (len(withheld) < 2 or sum(withheld) < least):
        withheld.append(by_size[len(withheld)][1])
    shown = sorted(by_size[len(withheld) :])
    return GroupsOutcome(ruleset, count.name, count.by, least, tuple(shown), len(withheld))


def _least(count: Count, ruleset: Ruleset) -> int:
    reference = count.least
    if reference is None:
        return 0
    value = reference.literal
    if reference.name:
        value = ruleset.parameters[reference.name].at(ruleset.in_force_from)
    return value if isinstance(value, int) else 0
