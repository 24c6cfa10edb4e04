"""Counts of an office's matters."""

from dataclasses import dataclass

from rules_service.language.model.basis import Citation
from rules_service.language.model.references import Condition, Reference


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the matters sent with an office satisfy some conditions; becomes a fact.

    `summed` names the number that is added up over them, where it is not the matters that are counted.
    `by` names the fact that groups them; groups smaller than `least` are not shown.
    """

    name: str
    during: str
    where: tuple[Condition, ...]
    citations: tuple[Citation, ...]
    summed: str = ""
    by: str = ""
    least: Reference | None = None
