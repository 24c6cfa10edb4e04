"""A ruleset as values: what the loader makes of a file and the engine evaluates.

Names of facts, events and codes are those of the vocabulary; the loader has checked them, so nothing
here or behind it checks them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from rules_service.language.chain_rules import ChainRule
from rules_service.language.types import Value, ValueType
from rules_service.language.unary import UnaryTest


class HitPolicy(Enum):
    """How a table answers when several rows match (DMN 1.3, 8.2.10)."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"


class Aggregator(Enum):
    """What COLLECT makes of the outputs."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


class Basis(Enum):
    """On what authority a rule rests."""

    TEXT = "text"
    CONVENTION = "convention"
    UNVERIFIED = "unverified"


class CountUnit(Enum):
    """What a period is counted in."""

    CLOCK_HOURS = "clock_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


class Layer(Enum):
    """Where a ruleset stands, highest first."""

    LAW = "law"
    NATIONAL_NORM = "national-norm"
    SECTOR = "sector"
    PROVINCE = "province"
    LOCAL = "local"


class Subject(Enum):
    """What a ruleset is about. There is no person among them, and there will be none."""

    MATTER = "matter"
    OFFICE = "office"
    AFFAIR = "affair"


class Each(Enum):
    """What a table or a duty speaks about, one by one."""

    MATTER = "matter"
    REQUEST = "request"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class SourceText:
    """An entry of the register of sources."""

    id: str
    title: str
    issuer: str
    in_force_from: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands, or the reason of a convention."""

    source: str
    article: str = ""
    quote: str = ""
    basis: Basis = Basis.TEXT
    note: str = ""


class RefKind(Enum):
    """What a reference points at."""

    LITERAL = "literal"
    FACT = "fact"
    PARAMETER = "parameter"
    OUTPUT = "output"
    EVENT_AT = "event"
    EVENT_ATTRIBUTE = "attribute"
    DUE_AT = "due"
    MATTER_ID = "matter_id"
    PERIOD_DAY = "period"


@dataclass(frozen=True, slots=True)
class Reference:
    """Something whose value is known only when facts are: `table.output`, a fact, a parameter."""

    kind: RefKind
    name: str = ""
    member: str = ""
    literal: Value | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One input, a fact or `table.output`, and what it must be."""

    input: str
    test: UnaryTest


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper to call for, with the fields that the rules know.

    `under` names the concept of the duty whose due time is the paper's, where the paper hangs on a
    decision. One that `lapses` is no longer called for once that due time has passed. `candidate` names
    what an official has to decide before the paper is called for.
    """

    paper: str
    variant: str = ""
    fields: tuple[tuple[str, Reference], ...] = ()
    when: tuple[Condition, ...] = ()
    under: str = ""
    restricted: bool = False
    candidate: str = ""
    lapses: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """What a sector's or a province's rule departs from, the norm that lets it, and who reviewed it."""

    source: str
    article: str
    norm: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from a day on."""

    in_force_from: date | None
    value: Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold that changes without touching a row."""

    id: str
    label: str
    type: ValueType
    values: tuple[DatedValue, ...]
    citations: tuple[Citation, ...]

    def at(self, day: date) -> Value | None:
        """The value in force on a day."""
        found = None
        for dated in self.values:
            if dated.in_force_from is None or dated.in_force_from <= day:
                found = dated.value
        return found


@dataclass(frozen=True, slots=True)
class Output:
    """A column of outputs; `order` ranks values for PRIORITY and OUTPUT ORDER."""

    name: str
    type: ValueType
    label: str
    order: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    id: str
    tests: tuple[UnaryTest, ...]
    outputs: tuple[Value | None, ...]
    citations: tuple[Citation, ...]
    papers: tuple[PaperRule, ...] = ()
    candidates: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    note: str = ""
    departs_from: Departure | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `complete` is its author's word that no case is left out."""

    id: str
    title: str
    each: Each
    hit: HitPolicy
    aggregator: Aggregator | None
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    parameters: frozenset[str] = frozenset()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Exemption:
    """What takes a duty away, with its article. It does so only where it is known to hold."""

    conditions: tuple[Condition, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A period from a named moment: some units long, until a day that is told, or without a number."""

    start: Reference
    amount: Reference | None
    unit: CountUnit
    presumed: "Period | None" = None
    until: Reference | None = None


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


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the matters sent with an office satisfy some conditions; becomes a fact.

    `summed` names the number that is added up over them, where it is not the matters that are counted.
    `by` names the fact that groups them; groups smaller than `least` are not shown.
    """

    name: str
    during: str
    where: tuple[Condition, ...]
    citations: tuple[Citation, ...]
    summed: str = ""
    by: str = ""
    least: Reference | None = None


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How many units lie between two moments; becomes a fact. Without an end it is counted up to now.

    It has no value before its start has come, nor once one of `ended_by` has happened since.
    """

    name: str
    start: Reference
    end: Reference | None
    unit: CountUnit
    ended_by: tuple[str, ...]
    citations: tuple[Citation, ...]


class Wanted(Enum):
    """Which way an indicator is hoped to move."""

    NOT_SAID = ""
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class DutyShare:
    """The share of the duties of some concepts that stand in some states."""

    concepts: tuple[str, ...]
    part: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountShare:
    """One count divided by another."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class CountTotal:
    """A count by itself."""

    of: str


@dataclass(frozen=True, slots=True)
class AverageDays:
    """The mean of the days between two moments of the matters of a count."""

    of: str
    start: Reference
    end: Reference


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """A figure of an office, and which way it is hoped to move."""

    id: str
    figure: DutyShare | CountShare | CountTotal | AverageDays
    wanted: Wanted
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class IndexPart:
    """An indicator in an index, with the parameter that is its weight."""

    indicator: str
    weight: Reference


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A weighted mean of indicators, its parts open to view."""

    id: str
    parts: tuple[IndexPart, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ChainSource:
    """Where facts of a kind come from before chained rules run.

    From each event of a type, or from a matter with a duty of a concept that is past its latest lawful
    time. `silent` pairs a field with the event whose having happened it tells, `elapsed` one with the
    elapsed time that it takes.
    """

    kind: str
    event: str = ""
    overdue_concept: str = ""
    matter_field: str = ""
    silent: tuple[tuple[str, str], ...] = ()
    elapsed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChainedRule:
    """A chained rule with its title, its citations, and the papers that its finding calls for."""

    rule: ChainRule
    title: str
    citations: tuple[Citation, ...]
    papers: tuple[PaperRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """Facts and the outcome that is expected of them."""

    name: str
    line: int
    case: Mapping[str, object]
    expect: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One revision of one ruleset."""

    id: str
    revision: str
    title: str
    subject: Subject
    layer: Layer
    pack: str
    source: str
    in_force_from: date
    in_force_to: date | None
    inputs: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    tables: tuple[Table, ...]
    duties: tuple[Duty, ...]
    counts: tuple[Count, ...]
    indicators: tuple[IndicatorRule, ...]
    indexes: tuple[IndexRule, ...]
    chain_sources: tuple[ChainSource, ...]
    chains: tuple[ChainedRule, ...]
    examples: tuple[Example, ...]
    yaml: str
    file: str
    told_only: tuple[str, ...] = ()
    jurisdiction: str = ""
    elapsed: tuple[Elapsed, ...] = ()

    def in_force_on(self, day: date) -> bool:
        """Whether the revision is in force on a day."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)

    @property
    def name(self) -> str:
        """The revision's name as callers pin it."""
        return f"{self.id}@{self.revision}"
