"""The readable text of a template: one paragraph a line, its style in front.

    [公文正文] 请于{{ reply_by }}前报送。
    {%p if copy_to %}
    [表格] 16 48 92
    | 表格栏目：序号 | 表格文字：{{ case_no }} |
    [表单] 28 64 64
    | 表格栏目：事由 | 表格文字×2：{{ matter }} |

A table has a head that is repeated on each page; a form has none. ×2 is a cell that spans two columns.

An outline is kept beside each template, so that a change of a .docx shows in a diff, and is what a new
template is made from.
"""

import re
from dataclasses import replace

from docs_service.content.blocks import CELL_STYLES, Block, Cell, Paragraph, Row, Style, Table
from docs_service.content.findings import Finding
from docs_service.content.ooxml import DOCUMENT_PART, STYLES_PART, parse_part, style_names
from docs_service.content.reader import read_document
from docs_service.content.template import open_template
from service_kit.problems import Problem, RefusedError

SEAL_SLOT = "〈印章〉"
LINE_BREAK = "↵"

_TABLE = "[表格] "
_FORM = "[表单] "
_SPAN = "×"

_PARAGRAPH = re.compile(r"\[(?P<style>[^\]]+)\] (?P<text>.*)")
_PARAGRAPH_TAG = re.compile(r"\{%p .*%\}")
# A bar before a style; one inside of a tag is a filter's.
_CELL_EDGE = re.compile(rf" \| (?=(?:{'|'.join(CELL_STYLES)})(?:×[0-9]+)?：)")
_ROW_TAG = re.compile(r"\{%tr .*%\}")


def outline_of(template: bytes) -> str:
    """The outline of a .docx template."""
    parts = open_template(template)
    styles = style_names(parts[STYLES_PART])
    blocks = read_document(parse_part(parts[DOCUMENT_PART]), styles).blocks
    return "".join(f"{line}\n" for block in blocks for line in _lines(block))


def _lines(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [_paragraph_line(block)]
    kind = _TABLE if block.has_head else _FORM
    head = f"{kind}{' '.join(f'{width:g}' for width in block.widths)}"
    return [head, *(_row_line(row) for row in block.rows)]


def _paragraph_line(paragraph: Paragraph) -> str:
    if _PARAGRAPH_TAG.fullmatch(paragraph.text):
        return paragraph.text
    text = paragraph.text.replace("\n", LINE_BREAK)
    return f"[{paragraph.style}] {text}{SEAL_SLOT if paragraph.has_seal_slot else ''}"


def _row_line(row: Row) -> str:
    first = row.cells[0].paragraphs[0].text
    if _ROW_TAG.fullmatch(first):
        return first
    return f"| {' | '.join(map(_cell_words, row.cells))} |"


def _cell_words(cell: Cell) -> str:
    span = f"{_SPAN}{cell.columns}" if cell.columns > 1 else ""
    first, *others = cell.paragraphs
    words = [f"{first.style}{span}：{first.text}", *(f"{p.style}：{p.text}" for p in others)]
    return LINE_BREAK.join(words)


def parse_outline(text: str) -> tuple[Block, ...]:
    """The blocks of an outline. Raises RefusedError with every line that is none."""
    blocks: list[Block] = []
    wrong: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            _parse_line(line, blocks)
        except ValueError:
            wrong.append(Finding.OUTLINE_LINE.at(f"第 {number} 行", text=line[:40]))
    if wrong:
        raise RefusedError(wrong)
    return tuple(blocks)


def _parse_line(line: str, blocks: list[Block]) -> None:
    """Add what the line says to the blocks. Raises ValueError where it says nothing."""
    if line.startswith((_TABLE, _FORM)):
        widths = tuple(float(width) for width in line.split("] ")[1].split())
        blocks.append(Table(widths, (), has_head=line.startswith(_TABLE)))
    elif line.startswith("|") or _ROW_TAG.fullmatch(line):
        table = blocks[-1] if blocks else None
        if not isinstance(table, Table):
            raise ValueError(line)
        blocks[-1] = replace(table, rows=(*table.rows, _parse_row(line)))
    elif _PARAGRAPH_TAG.fullmatch(line):
        blocks.append(Paragraph(Style.BODY, line))
    elif match := _PARAGRAPH.fullmatch(line):
        blocks.append(_parse_paragraph(Style(match["style"]), match["text"]))
    else:
        raise ValueError(line)


def _parse_paragraph(style: Style, text: str) -> Paragraph:
    has_seal_slot = text.endswith(SEAL_SLOT)
    return Paragraph(style, text.removesuffix(SEAL_SLOT).replace(LINE_BREAK, "\n"), has_seal_slot)


def _parse_row(line: str) -> Row:
    if _ROW_TAG.fullmatch(line):
        return Row((Cell((Paragraph(Style.CELL, line),)),))
    cells = []
    for cell in _CELL_EDGE.split(line.strip("| ")):
        paragraphs = []
        columns = 1
        for words in cell.strip(" ").split(LINE_BREAK):
            style, _, text = words.partition("：")
            name, _, span = style.partition(_SPAN)
            columns = max(columns, int(span or "1"))
            paragraphs.append(Paragraph(Style(name), text))
        cells.append(Cell(tuple(paragraphs), columns))
    return Row(tuple(cells))
