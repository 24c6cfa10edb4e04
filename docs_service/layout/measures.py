"""The measures of GB/T 9704-2012 党政机关公文格式, once: the styles of the .docx and the composed pages are
both made from here. Lengths in millimetres, type sizes in points; y grows downwards from the page's top edge.
"""

from dataclasses import dataclass
from enum import StrEnum

from docs_service.content import Style

MM_PER_POINT = 25.4 / 72

# 5.1: A4. 5.2.1: 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm.
PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0
MARGIN_TOP = 37.0
MARGIN_LEFT = 28.0
TEXT_WIDTH = 156.0
TEXT_HEIGHT = 225.0
MARGIN_RIGHT = PAGE_WIDTH - MARGIN_LEFT - TEXT_WIDTH
MARGIN_BOTTOM = PAGE_HEIGHT - MARGIN_TOP - TEXT_HEIGHT

# 5.2.3: 22 lines of 28 characters fill the text area. 28 characters of 16 pt are 158 mm wide, so the pitch
# is set, not left to the type size.
LINES_PER_PAGE = 22
CHARACTERS_PER_LINE = 28
LINE_PITCH = TEXT_HEIGHT / LINES_PER_PAGE
CHARACTER_PITCH = TEXT_WIDTH / CHARACTERS_PER_LINE

# 3号, 2号, 4号.
SIZE_BODY = 16.0
SIZE_TITLE = 22.0
SIZE_SMALL = 14.0

# 7.5: the number 7 mm below the text area, one character in from the outer edge, 4号 half-width 宋体.
PAGE_NUMBER_DROP = 7.0

# 10.1 信函格式: mark's upper edge 30 mm below the page's; red double rules 170 mm wide, the first 4 mm under
# the mark (thick over thin), the second 20 mm above the page's lower edge (thin over thick).
LETTERHEAD_TOP = 30.0
LETTERHEAD_LARGEST = 32.0
LETTER_RULE_GAP = 4.0
LETTER_RULE_WIDTH = 170.0
LETTER_RULE_FROM_BOTTOM = 20.0
THICK_RULE = 0.7
THIN_RULE = 0.25
RULE_PAIR_GAP = 0.45
RED = "#d7000f"

# 7.4.2: first and last rule of the 版记 0.35 mm.
IMPRINT_RULE = 0.35

# 7.3.5.1: the date four characters in from the right; the organ's name centred over it; the seal presses down
# over both, so that they lie a little below its centre; its top within one line of the text.
DATE_INDENT = 4
BLANK_LINES_BEFORE_SIGNATURE = 2
SEAL_SIZE = 42.0
SEAL_CENTRE_ABOVE_DATE = 0.8 * LINE_PITCH

# The mark of a draft, in the upper margin.
DRAFT_MARK = "样稿"
DRAFT_MARK_TOP = 15.0

BLANK_AFTER_TITLE_OF_FORM = 1
CELL_PADDING = 2.0
TABLE_RULE = 0.2


class FontRole(StrEnum):
    """The typefaces of the standard, by role."""

    TITLE = "小标宋"
    BODY = "仿宋"
    HEADING_1 = "黑体"
    HEADING_2 = "楷体"
    SONG = "宋体"


# The names by which Word and WPS know the typefaces; a document names them, its reader's machine has them.
DOCX_FONTS = {
    FontRole.TITLE: "方正小标宋简体",
    FontRole.BODY: "仿宋_GB2312",
    FontRole.HEADING_1: "黑体",
    FontRole.HEADING_2: "楷体_GB2312",
    FontRole.SONG: "宋体",
}


class Align(StrEnum):
    """How the lines of a paragraph lie."""

    FILL = "fill"
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class StyleMeasures:
    """How a house style is set. Indents in characters, blank lines in lines of the grid."""

    font: FontRole = FontRole.BODY
    size: float = SIZE_BODY
    align: Align = Align.FILL
    first_indent: int = 0
    next_indent: int = 0
    left_indent: int = 0
    right_indent: int = 0
    blank_before: int = 0
    keep_with_next: bool = False


STYLE_MEASURES = {
    Style.LETTERHEAD: StyleMeasures(FontRole.TITLE, LETTERHEAD_LARGEST, Align.CENTRE),
    Style.LETTER_NUMBER: StyleMeasures(align=Align.RIGHT, keep_with_next=True),
    Style.NUMBER: StyleMeasures(align=Align.RIGHT, keep_with_next=True),
    Style.TITLE: StyleMeasures(
        FontRole.TITLE, SIZE_TITLE, Align.CENTRE, blank_before=2, keep_with_next=True
    ),
    Style.ADDRESSEE: StyleMeasures(blank_before=1, keep_with_next=True),
    Style.BODY: StyleMeasures(first_indent=2),
    # 7.3.3: 一、 in 黑体, （一） in 楷体, 1. and （1） in 仿宋.
    Style.HEADING_1: StyleMeasures(FontRole.HEADING_1, first_indent=2, keep_with_next=True),
    Style.HEADING_2: StyleMeasures(FontRole.HEADING_2, first_indent=2, keep_with_next=True),
    # 7.3.4: two characters in, the names under each other after 附件：1.
    Style.ATTACHMENT: StyleMeasures(left_indent=2, next_indent=4, blank_before=1),
    Style.SIGNATURE: StyleMeasures(
        align=Align.RIGHT, blank_before=BLANK_LINES_BEFORE_SIGNATURE, keep_with_next=True
    ),
    Style.DATE: StyleMeasures(align=Align.RIGHT),
    Style.NOTE: StyleMeasures(first_indent=2),
    Style.SLIP_TITLE: StyleMeasures(FontRole.TITLE, SIZE_TITLE, Align.CENTRE, keep_with_next=True),
    Style.COPY: StyleMeasures(size=SIZE_SMALL, left_indent=1, right_indent=1),
    Style.CELL_HEAD: StyleMeasures(FontRole.HEADING_1, SIZE_SMALL, Align.CENTRE),
    Style.CELL: StyleMeasures(size=SIZE_SMALL, align=Align.LEFT),
    Style.PAGE_NUMBER: StyleMeasures(FontRole.SONG, SIZE_SMALL, left_indent=1, right_indent=1),
    Style.DRAFT_MARK: StyleMeasures(FontRole.HEADING_1, SIZE_TITLE, Align.CENTRE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grid:
    """So many lines fill the text area from its top to its bottom."""

    lines: int = LINES_PER_PAGE

    @property
    def pitch(self) -> float:
        """Height of a line."""
        return TEXT_HEIGHT / self.lines

    def top(self, line: float) -> float:
        """Top of a line, counted from 0."""
        return MARGIN_TOP + line * self.pitch


# 7.3.5.4: where what is left of a page cannot take seal and date, the space between lines may be adjusted.
# With more lines the seal would touch the last line of the text.
GRID = Grid()
CLOSER_GRIDS = (Grid(23), Grid(24))
