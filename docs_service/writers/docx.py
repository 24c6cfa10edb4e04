"""A filled template as a .docx: signature and seal put in their places, properties from the data."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lxml import etree

from docs_service.content import TITLE_STYLES, Paragraph, Style
from docs_service.content.ooxml import (
    DOCUMENT_PART,
    EMU_PER_MM,
    paragraph_text,
    parse_part,
    serialise_part,
    style_id,
    w,
)
from docs_service.layout import Dress, FontSet, place_signature, seal_top
from docs_service.layout import measures as m
from docs_service.layout.setting import Typesetter
from docs_service.seals import EMPTY_SLOT, NO_SEAL, slot_picture
from docs_service.writers.docx_styles import LINE_TWIPS, twips
from docs_service.writers.package import (
    CONTENT_TYPES_PART,
    CUSTOM_PART,
    ROOT_RELATIONS_PART,
    properties,
    root_relations,
    write_package,
)

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_RELATIONS_PART = "word/_rels/document.xml.rels"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_CUSTOM_TYPE = (
    f'<Override PartName="/{CUSTOM_PART}" '
    'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
)


@dataclass(frozen=True, slots=True)
class Properties:
    """What is kept in a file's properties."""

    title: str
    issuer: str
    day: date
    custom: Mapping[str, str]


def write_docx(
    parts: Mapping[str, bytes], styles: Mapping[str, str], dress: Dress, about: Properties, fonts: FontSet
) -> bytes:
    """The .docx of a filled template; `styles` gives its styles' names by id. The same input gives the same
    bytes.
    """
    root = parse_part(parts[DOCUMENT_PART])
    _Finisher(root, styles, Typesetter(fonts)).finish()
    written = {
        **parts,
        DOCUMENT_PART: serialise_part(root),
        ROOT_RELATIONS_PART: root_relations(),
        CONTENT_TYPES_PART: _with_custom_type(parts[CONTENT_TYPES_PART]),
        **properties(about.title, about.issuer, about.day, about.custom),
    }
    if picture := _slot_part(root, parts[_RELATIONS_PART]):
        key = EMPTY_SLOT if dress.is_draft else dress.seal or NO_SEAL
        written[picture] = slot_picture(key)
    return write_package(written)


def _with_custom_type(content_types: bytes) -> bytes:
    """A template saved by another program may have lost the type of the custom properties."""
    text = content_types.decode()
    return (
        content_types if CUSTOM_PART in text else text.replace("</Types>", f"{_CUSTOM_TYPE}</Types>").encode()
    )


def _slot_part(root: etree._Element, relations: bytes) -> str | None:
    """Name of the part that the seal slot shows."""
    blip = root.find(".//{*}anchor//{*}blip")
    if blip is None:
        return None
    for relation in parse_part(relations):
        if relation.get("Id") == blip.get(_EMBED):
            return posixpath.normpath(posixpath.join("word", relation.get("Target", "")))
    return None


class _Finisher:
    """Does to a filled document what no style can: what depends on the length of names and dates."""

    def __init__(self, root: etree._Element, styles: Mapping[str, str], setter: Typesetter) -> None:
        self._styles = styles
        self._setter = setter
        self._paragraphs = [p for body in root.iter(w("body")) for p in body.iterchildren(w("p"))]

    def finish(self) -> None:
        previous: etree._Element | None = None
        signature: etree._Element | None = None
        for paragraph in self._paragraphs:
            style = self._style(paragraph)
            before = None if previous is None else self._style(previous)
            if style is Style.LETTERHEAD:
                self._fit_letterhead(paragraph)
            elif style in TITLE_STYLES:
                self._break_title(paragraph, style)
                following = paragraph.getnext()
                if following is not None and following.tag == w("tbl"):
                    _child(paragraph, "spacing", after=str(m.BLANK_AFTER_TITLE_OF_FORM * LINE_TWIPS))
            elif style is Style.ATTACHMENT and before is not Style.ATTACHMENT:
                _child(paragraph, "spacing", before=str(LINE_TWIPS))
            elif style is Style.SIGNATURE:
                signature = paragraph
                if previous is not None:
                    # INVARIANT: a seal stands on a page with text: the last line of text goes with it.
                    _child(previous, "keepNext")
            elif style is Style.DATE and signature is not None:
                self._place(signature, paragraph)
            previous = paragraph

    def _style(self, paragraph: etree._Element) -> Style | None:
        name = self._styles.get(style_id(paragraph))
        return Style(name) if name in set(Style) else None

    def _width(self, paragraph: etree._Element, style: Style) -> float:
        return self._setter.set(Paragraph(style, paragraph_text(paragraph))).lines[0][1].width

    def _fit_letterhead(self, paragraph: etree._Element) -> None:
        size = self._setter.set(Paragraph(Style.LETTERHEAD, paragraph_text(paragraph))).size
        if size < m.LETTERHEAD_LARGEST:
            for run in paragraph.iter(w("r")):
                properties_of_run = etree.Element(w("rPr"))
                etree.SubElement(properties_of_run, w("sz")).set(w("val"), str(int(size * 2)))
                run.insert(0, properties_of_run)

    def _break_title(self, paragraph: etree._Element, style: Style) -> None:
        """Break a long title where the PDF does: a word processor knows no trapezium."""
        lines = self._setter.set(Paragraph(style, paragraph_text(paragraph))).lines
        runs = list(paragraph.iterchildren(w("r")))
        if len(lines) < 2 or not runs:
            return
        for run in runs:
            for piece in list(run.iterchildren(w("t"), w("br"))):
                run.remove(piece)
        for at, (_, line) in enumerate(lines):
            if at:
                etree.SubElement(runs[0], w("br"))
            etree.SubElement(runs[0], w("t")).text = line.text

    def _place(self, signature: etree._Element, day: etree._Element) -> None:
        place = place_signature(self._width(signature, Style.SIGNATURE), self._width(day, Style.DATE))
        _child(signature, "ind", right=str(twips(place.signature_indent)))
        _child(day, "ind", right=str(twips(place.date_indent)))
        for anchor in day.iter("{*}anchor"):
            for name, mm in (("positionH", place.seal_x), ("positionV", seal_top(0))):
                offset = anchor.find(f"{{*}}{name}/{{*}}posOffset")
                if offset is not None:
                    offset.text = str(round(mm * EMU_PER_MM))


# The order of a paragraph's properties in the schema, as far as they are set here.
_ORDER = ("pStyle", "keepNext", "spacing", "ind", "jc", "rPr")


def _child(paragraph: etree._Element, name: str, **attributes: str) -> None:
    """Set a property of a paragraph, in the place that the schema wants."""
    found = paragraph.find(w("pPr"))
    if found is None:
        found = etree.Element(w("pPr"))
        paragraph.insert(0, found)
    child = found.find(w(name))
    if child is None:
        child = etree.Element(w(name))
        earlier = {w(other) for other in _ORDER[: _ORDER.index(name)]}
        at = sum(1 for element in found if element.tag in earlier)
        found.insert(at, child)
    for key, value in attributes.items():
        child.set(w(key), value)
