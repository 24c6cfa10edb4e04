"""The styles, page and running parts of a .docx, from the measures of GB/T 9704-2012."""

import math

from docs_service.catalogue import PageLayout
from docs_service.content import Style
from docs_service.layout import measures as m
from docs_service.writers.package import xml_part

W_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
STYLE_IDS = {style: f"Hy{style.name.title().replace('_', '')}" for style in Style}

# 22 lines of 579 twips are a hair less than 225 mm, so that the last line is never pushed to the next page.
LINE_TWIPS = int(m.LINE_PITCH * 1440 / 25.4)
# A 3号 character is set closer by a hair more than 28 in a line ask for, in twentieths of a point. The style
# does it and not the document's grid, which each program reads in its own way.
_CHARACTER_SPACE = math.floor((m.CHARACTER_PITCH / m.MM_PER_POINT - m.SIZE_BODY) * 20)

_JUSTIFICATION = {
    m.Align.FILL: "both",
    m.Align.LEFT: "left",
    m.Align.CENTRE: "center",
    m.Align.RIGHT: "right",
}
_NUMBER_SPACE_BEFORE = 7 / 8 * m.SIZE_BODY - (m.LINE_PITCH / m.MM_PER_POINT - m.SIZE_BODY) / 2
_ON_LINES_OF_OWN_SIZE = {Style.LETTERHEAD, Style.PAGE_NUMBER, Style.DRAFT_MARK}


def twips(mm: float) -> int:
    """A length in twentieths of a point."""
    return round(mm * 1440 / 25.4)


def styles_part(layout: PageLayout) -> bytes:
    """word/styles.xml: the document defaults and every house style by its Chinese name."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(m.FontRole.BODY)}"
        f'<w:kern w:val="0"/>{_size(m.SIZE_BODY)}<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault>"
        "<w:pPrDefault/></w:docDefaults>"
    )
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f'<w:pPr><w:spacing w:line="{LINE_TWIPS}" w:lineRule="exact"/></w:pPr></w:style>'
    )
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    styles = "".join(_style(style, layout) for style in Style)
    return xml_part(f"<w:styles {W_NAMESPACES}>{defaults}{normal}{table}{styles}</w:styles>")


def _fonts(role: m.FontRole) -> str:
    name = m.DOCX_FONTS[role]
    return (
        f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _style(style: Style, layout: PageLayout) -> str:
    measures = m.STYLE_MEASURES[style]
    colour = f'<w:color w:val="{m.RED[1:].upper()}"/>' if style is Style.LETTERHEAD else ""
    pitch = f'<w:spacing w:val="{_CHARACTER_SPACE}"/>' if measures.size == m.SIZE_BODY else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{STYLE_IDS[style]}">'
        f'<w:name w:val="{style}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{_paragraph_properties(style, measures, layout)}</w:pPr>"
        f"<w:rPr>{_fonts(measures.font)}{colour}{pitch}{_size(measures.size)}</w:rPr></w:style>"
    )


def _paragraph_properties(style: Style, measures: m.StyleMeasures, layout: PageLayout) -> str:
    """In the order that the schema of WordprocessingML wants."""
    keep = "<w:keepNext/>" if measures.keep_with_next else ""
    page_break = "<w:pageBreakBefore/>" if style is Style.SLIP_TITLE else ""
    line = round(measures.size * 20) if style in _ON_LINES_OF_OWN_SIZE else LINE_TWIPS
    before = measures.blank_before * LINE_TWIPS
    if style is Style.TITLE and layout is PageLayout.NOTICE:
        before = LINE_TWIPS
    if style is Style.LETTER_NUMBER:
        before = round(_NUMBER_SPACE_BEFORE * 20)
    if style is Style.ATTACHMENT:
        before = 0
    return (
        f'{keep}{page_break}{frame(style)}<w:widowControl w:val="0"/>{_borders(style, layout)}'
        '<w:kinsoku/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:spacing w:before="{before}" w:after="0" w:line="{line}" w:lineRule="exact"/>'
        f'{_indents(measures)}<w:jc w:val="{_JUSTIFICATION[measures.align]}"/>'
    )


def _indents(measures: m.StyleMeasures) -> str:
    pitch = m.CHARACTER_PITCH if measures.size == m.SIZE_BODY else measures.size * m.MM_PER_POINT
    left, right = twips(measures.left_indent * pitch), twips(measures.right_indent * pitch)
    if measures.next_indent:
        hanging = twips(measures.next_indent * pitch)
        return f'<w:ind w:left="{left + hanging}" w:right="{right}" w:hanging="{hanging}"/>'
    first = twips(measures.first_indent * pitch)
    chars = f'w:firstLineChars="{measures.first_indent * 100}" ' if first else ""
    return f'<w:ind w:left="{left}" w:right="{right}" {chars}w:firstLine="{first}"/>'


def frame(style: Style) -> str:
    """The frame of a paragraph that stands at its own place on the page. The paragraph carries it beside its
    style: LibreOffice does not take it from there.
    """
    if style is Style.LETTERHEAD:
        return (
            f'<w:framePr w:w="{twips(m.LETTER_RULE_WIDTH)}" w:wrap="notBeside" w:vAnchor="page" '
            f'w:hAnchor="page" w:xAlign="center" w:y="{twips(m.LETTERHEAD_TOP)}"/>'
        )
    if style is Style.COPY:
        return (
            f'<w:framePr w:w="{twips(m.TEXT_WIDTH)}" w:wrap="notBeside" w:vAnchor="margin" '
            'w:hAnchor="margin" w:xAlign="left" w:yAlign="bottom"/>'
        )
    return ""


def _borders(style: Style, layout: PageLayout) -> str:
    if style is Style.LETTERHEAD:
        space = round(m.LETTER_RULE_GAP / m.MM_PER_POINT)
        return f"<w:pBdr>{_border('bottom', 'thickThinSmallGap', space)}</w:pBdr>"
    if style is Style.COPY and layout is PageLayout.NOTICE:
        size = round(m.IMPRINT_RULE / m.MM_PER_POINT * 8)
        edges = (
            f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
            for edge in ("top", "bottom")
        )
        return f"<w:pBdr>{''.join(edges)}</w:pBdr>"
    return ""


def _border(edge: str, kind: str, space: int) -> str:
    return f'<w:{edge} w:val="{kind}" w:sz="24" w:space="{space}" w:color="{m.RED[1:].upper()}"/>'


def section(layout: PageLayout, references: str) -> str:
    """The section of a paper: A4, the text area, the grid of 22 lines."""
    bottom = m.LETTER_RULE_FROM_BOTTOM if layout is PageLayout.LETTER else _number_bottom()
    title_page = "<w:titlePg/>" if layout is PageLayout.LETTER else ""
    return (
        f"<w:sectPr>{references}"
        f'<w:pgSz w:w="{twips(m.PAGE_WIDTH)}" w:h="{twips(m.PAGE_HEIGHT)}"/>'
        f'<w:pgMar w:top="{twips(m.MARGIN_TOP)}" w:right="{twips(m.MARGIN_RIGHT)}" '
        f'w:bottom="{twips(m.MARGIN_BOTTOM)}" w:left="{twips(m.MARGIN_LEFT)}" '
        f'w:header="{twips(m.DRAFT_MARK_TOP)}" w:footer="{twips(bottom)}" w:gutter="0"/>'
        f'{title_page}<w:docGrid w:type="lines" w:linePitch="{LINE_TWIPS}"/></w:sectPr>'
    )


def _number_bottom() -> float:
    """From the page's lower edge to the foot of the page number."""
    number = m.PAGE_NUMBER_DROP + m.SIZE_SMALL * m.MM_PER_POINT
    return m.PAGE_HEIGHT - m.MARGIN_TOP - m.TEXT_HEIGHT - number


