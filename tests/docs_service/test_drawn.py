"""Pages drawn straight into a PDF: what the papers of the catalogue do not show."""

import io
import re
from dataclasses import replace

import pikepdf

from docs_service.content import Paragraph, Style
from docs_service.layout.fonts import installed_fonts
from docs_service.layout.measures import GRID, MARGIN_LEFT
from docs_service.layout.pages import Page, PlacedLine, TextBlock
from docs_service.layout.setting import Typesetter
from docs_service.writers.pdf.about import About
from docs_service.writers.pdf.drawn import write_pdf

ABOUT = About("试", "甲", "ab" * 32, {})


def block_of(text, style=Style.BODY):
    paragraph = Typesetter(installed_fonts()).set(Paragraph(style, text))
    lines = tuple(
        PlacedLine(MARGIN_LEFT + x, GRID.top(at), GRID.pitch, line)
        for at, (x, line) in enumerate(paragraph.lines)
    )
    return TextBlock(style, paragraph.size, lines)


def drawn(*pages):
    return pikepdf.open(io.BytesIO(write_pdf(pages, ABOUT, installed_fonts())))


def test_characters_drawn_alike_keep_their_own_text():
    """黑体 has one glyph for three dots; a code can stand for one character only."""
    with drawn(Page((block_of("甲·乙", Style.HEADING_1), block_of("丙•丁・戊", Style.HEADING_1)))) as pdf:
        (font,) = pdf.pages[0].Resources.Font.values()
        mapped = re.findall(rb"^<(\w{4})><(\w+)>$", font.ToUnicode.read_bytes(), re.MULTILINE)
        assert len({code for code, _ in mapped}) == len(mapped)
        assert {bytes.fromhex(text.decode()).decode("utf-16-be") for _, text in mapped} == set("甲·乙丙丁戊")
        spans = [
            str(operands[1].ActualText)
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) == "BDC" and "/ActualText" in operands[1]
        ]
        assert "".join(spans) == "丙•丁・戊"


def test_a_paragraph_on_two_pages_is_one_paragraph():
    whole = block_of("信" * 27 + "访" * 20)
    first, rest = (replace(whole, lines=(line,)) for line in whole.lines)
    pages = (
        Page((block_of("题", Style.TITLE), first)),
        Page((replace(rest, continues=True), block_of("办"))),
    )
    with drawn(*pages) as pdf:
        root = pdf.Root.StructTreeRoot
        title, parted, last = root.K[0].K
        assert [str(element.S) for element in (title, parted, last)] == ["/H1", "/P", "/P"]
        here, there = parted.K
        assert here == 1
        assert (there.Type, there.MCID) == ("/MCR", 0)
        assert there.Pg == pdf.pages[1].obj
        owners = [[element.objgen for element in page] for page in list(root.ParentTree.Nums)[1::2]]
        assert owners == [[title.objgen, parted.objgen], [parted.objgen, last.objgen]]
