"""An office's matters added up with pencil and paper; no code of the engine.

A matter is a list of its requests as they were told; a word that is not there was not said, None says that
there is no value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

Told = Mapping[str, object]


@dataclass(frozen=True)
class Added:
    """What came of adding up; `sure` where nothing was left open."""

    number: int
    sure: bool


def counts(request: Told, where: Told) -> bool | None:
    """Whether a request is wanted; None where it does not say."""
    if any(name in request and request[name] != value for name, value in where.items()):
        return False
    return True if all(name in request for name in where) else None


def counting(matter: Sequence[Told], where: Told) -> list[Told]:
    return [request for request in matter if counts(request, where)]


def add_up(matters: Sequence[Sequence[Told]], where: Told, fact: str = "") -> Added:
    """How many matters are wanted, or what a fact of them adds up to."""
    number, sure = 0, True
    for matter in matters:
        wanted = counting(matter, where)
        if not wanted:
            sure = sure and all(counts(request, where) is False for request in matter)
            continue
        told = [request.get(fact) for request in wanted] if fact else [1]
        if None in told:
            sure = False
            continue
        number += max(told)
        perhaps = [request.get(fact) for request in matter if counts(request, where) is None] if fact else []
        sure = sure and all(more is not None and more <= max(told) for more in perhaps)
    return Added(number, sure)


def by_group(
    matters: Sequence[Sequence[Told]], where: Told, group: str, fact: str
) -> dict[str, tuple[int, int]]:
    """Each group's matters, and what a fact of them adds up to as far as it was said."""
    wanted = [counting(matter, where) for matter in matters]
    codes = {request.get(group) for request in chain(*wanted)} - {None}
    found = {}
    for code in codes:
        own = [[request for request in matter if request.get(group) == code] for matter in wanted]
        own = [matter for matter in own if matter]
        sums = [add_up([matter], where, fact) for matter in own]
        found[str(code)] = (len(own), sum(one.number for one in sums))
    return found
