"""The problems that a batch tells of its items: all of a few, and of very many the first of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service_kit.problems import Problem

MOST_OF_A_BATCH = 1000


@dataclass(slots=True)
class Refusals:
    """The refused items of one call."""

    _left: int = MOST_OF_A_BATCH

    def shown(self, problems: Sequence[Problem]) -> Sequence[Problem]:
        """As many problems of an item as may still be told, and one at least; the last counts the others."""
        count = min(len(problems), max(self._left, 1))
        self._left -= count
        if count == len(problems):
            return problems
        *told, last = problems[:count]
        more = f"（这一件另有 {len(problems) - count} 处没有列出）"
        return [*told, replace(last, message=last.message + more)]
