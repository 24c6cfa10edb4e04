"""Which revisions of a ruleset speak about a case: each for the clocks that started under it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules_service.engine.compiled import Compiled
from rules_service.language.model.ruleset import Ruleset

ONE_DAY = timedelta(days=1)

SpeaksOn = Callable[[date], bool]


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


def in_turn(parts: Sequence[tuple[Compiled, SpeaksOn]], day: date) -> list[Speaker]:
    """Revisions of one ruleset as speakers; those decide that speak on the DAY."""

    def revision_on(asked: date) -> Ruleset | None:
        return next((compiled.ruleset for compiled, speaks_on in parts if speaks_on(asked)), None)

    return [Speaker(compiled, speaks_on(day), speaks_on, revision_on) for compiled, speaks_on in parts]


def alone(parts: Sequence[Compiled], day: date) -> list[Speaker]:
    """Revisions of one ruleset, oldest first, in the stead of all others: the first before its days too.

    So does the last after its days.
    """
    begins = [date.min, *(part.ruleset.in_force_from for part in parts[1:])]
    ends = [*(begin - ONE_DAY for begin in begins[1:]), date.max]
    return in_turn(
        [(part, _between(*ends_of)) for part, *ends_of in zip(parts, begins, ends, strict=True)], day
    )


def _between(first: date, last: date) -> SpeaksOn:
    return lambda day: first <= day <= last
