"""From the blocks of a paper to composed pages."""

from dataclasses import dataclass, replace
from itertools import groupby

from docs_service.catalogue import PageLayout
from docs_service.content import (
    TITLE_STYLES,
    Block,
    Finding,
    Paragraph,
    Row,
    Style,
    Table,
    columns_of,
    paragraphs_of,
)
from docs_service.layout.flow import Band, BlankBand, PageBands, RowBand, TextBand, flow, lines_of
from docs_service.layout.fonts import FontSet
from docs_service.layout.furniture import draft_mark, imprint, letter_rules, letterhead, page_number
from docs_service.layout.measures import (
    BLANK_AFTER_TITLE_OF_FORM,
    CELL_PADDING,
    LINES_PER_PAGE,
    MARGIN_LEFT,
    STYLE_MEASURES,
    TABLE_RULE,
    Grid,
)
from docs_service.layout.pages import (
    CellPlace,
    Dress,
    Page,
    Picture,
    PictureKind,
    PlacedLine,
    Rule,
    TextBlock,
)
from docs_service.layout.setting import MissingGlyph, SetParagraph, Typesetter
from docs_service.layout.signature import SignaturePlace, closer_grids, place_signature, seal_top
from service_kit.problems import RefusedError

_TAIL_STYLES = frozenset({Style.SIGNATURE, Style.DATE, Style.NOTE})
# A row is never parted, and the head of its table stands above it.
_TALLEST_ROW = LINES_PER_PAGE - 2
# A notice has no red rule: one blank line parts its number from its title.
_BLANK_BEFORE_TITLE_OF_NOTICE = 1


@dataclass(frozen=True, slots=True)
class Composition:
    """The pages of a paper, and the characters for which no font has a glyph."""

    pages: tuple[Page, ...]
    missing: tuple[MissingGlyph, ...]


def compose_pages(blocks: tuple[Block, ...], layout: PageLayout, dress: Dress, fonts: FontSet) -> Composition:
    """Compose a paper on the grid of GB/T 9704-2012 (letter: 10.1; notice: the same without red head)."""
    setter = Typesetter(fonts)
    composer = _PaperComposer(layout, dress, setter)
    pages = composer.compose(blocks)
    return Composition(pages, tuple(dict.fromkeys(setter.missing)))


def missing_glyphs(blocks: tuple[Block, ...], fonts: FontSet) -> tuple[MissingGlyph, ...]:
    """The characters for which no font has a glyph, without composing anything."""
    found: dict[MissingGlyph, None] = {}
    for paragraph in paragraphs_of(blocks):
        faces = fonts.roles[STYLE_MEASURES[paragraph.style].font]
        for character in dict.fromkeys(paragraph.text):
            if character != "\n" and faces.face_of(character) is None:
                found[MissingGlyph(character, faces.role, paragraph.style)] = None
    return tuple(found)


