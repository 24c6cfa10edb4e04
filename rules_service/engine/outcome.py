"""What the rules say, as values: the engine's answer before it becomes a message."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from rules_service.engine.deadlines import SkippedDay
from rules_service.engine.index import Known, Unknown
from rules_service.engine.occasion import Occasion
from rules_service.engine.tables import Decided
from rules_service.language.model.basis import Citation
from rules_service.language.model.counts import Count
from rules_service.language.model.duties import Duty
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.model.figures import IndexRule, IndicatorRule
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Table
from rules_service.language.types import Value

if TYPE_CHECKING:
    from rules_service.engine.ruling import Ruling

ID_DIGITS = 20
BETWEEN_PARTS = "\x1f"
FINDING = "f"


class DutyState(Enum):
    """Where a duty stands."""

    NOT_STARTED = "not_started"
    PENDING = "pending"
    DUE_SOON = "due_soon"
    MET = "met"
    MET_LATE = "met_late"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    DISCHARGED = "discharged"
    VOID = "void"

    # Members are asked for in dictionaries again and again, and there is one of each.
    __hash__ = object.__hash__


ENDED_EARLY = frozenset({DutyState.DISCHARGED, DutyState.VOID})


class PaperState(Enum):
    """Where a paper call stands."""

    CALLED = "called"
    ISSUED = "issued"
    CANDIDATE = "candidate"


class TableOutcome(NamedTuple):
    """What one table says about one request."""

    ruleset: Ruleset
    table: Table
    readings: Mapping[tuple[str, str], str]
    results: Mapping[tuple[str, str], str]
    request_id: str
    values: tuple[Known | Unknown, ...]
    decided: Decided


class Ruled(NamedTuple):
    """What the tables of one ruleset say about one request."""

    request_id: str
    ruling: "Ruling"


@dataclass(frozen=True, slots=True)
class CandidateOutcome:
    """What only a named official may decide."""

    id: str
    ruleset: Ruleset
    code: str
    request_id: str
    rule: str
    reason: str
    citations: tuple[Citation, ...]


class DutyOutcome(NamedTuple):
    """A duty with its clock; `untold` names the day that was not told and until which it runs.

    `rests_on` are the names that its conditions and its clock look at. Of several that became one, `one_of`
    are these as their own rules have them.
    """

    id: str
    ruleset: Ruleset
    duty: Duty
    request_id: str
    recipient_key: str
    obliged_office: str
    state: DutyState
    started_at: datetime | None = None
    started_by: str = ""
    presumed: bool = False
    amount: int = 0
    due_at: datetime | None = None
    latest_lawful_at: datetime | None = None
    next_change_at: datetime | None = None
    met_at: datetime | None = None
    ended_by: str = ""
    provisional: bool = False
    skipped: tuple[SkippedDay, ...] = ()
    citations: tuple[Citation, ...] = ()
    merged: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    past_latest_lawful: bool = False
    occasion: Occasion | None = None
    untold: str = ""
    rests_on: frozenset[str] = frozenset()
    one_of: tuple["DutyOutcome", ...] = ()
    since: datetime | None = None
    """From when events count, where its clock has started."""


class FindingOutcome(NamedTuple):
    """A violation, or another fact about an office's work."""

    id: str
    ruleset: Ruleset
    code: str
    request_id: str
    duty_id: str
    rule: str
    reason: str
    because: tuple[Mapping[str, Value], ...]
    citations: tuple[Citation, ...]


class PaperOutcome(NamedTuple):
    """A paper called for.

    `rests_on` are names that it looks at, each with the ruleset that has it, and the field that it fills;
    `issued_at` says when an event told that it was issued, `also_for` names the duties that it would fulfil
    beside the one that it hangs on. `violated` is the duty whose violation calls for it, and what happened
    before `since` did not issue it.
    """

    id: str
    ruleset: Ruleset
    paper: str
    variant: str
    request_id: str
    state: PaperState
    rule: str
    duty_id: str
    due_at: datetime | None
    fields: Mapping[str, Value]
    restricted: bool
    citations: tuple[Citation, ...]
    under: str = ""
    candidate_id: str = ""
    lapses: bool = False
    rests_on: tuple[tuple[Ruleset, str, str], ...] = ()
    issued_at: datetime | None = None
    also_for: tuple[str, ...] = ()
    violated: str = ""
    since: datetime | None = None