def header_part() -> bytes:
    """A header: the mark of a draft where the paper is one."""
    text = f"{{% if draft %}}{m.DRAFT_MARK}{{% endif %}}"
    return xml_part(
        f'<w:hdr {W_NAMESPACES}><w:p><w:pPr><w:pStyle w:val="{STYLE_IDS[Style.DRAFT_MARK]}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:hdr>'
    )


def number_footer_part(layout: PageLayout, side: str) -> bytes:
    """A footer with the page number at a side, "right" of odd pages and "left" of even ones (7.5)."""
    after = twips(_number_bottom() - m.LETTER_RULE_FROM_BOTTOM) if layout is PageLayout.LETTER else 0
    line = round(m.SIZE_SMALL * 20)
    return xml_part(
        f'<w:ftr {W_NAMESPACES}><w:p><w:pPr><w:pStyle w:val="{STYLE_IDS[Style.PAGE_NUMBER]}"/>'
        f'<w:spacing w:before="0" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'
        f'<w:jc w:val="{side}"/></w:pPr>'
        '<w:r><w:t xml:space="preserve">— </w:t></w:r>'
        '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def rule_footer_part() -> bytes:
    """The footer of a letter's first page: the lower red double rule, 170 mm wide (10.1)."""
    left = twips((m.PAGE_WIDTH - m.LETTER_RULE_WIDTH) / 2 - m.MARGIN_LEFT)
    right = twips((m.PAGE_WIDTH - m.LETTER_RULE_WIDTH) / 2 - m.MARGIN_RIGHT)
    return xml_part(
        f"<w:ftr {W_NAMESPACES}><w:p><w:pPr><w:pBdr>{_border('bottom', 'thinThickSmallGap', 0)}</w:pBdr>"
        '<w:spacing w:before="0" w:after="0" w:line="40" w:lineRule="exact"/>'
        f'<w:ind w:left="{left}" w:right="{right}"/></w:pPr></w:p></w:ftr>'
    )


def settings_part() -> bytes:
    """word/settings.xml: odd and even pages differ, punctuation is compressed, Word 2013 layout."""
    return xml_part(
        f"<w:settings {W_NAMESPACES}><w:evenAndOddHeaders/>"
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )
