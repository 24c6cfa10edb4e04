"""Lays set paragraphs and tables on the grid of lines, page by page.

The flow works in lines of the grid: a band is what is never parted, one line of a paragraph or one row of a
table. Only when every band has its page are places in millimetres made of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docs_service.layout.measures import GRID, Grid
from docs_service.layout.setting import SetParagraph

# So many lines of text at least go with a signature to a new page: no seal on a page without text. A row of a
# table may be as tall as a page and goes only where no text stands under it.
TEXT_LINES_WITH_SIGNATURE = 2


@dataclass(frozen=True, slots=True)
class TextBand:
    """One line of a paragraph; `index` is its place in the paragraph."""

    paragraph: SetParagraph
    index: int
    keep_with_next: bool

    @property
    def lines(self) -> int:
        """Lines of the grid it takes."""
        return 1


@dataclass(frozen=True, slots=True)
class BlankBand:
    """Lines left free, but not at the top of a page."""

    lines: int
    keep_with_next: bool = True


@dataclass(frozen=True, slots=True)
class RowBand:
    """A row of a table: its cells in lines with the columns that each spans, and the header row that is
    repeated above it on a new page.
    """

    widths: tuple[float, ...]
    columns: tuple[int, ...]
    cells: tuple[tuple[SetParagraph, ...], ...]
    header: "RowBand | None"
    keep_with_next: bool = False
    is_head: bool = False

    @property
    def lines(self) -> int:
        """Lines of the grid it takes: those of its tallest cell."""
        return max(map(lines_of, self.cells))


def lines_of(cell: tuple[SetParagraph, ...]) -> int:
    """Lines of the grid that a cell takes; an empty paragraph is a blank line."""
    return sum(max(1, len(paragraph.lines)) for paragraph in cell)


Band = TextBand | BlankBand | RowBand


@dataclass(slots=True)
class PageBands:
    """The bands of a page with the line of the grid at which each begins."""

    grid: Grid
    first_line: int
    placed: list[tuple[int, Band]] = field(default_factory=list)

    @property
    def next_line(self) -> int:
        """The first free line."""
        return self.placed[-1][0] + self.placed[-1][1].lines if self.placed else self.first_line

    def has_room(self, lines: int) -> bool:
        """Whether so many lines more are free."""
        return self.next_line + lines <= self.grid.lines

    def add(self, band: Band) -> None:
        """Put a band on the next free line."""
        self.placed.append((self.next_line, band))


def flow(
    body: list[Band], tail: list[Band], foot_lines: int, first_line: int, closer_grids: tuple[Grid, ...] = ()
) -> list[PageBands]:
    """Bands on pages. `tail` is signature, date and notes, kept together and with text above them;
    `foot_lines` are kept free at the bottom of the last page for the 版记; `first_line` is where page one
    begins.

    Where a page more would be begun for the tail only, the lines move closer, on one of `closer_grids`, if
    that saves it.
    """
    pages = _flow(body, tail, foot_lines, first_line, GRID)
    if len(_flow(body, [], 0, first_line, GRID)) < len(pages):
        for grid in closer_grids:
            closer = _flow(body, tail, foot_lines, first_line, grid)
            if len(closer) < len(pages):
                return closer
    return pages


def _flow(
    body: list[Band], tail: list[Band], foot_lines: int, first_line: int, grid: Grid
) -> list[PageBands]:
    pages = [PageBands(grid, first_line)]
    for group in _groups(body):
        _place(pages, group)
    needed = sum(band.lines for band in tail)
    if tail and not pages[-1].has_room(needed + foot_lines):
        carried = _take_text(pages[-1])
        pages.append(PageBands(grid, 0))
        for band in carried:
            _add(pages[-1], band)
    for band in tail:
        _add(pages[-1], band)
    if foot_lines and not pages[-1].has_room(foot_lines):
        pages.append(PageBands(grid, 0))
    return pages


def _groups(bands: list[Band]) -> Iterator[list[Band]]:
    """Bands that a page break may not part: those kept with the next, and that next."""
    group: list[Band] = []
    for band in bands:
        group.append(band)
        if not band.keep_with_next:
            yield group
            group = []
    if group:
        yield group


def _place(pages: list[PageBands], group: list[Band]) -> None:
    needed = sum(band.lines for band in group)
    grid = pages[-1].grid
    if pages[-1].placed and not pages[-1].has_room(needed):
        pages.append(PageBands(grid, 0))
        first = group[0]
        if isinstance(first, RowBand) and first.header is not None:
            pages[-1].add(first.header)
    for band in group:
        if pages[-1].placed and not pages[-1].has_room(band.lines):
            pages.append(PageBands(grid, 0))
        _add(pages[-1], band)


def _add(page: PageBands, band: Band) -> None:
    if page.placed or page.first_line or not isinstance(band, BlankBand):
        page.add(band)


def _is_near_start(band: Band) -> bool:
    """Whether a page that began with this line would leave one or two lines of its paragraph behind."""
    return isinstance(band, TextBand) and 0 < band.index < TEXT_LINES_WITH_SIGNATURE + 1


def _take_text(page: PageBands) -> list[Band]:
    """Take the last lines of text from a page, with the heading that would be left behind and the beginning
    of a short paragraph.
    """
    start = len(page.placed)
    taken = 0
    while start > 1 and (
        taken == 0
        or (taken < TEXT_LINES_WITH_SIGNATURE and isinstance(page.placed[start - 1][1], TextBand))
        or page.placed[start - 1][1].keep_with_next
        or _is_near_start(page.placed[start][1])
    ):
        start -= 1
        taken += 0 if isinstance(page.placed[start][1], BlankBand) else page.placed[start][1].lines
    if start == 1 and len(page.placed) <= TEXT_LINES_WITH_SIGNATURE:
        start = 0
    carried = [band for _, band in page.placed[start:]]
    del page.placed[start:]
    return carried
