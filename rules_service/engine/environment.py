"""What a ruleset knows while it looks at one request: facts, outputs of its tables, events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from rules_service.engine.case import Event, Matter, Request
from rules_service.engine.index import UNKNOWN, Known, Unknown
from rules_service.engine.outcome import MissingFacts
from rules_service.language.model.references import Condition, Reference, RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.types import Value, day_of, first_moment


@dataclass(frozen=True, slots=True)
class Elapsing:
    """What elapsed time does in an environment beside being a name.

    `asked` names the fact that was not told behind a time that is unknown; `duties` says from when a duty
    may be another by the lapse of time alone.
    """

    asked: Mapping[str, str] = field(default_factory=dict)
    duties: Mapping[str, datetime] = field(default_factory=dict)


NOTHING_ELAPSES = Elapsing()


@dataclass(slots=True)
class Environment:
    """The names of one ruleset for one request of one matter, or for an office as a whole."""

    ruleset: Ruleset
    subject_id: str
    request: Request
    events: Sequence[Event]
    missing: MissingFacts
    speaks_on: Callable[[date], bool]
    due_at: dict[str, datetime] = field(default_factory=dict)
    elapsing: Elapsing = NOTHING_ELAPSES
    names: dict[str, Known | Unknown] = field(init=False)

    def __post_init__(self) -> None:
        """Facts are names from the start; outputs of tables become names as they are decided.

        What only an official's word makes so has no value until it is told, unless it is said to be unknown.
        """
        self.names = dict(self.request.facts)
        for name in self.ruleset.told_only:
            if name not in self.request.unknown:
                self.names.setdefault(name, None)

    @classmethod
    def of_request(
        cls,
        ruleset: Ruleset,
        matter: Matter,
        request: Request,
        at: datetime,
        missing: MissingFacts,
        speaks_on: Callable[[date], bool],
    ) -> "Environment":
        """What is known of a request, or of the matter as a whole (the request with no id).

        What happens after the moment asked about has not happened.
        """
        events = [
            event
            for event in matter.events
            if event.at <= at and (not request.id or event.request_id in {"", request.id})
        ]
        return cls(ruleset, matter.id, request, events, missing, speaks_on)

    def value(self, name: str) -> Known | Unknown:
        """A fact or an output."""
        return self.names.get(name, UNKNOWN)

    def note_missing(self, name: str, place: str) -> None:
        """Notes a fact that was not told; an output that is unknown has noted its own facts."""
        name = self.elapsing.asked.get(name, name)
        if name not in self.names:
            self.missing.add(
                name,
                self.request.id,
                f"{self.ruleset.id}/{place}",
                unknown=name in self.request.unknown,
            )

    def holds(self, conditions: Sequence[Condition], place: str = "") -> bool | None:
        """Whether all conditions hold; None where that hangs on facts that were not told.

        The facts it hangs on are noted as missing for `place`, where one is given.
        """
        open_: list[str] = []
        names = self.names
        for condition in conditions:
            value = names.get(condition.input, UNKNOWN)
            if isinstance(value, Unknown):
                if not condition.test.anything:
                    open_.append(condition.input)
            elif not condition.test.allows(value):
                return False
        if place:
            for name in open_:
                self.note_missing(name, place)
        return None if open_ else True

    def events_of(self, kind: str, since: datetime | None = None) -> Iterator[Event]:
        """Events of a type, earliest first."""
        for event in self.events:
            if event.type == kind and (since is None or event.at >= since):
                yield event

    def resolve(self, reference: Reference) -> Known | Unknown:
        """The value that a reference points at."""
        match reference.kind:
            case RefKind.LITERAL:
                return reference.literal
            case RefKind.MATTER_ID:
                return self.subject_id
            case RefKind.PARAMETER:
                return self.ruleset.parameters[reference.name].at(self.ruleset.in_force_from)
            case RefKind.FACT | RefKind.OUTPUT | RefKind.PERIOD_DAY:
                return self.value(reference.name)
            case RefKind.DUE_AT:
                due = self.due_at.get(reference.name)
                return day_of(due) if due else UNKNOWN
            case RefKind.EVENT_AT:
                event = next(self.events_of(reference.name), None)
                return day_of(event.at) if event else UNKNOWN
            case RefKind.EVENT_ATTRIBUTE:
                for event in self.events_of(reference.name):
                    if (value := event.attributes.get(reference.member)) is not None:
                        return value
                return UNKNOWN

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

    def known(self, references: Sequence[tuple[str, Reference]]) -> dict[str, Value]:
        """The values that are known of some named references."""
        found = {}
        for name, reference in references:
            value = self.resolve(reference)
            if value is not None and not isinstance(value, Unknown):
                found[name] = value
        return found