class _PaperComposer:
    """Composes one paper."""

    def __init__(self, layout: PageLayout, dress: Dress, setter: Typesetter) -> None:
        self._layout = layout
        self._dress = dress
        self._setter = setter
        self._signature_width = 0.0
        self._signature: SignaturePlace | None = None
        self._seal_slot = False

    def compose(self, blocks: tuple[Block, ...]) -> tuple[Page, ...]:
        body, tail, copies, head, slip = self._sort(blocks)
        foot = [self._setter.set(paragraph) for paragraph in copies]
        foot_lines = sum(len(paragraph.lines) for paragraph in foot)
        first_line = 1 if head else 0
        letter = flow(
            self._bands(body), self._bands(tail), foot_lines, first_line, closer_grids(self._dress.seal_side)
        )
        pages = letter + (flow(self._bands(slip), [], 0, 0) if slip else [])
        return tuple(
            self._page(bands, at, head if at == 0 else None, foot if at == len(letter) - 1 else [])
            for at, bands in enumerate(pages)
        )

    def _sort(
        self, blocks: tuple[Block, ...]
    ) -> tuple[list[Block], list[Block], list[Paragraph], SetParagraph | None, list[Block]]:
        """Body, signature and what follows it, 版记, mark of the issuer, and the slip to be sent back."""
        body: list[Block] = []
        tail: list[Block] = []
        copies: list[Paragraph] = []
        head: SetParagraph | None = None
        slip: list[Block] = []
        for block in blocks:
            if slip or (isinstance(block, Paragraph) and block.style is Style.SLIP_TITLE):
                slip.append(block)
            elif isinstance(block, Table):
                body.append(block)
            elif block.style is Style.LETTERHEAD:
                head = self._setter.set(block)
            elif block.style is Style.COPY:
                copies.append(block)
            else:
                (tail if block.style in _TAIL_STYLES else body).append(block)
        return body, tail, copies, head, slip

    def _bands(self, blocks: list[Block]) -> list[Band]:
        bands: list[Band] = []
        before: Style | None = None
        for block in blocks:
            if isinstance(block, Table):
                if before in TITLE_STYLES:
                    bands.append(BlankBand(BLANK_AFTER_TITLE_OF_FORM))
                bands.extend(self._table(block))
                before = None
                continue
            lines = self._paragraph(block)
            if block.style is not before and (blank := self._blank_before(block.style)):
                bands.append(BlankBand(blank))
            bands.extend(lines)
            before = block.style
        return bands

    def _blank_before(self, style: Style) -> int:
        if style is Style.TITLE and self._layout is PageLayout.NOTICE:
            return _BLANK_BEFORE_TITLE_OF_NOTICE
        return STYLE_MEASURES[style].blank_before

    def _paragraph(self, paragraph: Paragraph) -> list[TextBand]:
        set_paragraph = self._setter.set(paragraph)
        self._note_signature(paragraph, set_paragraph)
        keep = STYLE_MEASURES[paragraph.style].keep_with_next
        return [TextBand(set_paragraph, at, keep) for at in range(len(set_paragraph.lines))]

    def _note_signature(self, paragraph: Paragraph, set_paragraph: SetParagraph) -> None:
        if paragraph.style is Style.SIGNATURE:
            self._signature_width = set_paragraph.lines[0][1].width
        elif paragraph.style is Style.DATE:
            self._signature = place_signature(self._signature_width, set_paragraph.lines[0][1].width)
            self._seal_slot = paragraph.has_seal_slot

    def _table(self, table: Table) -> list[RowBand]:
        if not table.has_head:
            return [self._row(table, row, None) for row in table.rows]
        header = replace(self._row(table, table.rows[0], None), keep_with_next=True, is_head=True)
        return [header, *(self._row(table, row, header) for row in table.rows[1:])]

    def _row(self, table: Table, row: Row, header: RowBand | None) -> RowBand:
        widths = tuple(map(sum, columns_of(row.cells, table.widths)))
        cells = tuple(
            tuple(self._setter.set(paragraph, width - 2 * CELL_PADDING) for paragraph in cell.paragraphs)
            for cell, width in zip(row.cells, widths, strict=True)
        )
        band = RowBand(widths, tuple(cell.columns for cell in row.cells), cells, header)
        if band.lines > _TALLEST_ROW:
            words = {
                "text": cells[0][0].lines[0][1].text[:20] if cells[0][0].lines else "",
                "size": band.lines,
            }
            raise RefusedError([Finding.TABLE_ROW_TOO_TALL.at("", limit=_TALLEST_ROW, **words)])
        return band

    def _page(self, bands: PageBands, at: int, head: SetParagraph | None, foot: list[SetParagraph]) -> Page:
        texts: list[TextBlock] = []
        rules: list[Rule] = []
        pictures: list[Picture] = []
        number_drop = 0.0
        if head is not None:
            head_block, number_drop = letterhead(head, bands.grid)
            texts.append(head_block)
        table = 0
        for paragraph, group in groupby(bands.placed, key=_paragraph_of):
            placed = list(group)
            table += paragraph is None
            if paragraph is not None:
                texts.append(self._text(paragraph, placed, number_drop, bands.grid))
                pictures.extend(self._picture(paragraph, bands.grid.top(placed[0][0])))
            for row, (line, band) in enumerate(placed):
                if isinstance(band, RowBand):
                    texts.extend(_row_texts(band, bands.grid, line, table, row))
                    rules.extend(_row_rules(band, bands.grid, line))
        if foot:
            foot_texts, foot_rules = imprint(foot, bands.grid, with_rules=self._layout is PageLayout.NOTICE)
            texts.extend(foot_texts)
            rules.extend(foot_rules)
        if head is not None:
            rules.extend(letter_rules(head))
        else:
            texts.append(page_number(at + 1, self._setter))
        if self._dress.is_draft:
            texts.append(draft_mark(self._setter))
        return Page(tuple(texts), tuple(rules), tuple(pictures))

    def _text(
        self, paragraph: SetParagraph, placed: list[tuple[int, Band]], number_drop: float, grid: Grid
    ) -> TextBlock:
        drop = number_drop if paragraph.style is Style.LETTER_NUMBER else 0.0
        lines = [
            PlacedLine(MARGIN_LEFT + x, grid.top(line) + drop, grid.pitch, set_line)
            for line, band in placed
            if isinstance(band, TextBand)
            for x, set_line in [paragraph.lines[band.index]]
        ]
        if self._signature and paragraph.style in (Style.SIGNATURE, Style.DATE):
            lines = [replace(line, x=self._signature.centre - line.line.width / 2) for line in lines]
        first = placed[0][1]
        continues = isinstance(first, TextBand) and first.index > 0
        return TextBlock(paragraph.style, paragraph.size, tuple(lines), continues=continues)

    def _picture(self, paragraph: SetParagraph, date_top: float) -> list[Picture]:
        if paragraph.style is not Style.DATE or not self._seal_slot or self._signature is None:
            return []
        if not self._dress.is_draft and not self._dress.seal:
            return []
        kind = PictureKind.EMPTY_SLOT if self._dress.is_draft else PictureKind.SEAL
        side = self._dress.seal_side
        x, top = self._signature.seal_x(side), seal_top(date_top, side)
        return [Picture(kind, self._dress.seal, x, top, side)]


