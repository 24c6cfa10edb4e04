"""What a ruleset knows while it looks at one request: facts, outputs of its tables, events."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from rules_service.engine.case import Event, Request
from rules_service.engine.happened import Happened
from rules_service.engine.index import UNKNOWN, Cell, Unknown
from rules_service.engine.occasion import AT, Occasion, concerns
from rules_service.engine.outcome import MissingFacts
from rules_service.language.model.references import Condition, Reference, RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.types import Value, day_of, first_moment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Elapsing:
    """What elapsed time does in an environment beside being a name.

    `asked` names the fact that was not told behind a time that is unknown; `duties` says from when a duty
    may be another by the lapse of time alone.
    """

    asked: Mapping[str, str] = field(default_factory=dict)
    duties: Mapping[str, datetime] = field(default_factory=dict)


NOTHING_ELAPSES = Elapsing()


class Due(NamedTuple):
    """When a duty that has started is due."""

    since: datetime
    recipient_key: str
    at: datetime


def untold_of(conditions: Sequence[Condition], names: Mapping[str, Cell]) -> list[str] | None:
    """The names without a value on which it hangs whether all conditions hold; None where one does not."""
    untold = []
    for condition in conditions:
        value = names.get(condition.input, UNKNOWN)
        if isinstance(value, Unknown):
            if not condition.test.anything:
                untold.append(condition.input)
        elif not condition.test.allows(value):
            return None
    return untold


def value_of(reference: Reference, ruleset: Ruleset, names: Mapping[str, Cell]) -> Cell:
    """The value that a reference points at, where that hangs on no event."""
    match reference.kind:
        case RefKind.LITERAL:
            return reference.literal
        case RefKind.PARAMETER:
            return ruleset.parameters[reference.name].at(ruleset.in_force_from)
        case _:
            return names.get(reference.name, UNKNOWN)


def _no_other(_: date) -> None:
    return None


@dataclass(slots=True)
class Environment:
    """The names of one ruleset for one request of one matter, or for an office as a whole."""

    ruleset: Ruleset
    subject_id: str
    request: Request
    happened: Happened
    missing: MissingFacts
    speaks_on: Callable[[date], bool]
    revision_on: Callable[[date], Ruleset | None] = _no_other
    dues: dict[str, list[Due]] = field(default_factory=dict)
    elapsing: Elapsing = NOTHING_ELAPSES
    behind: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The facts that were not told behind outputs of its undecided tables."""
    whole: "Environment | None" = None
    """What is known of the matter as a whole, where this is one of its requests."""
    names: dict[str, Cell] = field(init=False)

    def __post_init__(self) -> None:
        """Facts are names from the start; outputs of tables become names as they are decided.

        What only an official's word makes so has no value until it is told, unless it is said to be unknown.
        """
        self.names = dict(self.request.facts)
        for name in self.ruleset.told_only:
            if name not in self.request.unknown:
                self.names.setdefault(name, None)

    def value(self, name: str) -> Cell:
        """A fact or an output."""
        return self.names.get(name, UNKNOWN)

    def note_missing(self, name: str, place: str) -> None:
        """Notes a fact that was not told, and the table or duty that asks for it."""
        self.note_untold([(name, f"{self.ruleset.id}/{place}")])

    def note_untold(self, untold: Sequence[tuple[str, str]]) -> None:
        """Notes facts that were not told, for an output of an undecided table those behind it.

        Each with the place that asks for it, which begins with the ruleset. What the matter as a whole lacks
        is noted as lacking there.
        """
        asked, names, request, whole = self.elapsing.asked, self.names, self.request, self.whole
        for name, place in untold:
            name = asked.get(name, name)
            if name not in names:
                self.missing.add(name, request.id, place, unknown=name in request.unknown)
            elif name in self.behind:
                self.note_untold([(fact, place) for fact in self.behind[name]])
            elif whole is not None and name in whole.behind:
                whole.note_untold([(name, place)])

    def holds(self, conditions: Sequence[Condition], place: str = "") -> bool | None:
        """Whether all conditions hold; None where that hangs on facts that were not told.

        The facts it hangs on are noted as missing for `place`, where one is given; what is behind an output
        of an undecided table is noted of that table.
        """
        untold = untold_of(conditions, self.names)
        if untold is None:
            return False
        if place:
            for name in untold:
                if name not in self.names:
                    self.note_missing(name, place)
        return None if untold else True

    def events_of(self, kind: str) -> Sequence[Event]:
        """Events of a type, earliest first."""
        return self.happened.by_type.get(kind, ())

    def events_for(self, recipient: str, kind: str, since: datetime) -> Sequence[Event]:
        """Events of a type since a moment that concern a recipient, earliest first."""
        events = self.events_of(kind)
        following = events and events[bisect_left(events, since, key=AT) :]
        return (
            [event for event in following if concerns(recipient, event.recipient_key)]
            if recipient
            else following
        )

    def resolve(self, reference: Reference, occasion: Occasion | None = None) -> Cell:
        """The value that a reference points at, as it belongs to an occasion; without one, the first."""
        match reference.kind:
            case RefKind.MATTER_ID:
                return self.subject_id
            case RefKind.DUE_AT:
                dues = self.dues.get(reference.name, ())
                due = _own(dues, occasion, lambda due: (due.since, due.recipient_key))
                return day_of(due.at) if due else UNKNOWN
            case RefKind.EVENT_AT:
                event = _own_event(self.events_of(reference.name), occasion)
                return day_of(event.at) if event else UNKNOWN
            case RefKind.EVENT_ATTRIBUTE:
                event = _own_event(self.happened.telling(reference.name, reference.member), occasion)
                return event.attributes[reference.member] if event else UNKNOWN
            case _:
                return value_of(reference, self.ruleset, self.names)

    def moments(self, reference: Reference) -> list[datetime]:
        """The moments that a reference names: of every such event, or told by every one's attribute."""
        match reference.kind:
            case RefKind.EVENT_AT:
                return [event.at for event in self.events_of(reference.name)]
            case RefKind.EVENT_ATTRIBUTE:
                told = [event.attributes.get(reference.member) for event in self.events_of(reference.name)]
            case _:
                value = self.resolve(reference)
                told = [None if isinstance(value, Unknown) else value]
        return [first_moment(value) for value in told if isinstance(value, date)]

    def known(
        self, references: Sequence[tuple[str, Reference]], occasion: Occasion | None = None
    ) -> dict[str, Value]:
        """The values that are known of some named references, as they belong to an occasion."""
        found = {}
        for name, reference in references:
            value = self.resolve(reference, occasion)
            if value is not None and not isinstance(value, Unknown):
                found[name] = value
        return found


def _own_event(events: Sequence[Event], occasion: Occasion | None) -> Event | None:
    return _own(events, occasion, lambda event: (event.at, event.recipient_key))


def _own(
    happenings: Sequence[T], occasion: Occasion | None, told: Callable[[T], tuple[datetime, str]]
) -> T | None:
    if occasion is not None:
        return occasion.own(happenings, told)
    return happenings[0] if happenings else None
