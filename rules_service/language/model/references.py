"""What a rule may point at or ask: facts, parameters, outputs, events."""

from dataclasses import dataclass
from enum import Enum

from rules_service.language.types import Value
from rules_service.language.unary import UnaryTest


class RefKind(Enum):
    """What a reference points at."""

    LITERAL = "literal"
    FACT = "fact"
    PARAMETER = "parameter"
    OUTPUT = "output"
    EVENT_AT = "event"
    EVENT_ATTRIBUTE = "attribute"
    DUE_AT = "due"
    MATTER_ID = "matter_id"
    PERIOD_DAY = "period"


@dataclass(frozen=True, slots=True)
class Reference:
    """Something whose value is known only when facts are: `table.output`, a fact, a parameter."""

    kind: RefKind
    name: str = ""
    member: str = ""
    literal: Value | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One input, a fact or `table.output`, and what it must be."""

    input: str
    test: UnaryTest

    @property
    def names(self) -> frozenset[str]:
        """What it looks at: the input, and parameters."""
        return self.test.parameters | {self.input}