class Figure(NamedTuple):
    """A numerator and what it is divided by; undecided where facts or silence leave open what counts."""

    numerator: int
    denominator: int
    undecided: bool = False

    @property
    def value(self) -> Fraction | None:
        """The figure itself, where there is something to divide by."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


UNDECIDED = Figure(0, 0, undecided=True)


class Movement(Enum):
    """How a figure stands to that of an earlier period."""

    NOT_SAID = "unspecified"
    AS_WANTED = "as_wanted"
    UNCHANGED = "unchanged"
    AGAINST = "against"


@dataclass(frozen=True, slots=True)
class IndicatorOutcome:
    """A figure with what it was counted from, beside that of an earlier period.

    `duties` are those that a share counts, one of a kind.
    """

    ruleset: Ruleset
    rule: IndicatorRule
    figure: Figure
    earlier: Figure | None
    movement: Movement
    duties: tuple[DutyOutcome, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether anything is said of it for any period."""
        return not self.figure.undecided or (self.earlier is not None and not self.earlier.undecided)


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """A weighted mean of indicators from 0 to 100, with the weights of its parts."""

    ruleset: Ruleset
    rule: IndexRule
    value: Fraction | None
    earlier: Fraction | None
    parts: tuple[IndicatorOutcome, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ElapsedOutcome:
    """What has elapsed of one rule for one request, from which day to which."""

    ruleset: Ruleset
    rule: Elapsed
    request_id: str
    number: Known | Unknown
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class GroupsOutcome:
    """A count by group: what may be shown, and how many groups are withheld as too small.

    Undecided where facts or silence leave open what counts or how much: the numbers may be too small.
    """

    ruleset: Ruleset
    count: Count
    least: int
    numbers: tuple[tuple[str, int], ...]
    withheld: int
    undecided: bool


@dataclass(slots=True)
class MissingFacts:
    """Facts that were not told, with what hangs on them, in the order they came up."""

    told_unknown: dict[tuple[str, str], bool] = field(default_factory=dict)
    places: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    def add(self, name: str, request_id: str, place: str, *, unknown: bool) -> None:
        """Notes that a fact would decide a table or a duty."""
        key = (name, request_id)
        self.told_unknown[key] = unknown
        self.places.setdefault(key, {})[place] = None

    def take(self, name: str) -> bool:
        """Takes a name of the case as a whole out again; whether it was there."""
        self.told_unknown.pop((name, ""), None)
        return self.places.pop((name, ""), None) is not None

    def join(self, other: "MissingFacts") -> None:
        """Notes all that another has noted."""
        for key, places in other.places.items():
            self.told_unknown[key] = other.told_unknown[key]
            self.places.setdefault(key, {}).update(places)


@dataclass(slots=True)
class Outcome:
    """All that some rulesets say about one case.

    `changes_at` says when elapsed time alone may first change what is said beside the duties.
    """

    rulings: list[Ruled] = field(default_factory=list)
    candidates: list[CandidateOutcome] = field(default_factory=list)
    duties: list[DutyOutcome] = field(default_factory=list)
    findings: list[FindingOutcome] = field(default_factory=list)
    indicators: list[IndicatorOutcome] = field(default_factory=list)
    indexes: list[IndexOutcome] = field(default_factory=list)
    groups: list[GroupsOutcome] = field(default_factory=list)
    papers: list[PaperOutcome] = field(default_factory=list)
    missing: MissingFacts = field(default_factory=MissingFacts)
    elapsed: dict[tuple[str, str, str], ElapsedOutcome] = field(default_factory=dict)
    changes_at: datetime | None = None
    rulesets: dict[str, Ruleset] = field(default_factory=dict)
    place: str = ""

    @property
    def tables(self) -> list[TableOutcome]:
        """What each table says about each request."""
        return [
            table._replace(request_id=request_id)
            for request_id, ruling in self.rulings
            for table in ruling.tables
        ]

    def tell(self, elapsed: ElapsedOutcome) -> None:
        """Notes what has elapsed; what is about the whole and about its only request is one."""
        self.elapsed[elapsed.ruleset.name, elapsed.rule.name, elapsed.request_id] = elapsed
        self.use(elapsed.ruleset)

    def changes(self, at: datetime | None) -> None:
        """Notes that elapsed time alone may change what is said from a moment on."""
        if at is not None:
            self.changes_at = min(at, self.changes_at or at)

    def use(self, ruleset: Ruleset) -> None:
        """Notes a revision that took part."""
        self.rulesets.setdefault(ruleset.name, ruleset)


def deterministic_id(prefix: str, *parts: str) -> str:
    """An id that the same parts always give."""
    digest = hashlib.sha256(BETWEEN_PARTS.join(parts).encode()).hexdigest()
    return f"{prefix}-{digest[:ID_DIGITS]}"