def _paragraph_of(placed: tuple[int, Band]) -> SetParagraph | None:
    return placed[1].paragraph if isinstance(placed[1], TextBand) else None


def _row_texts(band: RowBand, grid: Grid, line: int, table: int, row: int) -> list[TextBlock]:
    texts: list[TextBlock] = []
    x = MARGIN_LEFT
    for index, (cell, width, columns) in enumerate(zip(band.cells, band.widths, band.columns, strict=True)):
        place = CellPlace(table, row, index, columns, band.is_head)
        at = line + (band.lines - lines_of(cell)) / 2
        for paragraph in cell:
            lines = []
            for shift, set_line in paragraph.lines:
                lines.append(PlacedLine(x + CELL_PADDING + shift, grid.top(at), grid.pitch, set_line))
                at += 1
            at += 0 if lines else 1
            texts.append(TextBlock(paragraph.style, paragraph.size, tuple(lines), cell=place))
        x += width
    return texts


def _row_rules(band: RowBand, grid: Grid, line: int) -> list[Rule]:
    top, height = grid.top(line), band.lines * grid.pitch
    total = sum(band.widths)
    rules = [Rule(MARGIN_LEFT, y, total, TABLE_RULE) for y in (top, top + height)]
    x = MARGIN_LEFT
    for width in (0.0, *band.widths):
        x += width
        rules.append(Rule(x - TABLE_RULE / 2, top, TABLE_RULE, height))
    return rules
