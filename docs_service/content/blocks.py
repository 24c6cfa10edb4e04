"""What a paper says, in order: paragraphs that have a house style, and tables."""

from collections.abc import Iterator, Sequence
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
    SLIP_TITLE = "回执标题"
    CELL_HEAD = "表格栏目"
    CELL = "表格文字"
    PAGE_NUMBER = "页码"
    DRAFT_MARK = "样稿标记"


TITLE_STYLES = frozenset({Style.TITLE, Style.SLIP_TITLE})
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
    """A cell of a table. `columns` is how many columns it spans."""

    paragraphs: tuple[Paragraph, ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the widths of its columns in millimetres. The first row of one with a head is repeated on
    each page; a form has none.
    """

    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    has_head: bool = True


Block = Paragraph | Table


def columns_of(cells: Sequence[Cell], widths: Sequence[float]) -> Iterator[Sequence[float]]:
    """The widths of the columns that each cell of a row spans."""
    at = 0
    for cell in cells:
        yield widths[at : at + cell.columns]
        at += cell.columns


def paragraphs_of(blocks: tuple[Block, ...]) -> tuple[Paragraph, ...]:
    """Every paragraph in reading order, those of tables row by row."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            found.extend(p for row in block.rows for cell in row.cells for p in cell.paragraphs)
    return tuple(found)
