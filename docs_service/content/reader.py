"""Reads the declared subset of a document into blocks, and says what lies outside of it, with its place.

The subset: paragraphs that have a house style, runs of plain text with line breaks, tables whose cells
span columns but not rows, and one anchored picture that is the seal slot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from docs_service.content.blocks import CELL_STYLES, RUNNING_STYLES, Block, Cell, Paragraph, Row, Style, Table
from docs_service.content.findings import Finding
from docs_service.content.ooxml import TWIPS_PER_MM, parse_part, style_id, w
from service_kit.problems import Problem, RefusedError

_SILENT = frozenset(map(w, ("proofErr", "bookmarkStart", "bookmarkEnd", "sectPr", "permStart", "permEnd")))
_PLAIN_PARAGRAPH = frozenset(
    map(w, ("pStyle", "rPr", "sectPr", "widowControl", "adjustRightInd", "snapToGrid"))
)
_PLAIN_RUN = frozenset(map(w, ("rFonts", "lang", "noProof", "rStyle")))
# What stands at its own place on the page carries its frame beside its style, as some editors need it.
_FRAMED = frozenset({Style.LETTERHEAD, Style.COPY})
_FORMATTING = {
    "b": "加粗", "i": "斜体", "u": "下划线", "color": "颜色", "sz": "字号", "szCs": "字号",
    "highlight": "突出显示", "strike": "删除线", "vertAlign": "上下标", "spacing": "间距",
    "ind": "缩进", "jc": "对齐", "numPr": "自动编号", "tabs": "制表位", "pBdr": "边框", "shd": "底纹",
    "framePr": "图文框", "outlineLvl": "大纲级别",
}  # fmt: skip
_ELEMENTS = {
    "tab": "制表符", "drawing": "图片", "object": "嵌入对象", "pict": "图形", "hyperlink": "超链接",
    "ins": "修订", "del": "修订", "commentReference": "批注", "footnoteReference": "脚注",
    "sdt": "内容控件", "fldChar": "域", "fldSimple": "域", "sym": "符号", "smartTag": "智能标记",
    "AlternateContent": "图形", "tbl": "嵌套表格",
}  # fmt: skip


@dataclass(slots=True)
class Reading:
    """The blocks of a document and the findings about it."""

    blocks: list[Block] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def read_blocks(document: bytes, styles: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks of a filled document. Raises RefusedError where it goes outside of the subset."""
    reading = read_document(parse_part(document), styles)
    if reading.findings:
        raise RefusedError(reading.findings)
    return tuple(reading.blocks)


def read_document(root: etree._Element, styles: Mapping[str, str]) -> Reading:
    """Read a document's body; styles gives the names of the styles by id."""
    reading = Reading()
    body = root.find(w("body"))
    paragraphs = tables = 0
    for element in [] if body is None else body:
        if element.tag == w("p"):
            paragraphs += 1
            reading.blocks.append(_paragraph(element, styles, f"第 {paragraphs} 段", reading.findings))
        elif element.tag == w("tbl"):
            tables += 1
            place = "表格" if tables == 1 else f"第 {tables} 个表格"
            reading.blocks.append(_table(element, styles, place, reading.findings))
        elif element.tag not in _SILENT and isinstance(element.tag, str):
            reading.findings.append(_unsupported(element, f"第 {paragraphs} 段之后"))
    return reading


def _unsupported(element: etree._Element, place: str) -> Problem:
    name = etree.QName(element).localname
    return Finding.TEMPLATE_ELEMENT.at(place, what=_ELEMENTS.get(name, name))


def _paragraph(
    element: etree._Element,
    styles: Mapping[str, str],
    place: str,
    findings: list[Problem],
    in_cell: bool = False,
) -> Paragraph:
    allowed = CELL_STYLES if in_cell else frozenset(Style) - CELL_STYLES - RUNNING_STYLES
    name = styles.get(style_id(element), "正文")
    if name not in allowed:
        known = "、".join(style for style in Style if style in allowed)
        findings.append(Finding.TEMPLATE_STYLE.at(place, name=name, known=known))
    style = Style(name) if name in allowed else Style.CELL if in_cell else Style.BODY
    plain = _PLAIN_PARAGRAPH | {w("framePr")} if style in _FRAMED else _PLAIN_PARAGRAPH
    findings.extend(_formatting(element.find(w("pPr")), plain, place))
    text: list[str] = []
    has_seal_slot = False
    for run in element:
        if run.tag == w("r"):
            findings.extend(_formatting(run.find(w("rPr")), _PLAIN_RUN, place))
            for piece in run:
                if (
                    piece.tag == w("drawing")
                    and piece.find(".//{*}anchor") is not None
                    and style is Style.DATE
                ):
                    has_seal_slot = True
                else:
                    text.append(_piece(piece, place, findings))
        elif run.tag != w("pPr") and run.tag not in _SILENT and isinstance(run.tag, str):
            findings.append(_unsupported(run, place))
    return Paragraph(style, "".join(text), has_seal_slot)


def _piece(piece: etree._Element, place: str, findings: list[Problem]) -> str:
    if piece.tag == w("t"):
        return piece.text or ""
    if piece.tag == w("br") and piece.get(w("type")) in (None, "textWrapping"):
        return "\n"
    if piece.tag not in (w("rPr"), w("lastRenderedPageBreak")) and isinstance(piece.tag, str):
        findings.append(_unsupported(piece, place))
    return ""


def _formatting(properties: etree._Element | None, plain: frozenset[str], place: str) -> Iterator[Problem]:
    names = [
        etree.QName(element).localname
        for element in ([] if properties is None else properties)
        if element.tag not in plain
    ]
    for what in dict.fromkeys(_FORMATTING.get(name) for name in names):
        if what:
            yield Finding.TEMPLATE_FORMATTING.at(place, what=what)


def _table(element: etree._Element, styles: Mapping[str, str], place: str, findings: list[Problem]) -> Table:
    columns = element.iterfind(f"{w('tblGrid')}/{w('gridCol')}")
    widths = tuple(round(int(column.get(w("w"), "0")) / TWIPS_PER_MM, 1) for column in columns)
    rows: list[Row] = []
    for at, row in enumerate(element.iterfind(w("tr")), 1):
        cells = [
            _cell(cell, styles, f"{place}第 {at} 行第 {cell_at} 格", findings)
            for cell_at, cell in enumerate(row.iterfind(w("tc")), 1)
        ]
        if sum(cell.columns for cell in cells) != len(widths):
            findings.append(Finding.TEMPLATE_ELEMENT.at(f"{place}第 {at} 行", what="格数与列数不同"))
        rows.append(Row(tuple(cells)))
    has_head = element.find(f"{w('tr')}/{w('trPr')}/{w('tblHeader')}") is not None
    return Table(widths, tuple(rows), has_head)


def _cell(element: etree._Element, styles: Mapping[str, str], place: str, findings: list[Problem]) -> Cell:
    if element.find(f"{w('tcPr')}/{w('vMerge')}") is not None:
        findings.append(Finding.TEMPLATE_ELEMENT.at(place, what="上下合并的单元格"))
    span = element.find(f"{w('tcPr')}/{w('gridSpan')}")
    paragraphs: list[Paragraph] = []
    for child in element:
        if child.tag == w("p"):
            paragraphs.append(_paragraph(child, styles, place, findings, in_cell=True))
        elif child.tag != w("tcPr") and child.tag not in _SILENT and isinstance(child.tag, str):
            findings.append(_unsupported(child, place))
    return Cell(tuple(paragraphs), 1 if span is None else int(span.get(w("val"), "1")))
