"""The time between two moments as a fact."""

from dataclasses import dataclass

from rules_service.language.model.basis import Citation
from rules_service.language.model.periods import CountUnit
from rules_service.language.model.references import Reference


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How many units lie between two moments; becomes a fact. Without an end it is counted up to now.

    It has no value before its start has come, nor once one of `ended_by` has happened since.
    """

    name: str
    start: Reference
    end: Reference | None
    unit: CountUnit
    ended_by: tuple[str, ...]
    citations: tuple[Citation, ...]
