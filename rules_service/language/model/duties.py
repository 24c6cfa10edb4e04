"""Duties: who owes what by when, what lengthens, ends or excuses it."""

from dataclasses import dataclass
from typing import NamedTuple

from rules_service.language.model.basis import Citation, Departure
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.periods import Period
from rules_service.language.model.references import Condition, Reference
from rules_service.language.model.subjects import Each


@dataclass(frozen=True, slots=True)
class Exemption:
    """What takes a duty away, with its article. It does so only where it is known to hold."""

    conditions: tuple[Condition, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """An event that ends a duty otherwise than by meeting it, with its article."""

    event: str
    discharges: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """An event that lengthens a period by days that it names, up to a limit, before it has ended.

    `by` is the role of the named official who must have decided it. Only a petitioner's window may go
    without a limit, and be lengthened after it has lapsed.
    """

    event: str
    attribute: str
    at_most: Reference | None
    by: str = ""
    after_lapse: bool = False


class Terms(NamedTuple):
    """Who owes a duty, what starts it and what meets it: duties of one meaning alike in these may be one."""

    obliged: str
    owed_by_petitioner: bool
    start: Reference
    met_by: frozenset[str]
    met_by_any: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """Who owes what by when. `tightens` names the duty of a higher layer made stricter: `ruleset/duty`."""

    id: str
    title: str
    each: Each
    concept: str
    obliged: str
    owed_by_petitioner: bool
    when: tuple[Condition, ...]
    unless: tuple[Exemption, ...]
    period: Period
    met_by: tuple[str, ...]
    met_by_any: bool
    citations: tuple[Citation, ...]
    endings: tuple[Ending, ...] = ()
    extension: Extension | None = None
    pauses: tuple[str, ...] = ()
    papers: tuple[PaperRule, ...] = ()
    finding: str = ""
    finding_citations: tuple[Citation, ...] = ()
    finding_papers: tuple[PaperRule, ...] = ()
    due_soon_days: Reference | None = None
    tightens: str = ""
    departs_from: Departure | None = None

    @property
    def terms(self) -> Terms:
        """What another duty has to agree in to be the same one."""
        met_by = frozenset(self.met_by)
        several = self.met_by_any and len(met_by) > 1
        return Terms(self.obliged, self.owed_by_petitioner, self.period.start, met_by, several)
