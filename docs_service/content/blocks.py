"""What a paper says, in order: paragraphs that have a house style, and tables."""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """The house styles, by the names that Word and WPS show."""

    LETTERHEAD = "发文机关标志"
    LETTER_NUMBER = "发文字号"
    NUMBER = "编号"
    TITLE = "公文标题"
    ADDRESSEE = "主送机关"
    BODY = "公文正文"
    HEADING_1 = "一级标题"
    HEADING_2 = "二级标题"
    ATTACHMENT = "附件说明"
    SIGNATURE = "署名"
    DATE = "成文日期"
    NOTE = "附注"
    COPY = "抄送"
    CELL_HEAD = "表格栏目"
    CELL = "表格文字"
    PAGE_NUMBER = "页码"
    DRAFT_MARK = "样稿标记"


CELL_STYLES = frozenset({Style.CELL_HEAD, Style.CELL})
RUNNING_STYLES = frozenset({Style.PAGE_NUMBER, Style.DRAFT_MARK})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. A line break in the text is one the template asks for."""

    style: Style
    text: str
    has_seal_slot: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the widths of its columns in millimetres. Its first row is repeated on each page."""

    widths: tuple[float, ...]
    rows: tuple[Row, ...]


Block = Paragraph | Table


def paragraphs_of(blocks: tuple[Block, ...]) -> tuple[Paragraph, ...]:
    """Every paragraph in reading order, those of tables row by row."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            found.extend(p for row in block.rows for cell in row.cells for p in cell.paragraphs)
    return tuple(found)
