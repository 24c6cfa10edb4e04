"""What is wrong with an input, told so that the person who sent it can mend it.

A problem has a stable code, a place, a message and a cure. Whoever reads input gathers all problems
before refusing it, so that nobody mends one only to meet the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where and how to mend it. Message and cure are in Chinese."""

    code: str
    place: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        """The problem as one line of text, as a command line prints it."""
        head = f"{self.place}：{self.message}" if self.place else self.message
        return f"{head}{self.cure} [{self.code}]"


class Refusal(Enum):
    """Why an input is refused; the transport gives each its status."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    TOO_LARGE = "too_large"
    CONFLICT = "conflict"


class RefusedError(Exception):
    """An input that is refused, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem], refusal: Refusal = Refusal.INVALID) -> None:
        self.problems = tuple(problems)
        self.refusal = refusal
        super().__init__("\n".join(map(str, self.problems)))
