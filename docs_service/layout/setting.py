"""Sets each kind of paragraph in lines, by the measures of its style."""

from dataclasses import dataclass

from docs_service.content import TITLE_STYLES, Paragraph, Style
from docs_service.layout.atoms import MissingGlyphError
from docs_service.layout.composer import SetLine, Setting, compose
from docs_service.layout.fonts import FontSet
from docs_service.layout.measures import (
    CHARACTER_PITCH,
    LETTERHEAD_LARGEST,
    MM_PER_POINT,
    SIZE_BODY,
    STYLE_MEASURES,
    TEXT_WIDTH,
    Align,
    FontRole,
    StyleMeasures,
)
from docs_service.layout.title import ems, title_lines

_IDEOGRAPHIC_SPACE = "\u3000"


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character of a paragraph that no font of the role has."""

    character: str
    role: FontRole
    style: Style


@dataclass(frozen=True, slots=True, eq=False)
class SetParagraph:
    """A paragraph in lines. Each line has the x of its left edge within the text area. Two of the same words
    are two.
    """

    style: Style
    size: float
    lines: tuple[tuple[float, SetLine], ...]


class Typesetter:
    """Sets paragraphs with the fonts of this machine, and gathers the characters that have no glyph."""

    def __init__(self, fonts: FontSet) -> None:
        self.fonts = fonts
        self.missing: list[MissingGlyph] = []

    def set(self, paragraph: Paragraph, width: float = TEXT_WIDTH) -> SetParagraph:
        """The paragraph in lines of a measure in millimetres."""
        measures = STYLE_MEASURES[paragraph.style]
        size = measures.size
        if paragraph.style is Style.LETTERHEAD:
            size = min(LETTERHEAD_LARGEST, width / MM_PER_POINT / max(1.0, ems(paragraph.text)))
        text = paragraph.text
        if paragraph.style in TITLE_STYLES:
            text = "\n".join(title_lines(text, width / (size * MM_PER_POINT)))
        pitch = CHARACTER_PITCH if size == SIZE_BODY else size * MM_PER_POINT
        left = measures.left_indent * pitch
        measure = width - left - measures.right_indent * pitch
        setting = Setting(
            self.fonts.roles[measures.font],
            size,
            pitch,
            measure,
            measures.align,
            measures.first_indent * pitch,
            measures.next_indent * pitch,
        )
        lines = self._compose(text, setting, paragraph.style)
        placed = tuple((left + _shift(line, measures, measure), line) for line in lines)
        return SetParagraph(paragraph.style, size, placed)

    def _compose(self, text: str, setting: Setting, style: Style) -> tuple[SetLine, ...]:
        while True:
            try:
                return compose(text, setting)
            except MissingGlyphError as missing:
                if missing.character == _IDEOGRAPHIC_SPACE:
                    raise
                self.missing.append(MissingGlyph(missing.character, setting.faces.role, style))
                text = text.replace(missing.character, _IDEOGRAPHIC_SPACE)


def _shift(line: SetLine, measures: StyleMeasures, measure: float) -> float:
    match measures.align:
        case Align.CENTRE:
            return (measure - line.width) / 2
        case Align.RIGHT:
            return measure - line.width
        case _:
            return 0.0
