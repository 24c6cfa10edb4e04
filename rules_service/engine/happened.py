"""What has happened to one request by the moment asked about, by the type of event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rules_service.engine.case import Event, Matter


@dataclass(frozen=True, slots=True)
class Happened:
    """Events in the order of time. What happens after the moment asked about has not happened."""

    events: Sequence[Event]
    by_type: Mapping[str, Sequence[Event]]
    paper_calls: Mapping[str, datetime]
    """When papers were last issued on which calls."""
    _telling: dict[tuple[str, str], Sequence[Event]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Happened":
        """Takes events in the order of time."""
        told = list(events)
        by_type: dict[str, list[Event]] = {}
        for event in told:
            by_type.setdefault(event.type, []).append(event)
        return cls(told, by_type, {event.paper_call_id: event.at for event in told})

    @classmethod
    def to(cls, matter: Matter, request_id: str, at: datetime) -> "Happened":
        """What happened to a request and to the matter as a whole; without a request, to all of it."""
        return cls.of(
            event
            for event in matter.events
            if event.at <= at and (not request_id or event.request_id in {"", request_id})
        )

    def telling(self, kind: str, attribute: str) -> Sequence[Event]:
        """The events of a type that tell an attribute, which each start of a clock asks for."""
        found = self._telling.get((kind, attribute))
        if found is None:
            events = self.by_type.get(kind, ())
            found = self._telling[kind, attribute] = [e for e in events if attribute in e.attributes]
        return found


NOTHING_HAPPENED = Happened((), {}, {})
