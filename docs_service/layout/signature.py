"""Where signature, date and seal stand (GB/T 9704-2012 7.3.5.1)."""

from dataclasses import dataclass

from docs_service.layout.measures import (
    BLANK_LINES_BEFORE_SIGNATURE,
    CHARACTER_PITCH,
    CLOSER_GRIDS,
    DATE_INDENT,
    MARGIN_LEFT,
    MM_PER_POINT,
    SEAL_CENTRE_ABOVE_DATE,
    SIZE_BODY,
    TEXT_WIDTH,
    Grid,
)


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Right indents of signature and date from the right edge of the text area, and the middle of both and of
    the seal from the page's left edge, in millimetres.
    """

    signature_indent: float
    date_indent: float
    centre: float

    def seal_x(self, side: float) -> float:
        """Left edge of a seal."""
        return self.centre - side / 2


def place_signature(signature_width: float, date_width: float) -> SignaturePlace:
    """The date four characters in from the right, the signature centred over it. A signature so long that it
    would leave the text area moves both to the left.
    """
    date_indent = DATE_INDENT * CHARACTER_PITCH
    signature_indent = date_indent + (date_width - signature_width) / 2
    if signature_indent < 0:
        date_indent -= signature_indent
        signature_indent = 0.0
    centre = MARGIN_LEFT + TEXT_WIDTH - date_indent - date_width / 2
    return SignaturePlace(signature_indent, date_indent, centre)


def seal_top(date_top: float, side: float) -> float:
    """Top of a seal for a date whose line begins at `date_top`: the line between signature and date lies a
    little below the seal's centre.
    """
    return date_top - SEAL_CENTRE_ABOVE_DATE - side / 2


def closer_grids(side: float) -> tuple[Grid, ...]:
    """The closer grids on which a seal of this side does not touch the last line of the text."""
    return tuple(grid for grid in CLOSER_GRIDS if _seal_gap(grid, side) >= 0)


def _seal_gap(grid: Grid, side: float) -> float:
    lines_between = BLANK_LINES_BEFORE_SIGNATURE + 1
    under_text = (grid.pitch - SIZE_BODY * MM_PER_POINT) / 2
    return lines_between * grid.pitch + under_text + seal_top(0, side)
