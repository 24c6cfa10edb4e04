"""Which of several happenings belongs to one start of a clock, where things happened more than once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from rules_service.engine.case import Event

T = TypeVar("T")


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
        recipient = self.event.recipient_key
        alike = [event.at for event in self.alike if concerns(recipient, event.recipient_key)]
        near = [one for one in happenings if concerns(recipient, told(one)[1])]
        moments = [told(one)[0] for one in near]
        if not moments:
            return None
        if moments[0] <= alike[0]:
            return near[bisect_right(moments, self.event.at) - 1]
        place = bisect_left(moments, self.event.at)
        following = alike[bisect_right(alike, self.event.at) :]
        if place == len(moments) or (following and moments[place] >= following[0]):
            return None
        return near[place]
