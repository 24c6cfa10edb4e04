"""The tags of a PDF: which marked content is a heading, a paragraph, a cell (ISO 32000-1 14.7, 14.8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from docs_service.content import Style
from docs_service.layout.pages import TextBlock
from docs_service.writers.pdf.file import PdfFile, text_string

TAGS = {
    Style.TITLE: "H1", Style.SLIP_TITLE: "H1", Style.HEADING_1: "H2", Style.HEADING_2: "H3",
}  # fmt: skip
TEXT_TAGS = frozenset({*TAGS.values(), "P"})
# Furniture of the page: no reader reads it out.
ARTIFACTS = frozenset({Style.PAGE_NUMBER, Style.DRAFT_MARK})


@dataclass(slots=True)
class Element:
    """An element: those below it, or the number of the marked content that it is. One that continues goes on
    from the page before.
    """

    tag: str
    entries: str = ""
    kids: "list[Element]" = field(default_factory=list)
    content: int | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Parted:
    """A text that may go on: the number of its object, its entries but the last, and what it has so far."""

    number: int
    entries: str
    kids: list[str]


def of_texts(marked: Iterable[tuple[TextBlock, int]]) -> list[Element]:
    """The elements of a page's texts, each with the number of its marked content; -1 marks an empty cell."""
    elements: list[Element] = []
    for table, group in groupby(marked, key=lambda pair: pair[0].table):
        if table is None:
            elements += [_text(block, number) for block, number in group]
        else:
            elements.append(_table(list(group)))
    return elements


def picture(alternative: str, box: str, content: int) -> Element:
    """The element of a picture with what stands for it where it cannot be seen."""
    entries = f"/Alt{text_string(alternative)}/A<</O/Layout/Placement/Block/BBox[{box}]>>"
    return Element("Figure", entries, content=content)


def _text(block: TextBlock, number: int) -> Element:
    return Element(TAGS.get(block.style, "P"), content=number, continues=block.continues)


def _table(marked: list[tuple[TextBlock, int]]) -> Element:
    rows: dict[bool, list[Element]] = {True: [], False: []}
    for (is_head, _), row in groupby(marked, key=lambda pair: pair[0].row):
        cells = [_cell(list(cell)) for _, cell in groupby(row, key=lambda pair: pair[0].cell)]
        rows[is_head].append(Element("TR", kids=cells))
    head = [Element("THead", kids=rows[True])] if rows[True] else []
    return Element("Table", kids=[*head, Element("TBody", kids=rows[False])])


def _cell(marked: list[tuple[TextBlock, int]]) -> Element:
    place = marked[0][0].cell
    is_label = all(block.style is Style.CELL_HEAD for block, _ in marked)
    span = f"/ColSpan {place.columns}" if place and place.columns > 1 else ""
    scope = ("/Scope/Column" if place and place.is_head else "/Scope/Row") if is_label else ""
    entries = f"/A<</O/Table{scope}{span}>>" if scope or span else ""
    return Element("TH" if is_label else "TD", entries, [_text(b, n) for b, n in marked if n >= 0])


class StructureTree:
    """The structure of a file, page by page."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._root = file.reserve()
        self._document = file.reserve()
        self._kids: list[int] = []
        self._parents: list[str] = []
        self._last_text = _Parted(0, "", [])

    def add_page(self, page: int, elements: Iterable[Element], contents: int) -> None:
        """The elements of a page, given by the number of its object, with so many marked contents."""
        owners = [0] * contents
        for element in elements:
            if element.continues and element.content is not None:
                self._go_on(element.content, page, owners)
            else:
                self._kids.append(self._add(element, self._document, page, owners))
        self._parents.append(f"[{''.join(f'{owner} 0 R ' for owner in owners)}]")

    def _add(self, element: Element, parent: int, page: int, owners: list[int]) -> int:
        number = self._file.reserve()
        if element.content is None:
            kids = "".join(f"{self._add(kid, number, page, owners)} 0 R " for kid in element.kids)
        else:
            owners[element.content] = number
            kids = str(element.content)
        entries = f"/Type/StructElem/S/{element.tag}/P {parent} 0 R/Pg {page} 0 R{element.entries}"
        self._file.put(number, f"<<{entries}/K[{kids}]>>")
        if element.tag in TEXT_TAGS:
            self._last_text = _Parted(number, entries, [kids])
        return number

    def _go_on(self, content: int, page: int, owners: list[int]) -> None:
        """Let the last text have this content of another page too: a paragraph stays one element."""
        text = self._last_text
        text.kids.append(f"<</Type/MCR/Pg {page} 0 R/MCID {content}>>")
        self._file.put(text.number, f"<<{text.entries}/K[{' '.join(text.kids)}]>>")
        owners[content] = text.number

    def finish(self) -> int:
        """Put the tree into the file; the number of its root."""
        kids = "".join(f"{kid} 0 R " for kid in self._kids)
        root = f"/P {self._root} 0 R"
        self._file.put(self._document, f"<</Type/StructElem/S/Document{root}/K[{kids}]>>")
        numbers = "".join(f"{at} {owners}" for at, owners in enumerate(self._parents))
        self._file.put(
            self._root,
            f"<</Type/StructTreeRoot/K[{self._document} 0 R]/ParentTree<</Nums[{numbers}]>>"
            f"/ParentTreeNextKey {len(self._parents)}>>",
        )
        return self._root
