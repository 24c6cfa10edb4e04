"""On what authority a rule stands: sources, citations, departures."""

from dataclasses import dataclass
from enum import Enum


class Basis(Enum):
    """On what authority a rule rests."""

    TEXT = "text"
    CONVENTION = "convention"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class SourceText:
    """An entry of the register of sources."""

    id: str
    title: str
    issuer: str
    in_force_from: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands, or the reason of a convention."""

    source: str
    article: str = ""
    quote: str = ""
    basis: Basis = Basis.TEXT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """What a sector's or a province's rule departs from, the norm that lets it, and who reviewed it."""

    source: str
    article: str
    norm: str
    reviewed_by: str
