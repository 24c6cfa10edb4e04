"""Which of several happenings belongs to one start of a clock, where things happened more than once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, TypeVar

from rules_service.engine.case import Event

T = TypeVar("T")
AT = attrgetter("at")


def concerns(recipient: str, told_to: str) -> bool:
    """Whether what was told to someone concerns a recipient: to all, to no other, or where there is none."""
    return not recipient or told_to in {"", recipient}


class Occasion(NamedTuple):
    """One event that starts a clock, among all of its type, which are in the order of time."""

    event: Event
    alike: Sequence[Event]

    def own(self, happenings: Sequence[T], told: Callable[[T], tuple[datetime, str]]) -> T | None:
        """The one that belongs to it; TOLD says when each was, in the order of time, and to whom.

        What first happened no later than the first event of this type leads up to such events: then it is
        the last one up to this event. What first happened later follows from them: then it is the first
        since, before the next event of the type. What is told to another recipient belongs to another.
        """
        recipient, alike, near = self.event.recipient_key, self.alike, happenings
        if recipient:
            alike = [event for event in alike if concerns(recipient, event.recipient_key)]
            near = [one for one in near if concerns(recipient, told(one)[1])]
        if not near:
            return None

        def moment(one: T) -> datetime:
            return told(one)[0]

        if moment(near[0]) <= alike[0].at:
            return near[bisect_right(near, self.event.at, key=moment) - 1]
        place = bisect_left(near, self.event.at, key=moment)
        if place == len(near):
            return None
        following = bisect_right(alike, self.event.at, key=AT)
        if following < len(alike) and moment(near[place]) >= alike[following].at:
            return None
        return near[place]
