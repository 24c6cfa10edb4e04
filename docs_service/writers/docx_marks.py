"""What no style can do in a .docx, because it depends on the length of names and dates.

The places are marked in the template's tree once, with comments; no value can forge one, for values are
escaped. A filled document is then cut at its marks and never parsed again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from xml.sax.saxutils import escape

from lxml import etree

from docs_service.content import TITLE_STYLES, Style
from docs_service.content.ooxml import EMU_PER_MM, style_id, w
from docs_service.content.template import new_tag
from docs_service.layout import measures as m
from docs_service.layout import place_signature
from docs_service.writers.docx_styles import LINE_TWIPS, twips

_MARKED = frozenset({Style.LETTERHEAD, Style.ATTACHMENT, Style.SIGNATURE, Style.DATE}) | TITLE_STYLES
# The order of a paragraph's properties in the schema up to the indents (ECMA-376 Part 1, 17.3.1.26).
_BEFORE_KEEP = ("pStyle",)
_BEFORE_SPACING = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid",
)  # fmt: skip
_AFTER_SIZE = frozenset(map(w, ("lang",)))

# Names by which the marked template asks for the seal's side and top, in English Metric Units.
SEAL_SIDE, SEAL_TOP = "_seal_side", "_seal_top"
_SIDES = (("{*}extent", ("cx", "cy")), (".//{*}xfrm/{*}ext", ("cx", "cy")))

_MARK = re.compile(r"<!--hy:(\w+)-->")
_WORDS = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:br(?: [^>]*)?/>")
_KEEP = "<w:keepNext/>"


@dataclass(frozen=True, slots=True)
class SetText:
    """A text in lines, as they are broken; its size in points and the width of its first line."""

    lines: tuple[str, ...]
    size: float
    width: float


SetWords = Callable[[Style, str], SetText]


@dataclass(frozen=True, slots=True)
class Finished:
    """A document with everything in its place, and its title."""

    xml: str
    title: str


def mark(root: etree._Element, styles: Mapping[str, str], tags: list[str]) -> None:
    """Mark the places of a template's document; `styles` gives its styles' names by id, `tags` are the tags
    that have tokens in it.
    """
    names = {style.value: style for style in Style}
    for body in root.iter(w("body")):
        for paragraph in body.iterchildren(w("p")):
            _mark_paragraph(paragraph, names.get(styles.get(style_id(paragraph), "")))
    for anchor in root.iter("{*}anchor"):
        _mark_seal(anchor, tags)


def _mark_paragraph(paragraph: etree._Element, style: Style | None) -> None:
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    begins = "" if style is None else style.name
    for kept in properties.findall(w("keepNext")):
        properties.remove(kept)
        begins = f"kept_{begins}"
    if style in _MARKED:
        _insert(properties, "spacing", _BEFORE_SPACING)
        paragraph.insert(paragraph.index(properties) + 1, _comment("text"))
        paragraph.append(_comment("end"))
    _insert(properties, f"p_{begins}", _BEFORE_KEEP)
    if style is Style.LETTERHEAD:
        for run in paragraph.iter(w("r")):
            _mark_size(run)


def _mark_seal(anchor: etree._Element, tags: list[str]) -> None:
    """The seal's left edge follows signature and date; its size and its height over them, the seal alone."""
    for offset in anchor.iterfind("{*}positionH/{*}posOffset"):
        offset.text = None
        offset.append(_comment("seal"))
    for offset in anchor.iterfind("{*}positionV/{*}posOffset"):
        offset.text = new_tag(f"{{{{ {SEAL_TOP} }}}}", tags)
    for path, names in _SIDES:
        for element in anchor.iterfind(path):
            for name in names:
                element.set(name, new_tag(f"{{{{ {SEAL_SIDE} }}}}", tags))


def _comment(name: str) -> etree._Comment:
    return etree.Comment(f"hy:{name}")


def _insert(properties: etree._Element, name: str, earlier: tuple[str, ...]) -> None:
    before = set(map(w, earlier))
    properties.insert(sum(1 for element in properties if element.tag in before), _comment(name))


