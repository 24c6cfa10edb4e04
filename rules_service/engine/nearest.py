"""Finds, of things told to recipients, the nearest that concerns the same recipient."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Nearest:
    """The moments of some things in the order of time, and the places of those told to each recipient.

    What is told to nobody in particular concerns everybody.
    """

    moments: Sequence[datetime]
    told_to: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, told: Sequence[tuple[datetime, str]]) -> "Nearest":
        """Takes when each thing was and to whom it was told, in the order of time."""
        told_to: dict[str, list[int]] = {}
        for place, (_, recipient) in enumerate(told):
            told_to.setdefault(recipient, []).append(place)
        return cls([moment for moment, _ in told], told_to)

    def first(self, recipient: str) -> int | None:
        """The place of the first that concerns a recipient."""
        return min((places[0] for places in self._near(recipient)), default=None)

    def first_since(self, recipient: str, moment: datetime) -> int | None:
        """The place of the first that concerns a recipient and is no earlier than a moment."""
        return self._found(
            recipient, lambda near: bisect_left(near, moment, key=self.moments.__getitem__), min
        )

    def last_until(self, recipient: str, moment: datetime) -> int | None:
        """The place of the last that concerns a recipient and is no later than a moment."""
        return self._found(
            recipient, lambda near: bisect_right(near, moment, key=self.moments.__getitem__) - 1, max
        )

    def _near(self, recipient: str) -> list[Sequence[int]]:
        """The places of all that concern a recipient, in rows that are each in order and not empty."""
        if not recipient:
            return [range(len(self.moments))] if self.moments else []
        return [self.told_to[key] for key in ("", recipient) if key in self.told_to]

    def _found(
        self,
        recipient: str,
        place_in: Callable[[Sequence[int]], int],
        nearest: Callable[[list[int]], int],
    ) -> int | None:
        found = []
        for near in self._near(recipient):
            place = place_in(near)
            if 0 <= place < len(near):
                found.append(near[place])
        return nearest(found) if found else None
