"""Papers that rules call for."""

from dataclasses import dataclass

from rules_service.language.model.references import Condition, Reference


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
