"""What is asked: a matter or an office with its facts and events, checked against the vocabulary."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from rules_service.engine.index import Known

Facts = Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Question:
    """The moment asked about, the day of law and the place; `near` asks for near misses of tables."""

    at: datetime
    as_of: date
    jurisdiction: str = ""
    pinned: Mapping[str, Collection[str]] = field(default_factory=dict)
    near: bool = True


NO_FACTS: Facts = MappingProxyType({})


def is_report(facts: Facts) -> bool:
    """Whether facts are of a report (检举控告)."""
    return facts.get("category") == "report"


class Event(NamedTuple):
    """Something that happened."""

    id: str
    type: str
    at: datetime
    recorded_at: datetime | None = None
    request_id: str = ""
    acting_office: str = ""
    official_role: str = ""
    official_key: str = ""
    recipient_key: str = ""
    paper_call_id: str = ""
    ended_at: datetime | None = None
    attributes: Facts = NO_FACTS


class Request(NamedTuple):
    """One request with the facts that hold for it, the matter's included.

    `of_report`: it is a report (检举控告), or the whole of a matter with one. What is sent out about it must
    never reach the accused, whatever a ruleset says of it (REG22 art. 30.3).
    """

    id: str
    facts: Facts
    unknown: frozenset[str] = frozenset()
    of_report: bool = False


@dataclass(frozen=True, slots=True)
class RelatedFact:
    """A fact about something beside the matter."""

    kind: str
    fields: Facts


@dataclass(frozen=True, slots=True)
class Matter:
    """A petition matter; events are in the order of time."""

    id: str
    facts: Facts
    unknown: frozenset[str]
    requests: tuple[Request, ...]
    events: tuple[Event, ...]
    complete_until: datetime | None = None
    related: tuple[RelatedFact, ...] = ()

    def is_told_until(self, moment: datetime) -> bool:
        """Whether all that has happened to it by a moment was told."""
        return self.complete_until is None or self.complete_until >= moment

    def whole(self) -> Request:
        """The matter as the one thing that tables about the matter as a whole look at."""
        of_report = is_report(self.facts) or any(request.of_report for request in self.requests)
        return Request("", self.facts, self.unknown, of_report)


class Span(NamedTuple):
    """A period of whole days, both ends in it."""

    first_day: date
    last_day: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Office:
    """An office with the matters of a period, and of an earlier one that is held beside it.

    Its own events are in the order of time.
    """

    id: str
    facts: Facts
    unknown: frozenset[str]
    period: Span
    matters: tuple[Matter, ...]
    earlier: Span | None = None
    events: tuple[Event, ...] = ()
    complete_until: datetime | None = None
