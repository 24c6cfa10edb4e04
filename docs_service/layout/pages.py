"""Composed pages as data: everything has its place, nothing is left to whoever paints them.

Lengths in millimetres from the page's upper left corner, type sizes in points.
"""

from dataclasses import dataclass
from enum import StrEnum

from docs_service.content import Style
from docs_service.layout.composer import SetLine
from docs_service.layout.fonts import EM_ABOVE_BASELINE
from docs_service.layout.measures import MM_PER_POINT, SEAL_SIZE

BLACK = "#000000"


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line in its band of the page."""

    x: float
    top: float
    height: float
    line: SetLine

    def baseline(self, size: float) -> float:
        """Height of the baseline: the em square stands in the middle of the band."""
        em = size * MM_PER_POINT
        return self.top + (self.height - em) / 2 + EM_ABOVE_BASELINE * em


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Which cell of which table on the page a text stands in."""

    table: int
    row: int
    cell: int
    columns: int
    is_head: bool


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The lines of one paragraph that stand on one page. An empty cell is a block without lines; one that
    continues began on the page before.
    """

    style: Style
    size: float
    lines: tuple[PlacedLine, ...]
    colour: str = BLACK
    cell: CellPlace | None = None
    continues: bool = False

    @property
    def table(self) -> int | None:
        """Which table on the page it stands in."""
        return None if self.cell is None else self.cell.table

    @property
    def row(self) -> tuple[bool, int]:
        """Whether its row is a head, and which row of the table it is."""
        return (self.cell.is_head, self.cell.row) if self.cell else (False, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A filled rectangle: a rule of a table, of the letter head, of the 版记."""

    x: float
    y: float
    width: float
    height: float
    colour: str = BLACK


class PictureKind(StrEnum):
    """What is laid in the seal slot."""

    SEAL = "seal"
    EMPTY_SLOT = "slot"


@dataclass(frozen=True, slots=True)
class Picture:
    """A square picture; `key` names the seal."""

    kind: PictureKind
    key: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page."""

    texts: tuple[TextBlock, ...]
    rules: tuple[Rule, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Dress:
    """What is put on a paper beside its words: the mark of a draft, the digest of a seal (empty: none) and
    the side of the seal or of its slot.
    """

    is_draft: bool = False
    seal: str = ""
    seal_side: float = SEAL_SIZE
