"""Papers that rules call for."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules_service.language.model.references import Condition, Reference, RefKind


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper to call for, with the fields that the rules know.

    `under` names the concept of the duty whose due time is the paper's, where the paper hangs on a
    decision. One that `lapses` is no longer called for once that due time has passed. `candidate` names
    what an official has to decide before the paper is called for.
    """

    paper: str
    variant: str = ""
    fields: tuple[tuple[str, Reference], ...] = ()
    when: tuple[Condition, ...] = ()
    under: str = ""
    restricted: bool = False
    candidate: str = ""
    lapses: bool = False

    @property
    def looks_at(self) -> Iterator[tuple[str, str]]:
        """What its conditions look at, and the parameters among its fields, each with the field."""
        for condition in self.when:
            yield from ((name, "") for name in sorted(condition.names))
        yield from ((of.name, field) for field, of in self.fields if of.kind is RefKind.PARAMETER)
