"""Keeps what is costly to make and asked for again, within a bound."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """A dictionary that begins anew when it is full, so that no caller can make it grow without end."""

    def __init__(self, most: int) -> None:
        """Holds at most so many values."""
        super().__init__()
        self._most = most

    def keep(self, key: K, value: V) -> V:
        """Keeps a value under a key that is not there yet, and gives it back."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value
