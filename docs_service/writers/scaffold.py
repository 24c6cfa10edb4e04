"""Makes a template.docx from an outline: `python -m docs_service.writers.scaffold B03` (or all papers).

The template that comes out is then the source: it may be opened in Word or WPS and edited. The outline
beside it is its readable text, and a test keeps the two alike.
"""

import sys
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import yaml

from docs_service.catalogue import CATALOGUE_FOLDER, PageLayout
from docs_service.content import Block, Cell, Paragraph, Row, Style, Table, columns_of, parse_outline
from docs_service.layout import measures as m
from docs_service.layout import place_signature, seal_top
from docs_service.seals import EMPTY_SLOT, slot_picture
from docs_service.writers import docx_styles as styles
from docs_service.writers.package import (
    CONTENT_TYPES_PART,
    ROOT_RELATIONS_PART,
    app_properties,
    content_types,
    office_relation,
    properties,
    relations,
    root_relations,
    write_package,
    xml_part,
)

SEAL_PART = "word/media/seal.png"
_SEAL_NAME = "印章位"
_EMU_PER_MM = 36_000
_DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
# A date and a name of common length, for where the slot stands until a paper is filled.
_USUAL_DATE, _USUAL_NAME = 6.5 * m.CHARACTER_PITCH, 8 * m.CHARACTER_PITCH


def scaffold(outline: str, title: str, layout: PageLayout) -> bytes:
    """A template with the house styles, the page and the seal slot, saying what the outline says."""
    running = _running_parts(layout)
    kinds = tuple((kind, name) for kind, name, _, _ in running)
    targets = (
        (office_relation("styles"), "styles.xml"),
        (office_relation("settings"), "settings.xml"),
        (office_relation("image"), "media/seal.png"),
        *((office_relation(kind), name) for kind, name in kinds),
    )
    body = "".join(_block(block) for block in parse_outline(outline))
    references = "".join(
        f'<w:{kind}Reference w:type="{when}" r:id="rId{at}"/>'
        for at, (kind, _, when, _) in enumerate(running, 4)
    )
    document = (
        f"<w:document {styles.W_NAMESPACES} {_DRAWING}><w:body>{body}{styles.section(layout, references)}"
        "</w:body></w:document>"
    )
    return write_package(
        {
            CONTENT_TYPES_PART: content_types({f"word/{name}": kind for kind, name in kinds}),
            ROOT_RELATIONS_PART: root_relations(),
            "word/document.xml": xml_part(document),
            "word/_rels/document.xml.rels": relations(targets),
            "word/styles.xml": styles.styles_part(layout),
            "word/settings.xml": styles.settings_part(),
            SEAL_PART: slot_picture(EMPTY_SLOT),
            **{f"word/{name}": content for _, name, _, content in running},
            **app_properties(),
            **properties(title, "", date(2022, 5, 1), {}),
        }
    )


def _running_parts(layout: PageLayout) -> list[tuple[str, str, str, bytes]]:
    """Kind, name, pages and content of each header and footer."""
    parts = [
        ("header", "header1.xml", "default", styles.header_part()),
        ("header", "header2.xml", "even", styles.header_part()),
        ("footer", "footer1.xml", "default", styles.number_footer_part(layout, "right")),
        ("footer", "footer2.xml", "even", styles.number_footer_part(layout, "left")),
    ]
    if layout is PageLayout.LETTER:
        parts += [
            ("header", "header3.xml", "first", styles.header_part()),
            ("footer", "footer3.xml", "first", styles.rule_footer_part()),
        ]
    return parts


def _block(block: Block) -> str:
    return _paragraph(block) if isinstance(block, Paragraph) else _table(block)


def _paragraph(paragraph: Paragraph) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in paragraph.text.split("\n"))
    slot = _seal_slot() if paragraph.has_seal_slot else ""
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{styles.STYLE_IDS[paragraph.style]}"/>'
        f"{styles.frame(paragraph.style)}</w:pPr>"
        f"{slot}<w:r>{'<w:br/>'.join(lines)}</w:r></w:p>"
    )


def _table(table: Table) -> str:
    grid = "".join(f'<w:gridCol w:w="{styles.twips(width)}"/>' for width in table.widths)
    edge = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    borders = "".join(edge.format(name) for name in ("top", "left", "bottom", "right", "insideH", "insideV"))
    padding = styles.twips(m.CELL_PADDING)
    margins = "".join(f'<w:{side} w:w="{padding}" w:type="dxa"/>' for side in ("left", "right"))
    rows = "".join(
        _row(row, table.widths, is_header=at == 0 and table.has_head) for at, row in enumerate(table.rows)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{styles.twips(sum(table.widths))}" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(row: Row, widths: tuple[float, ...], *, is_header: bool) -> str:
    free = len(widths) - sum(cell.columns for cell in row.cells)
    padded = (*row.cells, *(Cell((Paragraph(Style.CELL, ""),)) for _ in range(free)))
    cells = "".join(
        _cell(cell, sum(columns)) for cell, columns in zip(padded, columns_of(padded, widths), strict=True)
    )
    header = "<w:tblHeader/>" if is_header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{cells}</w:tr>"


def _cell(cell: Cell, width: float) -> str:
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    content = "".join(map(_paragraph, cell.paragraphs))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{styles.twips(width)}" w:type="dxa"/>{span}'
        f'<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
    )


def _seal_slot() -> str:
    """The anchored dummy picture over signature and date, whose file is changed for the seal."""
    size = round(m.SEAL_SIZE * _EMU_PER_MM)
    x = round(place_signature(_USUAL_NAME, _USUAL_DATE).seal_x(m.SEAL_SIZE) * _EMU_PER_MM)
    y = round(seal_top(0, m.SEAL_SIZE) * _EMU_PER_MM)
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        'relativeHeight="251658240" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{x}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{y}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{size}" cy="{size}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="1" name="{_SEAL_NAME}" descr="{_SEAL_NAME}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="1" name="{_SEAL_NAME}"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:embed="rId3"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></w:r>"
    )


def scaffold_paper(folder: Path) -> None:
    """Write a paper's template.docx from its template.txt."""
    paper = yaml.safe_load((folder / "paper.yaml").read_text(encoding="utf-8"))
    outline = (folder / "template.txt").read_text(encoding="utf-8")
    (folder / "template.docx").write_bytes(scaffold(outline, paper["title"], PageLayout(paper["layout"])))


if __name__ == "__main__":
    for code in sys.argv[1:] or sorted(path.parent.name for path in CATALOGUE_FOLDER.glob("*/template.txt")):
        scaffold_paper(CATALOGUE_FOLDER / code)
