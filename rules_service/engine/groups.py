"""Counts by group, as far as they may be shown: a group that is too small could tell who is in it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules_service.engine.case import Request
from rules_service.engine.counts import CountResult, Qualified, added, note_open, note_unheard
from rules_service.engine.outcome import GroupsOutcome, MissingFacts
from rules_service.language.model.counts import Count
from rules_service.language.model.ruleset import Ruleset


class _Group(NamedTuple):
    """A group by how easily it tells who is in it: by the less of its matters and of what they add up to."""

    size: int
    number: int
    code: str
    matters: int


def grouped(count: Count, result: CountResult, ruleset: Ruleset, missing: MissingFacts) -> GroupsOutcome:
    """What each group comes to; a matter is once in each group that its requests name.

    Groups of fewer matters than the least size are withheld, and those that come to less than it where
    something is summed. What is withheld must not follow from what is shown, so the smallest of the others
    go with them until two groups are withheld, and as many matters as the least size that come to as much.
    """
    unplaced = [one for one in result.qualified if _note_unplaced(count, one, ruleset, missing)]
    least = _least(count, ruleset)
    groups = sorted(_groups(count, result.qualified))
    withheld = [group for group in groups if group.size < least]
    while withheld and len(withheld) < len(groups) and not _hidden(withheld, least):
        withheld.append(groups[len(withheld)])
    shown = sorted((group.code, group.number) for group in groups[len(withheld) :])
    joining = [one for one in result.qualified if _note_joining(count, one, ruleset, missing)]
    undecided = bool(unplaced or joining) or not result.certain
    return GroupsOutcome(ruleset, count, least, tuple(shown), len(withheld), undecided)


def _hidden(withheld: Sequence[_Group], least: int) -> bool:
    """Whether a group cannot be worked out from the whole and from the groups that are shown."""
    matters, number = (
        sum(sizes) for sizes in zip(*((it.matters, it.number) for it in withheld), strict=True)
    )
    return len(withheld) > 1 and min(matters, number) >= least


def _groups(count: Count, qualified: Sequence[Qualified]) -> Iterator[_Group]:
    members: dict[str, list[int]] = {}
    for one in qualified:
        for code in {request.facts.get(count.by) for request in one.requests}:
            if isinstance(code, str):
                of_code = [request for request in one.requests if request.facts.get(count.by) == code]
                members.setdefault(code, []).append(added(count, of_code) or 0)
    for code, numbers in members.items():
        yield _Group(min(len(numbers), sum(numbers)), sum(numbers), code, len(numbers))


def _note_unplaced(count: Count, one: Qualified, ruleset: Ruleset, missing: MissingFacts) -> bool:
    """Notes that a request does not say its group; one that is known to have none is in no group."""
    unplaced = [request for request in one.requests if count.by not in request.facts]
    for request in unplaced:
        place = f"{ruleset.id}/{count.name}"
        missing.add(count.by, one.matter.id, place, unknown=count.by in request.unknown)
    return bool(unplaced)


def _note_joining(count: Count, one: Qualified, ruleset: Ruleset, missing: MissingFacts) -> bool:
    """Notes that requests that may count too could put the matter into another group, or add to one."""
    known = {None, *(request.facts.get(count.by) for request in one.requests)}

    def joins(other: Request) -> bool:
        return bool(count.summed) or count.by not in other.facts or other.facts[count.by] not in known

    unheard = any(map(joins, one.unheard))
    if unheard:
        note_unheard(count, one.matter, ruleset, missing)
    unsaid = [env for env in one.unsaid if joins(env.request)]
    for env in unsaid:
        note_open(count, env, missing)
    return bool(unheard or unsaid)


def _least(count: Count, ruleset: Ruleset) -> int:
    reference = count.least
    if reference is None:
        return 0
    value = reference.literal
    if reference.name:
        value = ruleset.parameters[reference.name].at(ruleset.in_force_from)
    return value if isinstance(value, int) else 0
