"""Which revisions of a ruleset speak about a case: each for the clocks that started under it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules_service.engine.compiled import Compiled
from rules_service.language.model.ruleset import Ruleset

ONE_DAY = timedelta(days=1)

SpeaksOn = Callable[[date], bool]
Part = tuple[Compiled, SpeaksOn]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A revision that may speak about a case.

    `decides` says whether its tables do on the day of law asked about; its duties speak for clocks that
    started on a day on which `speaks_on` holds. `revision_on` names the revision of the same ruleset that
    speaks for a day.
    """

    compiled: Compiled
    decides: bool
    speaks_on: SpeaksOn
    revision_on: Callable[[date], Ruleset | None]


def in_turn(parts: Sequence[Part], day: date) -> list[Speaker]:
    """Revisions of one ruleset as speakers; those decide that speak on the DAY."""

    def revision_on(asked: date) -> Ruleset | None:
        return next((compiled.ruleset for compiled, speaks_on in parts if speaks_on(asked)), None)

    return [Speaker(compiled, speaks_on(day), speaks_on, revision_on) for compiled, speaks_on in parts]


def pinned(parts: Sequence[Part], revisions: Collection[str], day: date) -> list[Speaker]:
    """Some REVISIONS of a ruleset of those there are, oldest first; the others are silent.

    INVARIANT: pinned to the revisions that it names, a question has the same answer. An answer names
    whichever revision decides on the DAY, so where that one is pinned, or there is none, each keeps the days
    on which it speaks unpinned. Only where it is left out do the pinned ones speak in its stead: the last
    before it takes over what follows its own days, or the first after it what comes before them.
    """
    kept = [number for number, (compiled, _) in enumerate(parts) if compiled.ruleset.revision in revisions]
    deciding = next((number for number, (_, speaks_on) in enumerate(parts) if speaks_on(day)), None)
    turns = list(parts)
    if deciding is not None and deciding not in kept:
        before = [number for number in kept if number < deciding]
        after = [number for number in kept if number > deciding]
        first, last = (before[-1], after[0] if after else len(parts)) if before else (0, after[0] + 1)
        compiled, _ = parts[before[-1] if before else after[0]]
        turns[first:last] = [(compiled, _on_any([speaks_on for _, speaks_on in parts[first:last]]))]
    # A presumption is that of the revision of its day, even of one that has nothing else to say.
    return [one for one in in_turn(turns, day) if one.compiled.ruleset.revision in revisions]


def alone(parts: Sequence[Compiled], day: date) -> list[Speaker]:
    """Revisions of one ruleset, oldest first, in the stead of all others: the first before its days too.

    So does the last after its days.
    """
    begins = [date.min, *(part.ruleset.in_force_from for part in parts[1:])]
    ends = [*(begin - ONE_DAY for begin in begins[1:]), date.max]
    return in_turn(
        [(part, _between(*ends_of)) for part, *ends_of in zip(parts, begins, ends, strict=True)], day
    )


def _on_any(some: Sequence[SpeaksOn]) -> SpeaksOn:
    return lambda day: any(speaks_on(day) for speaks_on in some)


def _between(first: date, last: date) -> SpeaksOn:
    return lambda day: first <= day <= last