def _mark_size(run: etree._Element) -> None:
    properties = run.find(w("rPr"))
    if properties is None:
        properties = etree.Element(w("rPr"))
        run.insert(0, properties)
    properties.insert(sum(1 for it in properties if it.tag not in _AFTER_SIZE), _comment("size"))


def finish(filled: str, set_words: SetWords, seal_side: float) -> Finished:
    """The filled document with its marks replaced by what they stand for."""
    finisher = _Finisher(_MARK.split(filled), set_words, seal_side)
    return finisher.finish()


class _Finisher:
    """Goes over the pieces of a document; every second one is a mark."""

    def __init__(self, pieces: list[str], set_words: SetWords, seal_side: float) -> None:
        self._pieces = pieces
        self._set_words = set_words
        self._seal_side = seal_side
        self._titles: list[str] = []
        self._signature = 0, 0.0

    def finish(self) -> Finished:
        pieces = self._pieces
        keep = text = spacing = seal = 0
        sizes: list[int] = []
        style, before = "", ""
        for at in range(1, len(pieces), 2):
            name, pieces[at] = pieces[at], ""
            if name.startswith("p_"):
                before = style
                style = name.removeprefix("p_").removeprefix("kept_")
                if style == Style.SIGNATURE.name and keep:
                    # INVARIANT: a seal stands on a page with text: the last line of text goes with it.
                    pieces[keep] = _KEEP
                keep, seal, sizes = at, 0, []
                if name.startswith("p_kept_"):
                    pieces[at] = _KEEP
            elif name == "spacing":
                spacing = at
            elif name == "text":
                text = at
            elif name == "size":
                sizes.append(at)
            elif name == "seal":
                seal = at
            elif style == Style.ATTACHMENT.name:
                if before != style:
                    pieces[spacing] = f'<w:spacing w:before="{LINE_TWIPS}"/>'
            else:
                self._set(Style[style], text, at, spacing, seal, sizes)
        return Finished("".join(pieces), "".join(self._titles))

    def _set(self, style: Style, start: int, end: int, spacing: int, seal: int, sizes: list[int]) -> None:
        pieces = self._pieces
        content = "".join(pieces[start:end])
        words = _words(content)
        text = self._set_words(style, words)
        if style is Style.LETTERHEAD:
            if text.size < m.LETTERHEAD_LARGEST:
                for at in sizes:
                    pieces[at] = f'<w:sz w:val="{int(text.size * 2)}"/>'
        elif style is Style.SIGNATURE:
            self._signature = spacing, text.width
        elif style is Style.DATE:
            self._place(spacing, seal, text.width)
        else:
            if style is Style.TITLE:
                self._titles.append(words)
            if len(text.lines) > 1:
                # A word processor knows no trapezium: a long title is broken where the PDF breaks it.
                pieces[start] = _broken(content, text.lines)
                pieces[start + 1 : end] = [""] * (end - start - 1)
            if pieces[end + 1].startswith("</w:p><w:tbl>"):
                pieces[spacing] = f'<w:spacing w:after="{m.BLANK_AFTER_TITLE_OF_FORM * LINE_TWIPS}"/>'

    def _place(self, spacing: int, seal: int, date_width: float) -> None:
        signature, signature_width = self._signature
        if not signature:
            return
        place = place_signature(signature_width, date_width)
        self._pieces[signature] = f'<w:ind w:right="{twips(place.signature_indent)}"/>'
        self._pieces[spacing] = f'<w:ind w:right="{twips(place.date_indent)}"/>'
        if seal:
            self._pieces[seal] = str(round(place.seal_x(self._seal_side) * EMU_PER_MM))


def _words(content: str) -> str:
    words = "".join("\n" if it[1] is None else it[1] for it in _WORDS.finditer(content))
    return unescape(words) if "&" in words else words


def _broken(content: str, lines: tuple[str, ...]) -> str:
    """The content of a paragraph with its words in these lines, all where the first of them stood."""
    set_lines = iter(["<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in lines)])
    return _WORDS.sub(lambda _: next(set_lines, ""), content)
