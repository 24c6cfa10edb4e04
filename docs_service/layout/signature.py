"""Where signature, date and seal stand (GB/T 9704-2012 7.3.5.1)."""

from dataclasses import dataclass

from docs_service.layout.measures import (
    CHARACTER_PITCH,
    DATE_INDENT,
    MARGIN_LEFT,
    SEAL_CENTRE_ABOVE_DATE,
    SEAL_SIZE,
    TEXT_WIDTH,
)


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Right indents of signature and date from the right edge of the text area, and the middle of both and of
    the seal from the page's left edge, in millimetres.
    """

    signature_indent: float
    date_indent: float
    centre: float

    @property
    def seal_x(self) -> float:
        """Left edge of the seal."""
        return self.centre - SEAL_SIZE / 2


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


def seal_top(date_top: float) -> float:
    """Top of the seal for a date whose line begins at `date_top`: the line between signature and date lies a
    little below the seal's centre.
    """
    return date_top - SEAL_CENTRE_ABOVE_DATE - SEAL_SIZE / 2
