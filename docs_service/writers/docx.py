"""A filled template as a .docx: what never changes is packed once, the rest is put together as text."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from lxml import etree

from docs_service.content import Finding, Paragraph, Style, Template
from docs_service.content.ooxml import DOCUMENT_PART, EMU_PER_MM, W, parse_part, style_id, w
from docs_service.content.reader import read_document
from docs_service.content.template import TAG, filled_part, source_of, tagged_tree, template_environment
from docs_service.layout import Dress, FontSet, seal_top
from docs_service.layout import measures as m
from docs_service.layout.setting import Typesetter
from docs_service.seals import EMPTY_SLOT, NO_SEAL, slot_picture
from docs_service.writers.docx_marks import SEAL_SIDE, SEAL_TOP, Finished, SetText, finish, mark
from docs_service.writers.package import (
    CONTENT_TYPES_PART,
    CORE_PART,
    CUSTOM_PART,
    ROOT_RELATIONS_PART,
    Shelf,
    app_properties,
    packed,
    part_order,
    properties,
    root_relations,
)
from service_kit.problems import RefusedError

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_RELATIONS_PART = "word/_rels/document.xml.rels"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_CUSTOM_TYPE = (
    f'<Override PartName="/{CUSTOM_PART}" '
    'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
)
# Measured on the catalogue's papers: level 1 is 4 % larger than level 6 and a quarter faster.
_DOCUMENT_LEVEL = 1
_NOT_ASCII = re.compile("[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Properties:
    """What is kept in a file's properties beside the title."""

    issuer: str
    day: date
    custom: Mapping[str, str]


class DocxPlan:
    """A template made ready to be written many times with the fonts of this machine."""

    def __init__(self, template: Template, fonts: FontSet) -> None:
        """Mark and compile the document. Raises RefusedError where it does not name elements as Word does."""
        root, tags = tagged_tree(template.parts[DOCUMENT_PART])
        if root.nsmap.get("w") != W:
            raise RefusedError([Finding.TEMPLATE_NOT_DOCX.at("", cause="正文元素没有使用 w 前缀")])
        reading = read_document(root, template.styles)
        # A table's rows may be too tall for a page, and what lies outside of the subset is refused where it
        # is reached: both are seen in the filled document only.
        self.is_plain = not reading.findings and root.find(f".//{w('tbl')}") is None
        self._covered = _covered(root, template.styles, fonts)
        self._picture = _slot_part(root, template.parts[_RELATIONS_PART])
        mark(root, template.styles, tags)
        self._document = template_environment().from_string(source_of(root, tags))
        self._running = {
            name: part
            for name, part in template.compiled.items()
            if name != DOCUMENT_PART and TAG.search(template.sources[name])
        }
        self._parts = _fixed_parts(template.parts, {DOCUMENT_PART, self._picture, *self._running})
        self._shelf = lru_cache(maxsize=64)(self._packed_shelf)
        setter = Typesetter(fonts)
        self._set_words = lru_cache(maxsize=1024)(lambda style, text: _set_text(setter, style, text))

    def fill(self, values: Mapping[str, Any], dress: Dress) -> Finished:
        """The document with the values in it and everything in its place. Raises RefusedError."""
        side = dress.seal_side
        slot = {SEAL_SIDE: round(side * EMU_PER_MM), SEAL_TOP: round(seal_top(0, side) * EMU_PER_MM)}
        return finish(filled_part(self._document, {**values, **slot}), self._set_words, side)

    def has_glyphs(self, document: Finished) -> bool:
        """Whether every font of the template has every character of the document."""
        return self._covered.issuperset("".join(_NOT_ASCII.findall(document.xml)))

    def write(self, document: Finished, values: Mapping[str, Any], dress: Dress, about: Properties) -> bytes:
        """The .docx of the filled document. The same input gives the same bytes."""
        running = tuple((name, filled_part(part, values)) for name, part in self._running.items())
        key = EMPTY_SLOT if dress.is_draft else dress.seal or NO_SEAL
        told = properties(document.title, about.issuer, about.day, about.custom)
        entries = [packed(name, content, level=0) for name, content in told.items()]
        entries.append(packed(DOCUMENT_PART, document.xml.encode(), _DOCUMENT_LEVEL))
        return self._shelf(key, running).with_entries(entries).closed()

    def _packed_shelf(self, seal: str, running: tuple[tuple[str, str], ...]) -> Shelf:
        parts = {**self._parts, **{name: text.encode() for name, text in running}}
        if self._picture:
            parts[self._picture] = slot_picture(seal)
        return Shelf().with_entries(packed(name, parts[name]) for name in part_order(parts))


def _covered(root: etree._Element, styles: Mapping[str, str], fonts: FontSet) -> frozenset[str]:
    """The characters beyond ASCII that every font role of the document has; none where a role lacks a letter
    of ASCII, so that such a document is always looked at in full.
    """
    known = {style.value: style for style in Style}
    used = {known.get(styles.get(style_id(paragraph), "")) for paragraph in root.iter(w("p"))}
    roles = [fonts.roles[m.STYLE_MEASURES[style].font] for style in used if style]
    points = [frozenset[int]().union(*(face.code_points for face in role.faces)) for role in roles]
    if not points:
        return frozenset()
    shared = points[0].intersection(*points[1:])
    return frozenset(map(chr, shared)) if shared.issuperset(range(0x20, 0x7F)) else frozenset()


def _set_text(setter: Typesetter, style: Style, text: str) -> SetText:
    found = setter.set(Paragraph(style, text))
    lines = tuple(line for _, line in found.lines)
    return SetText(tuple(line.text for line in lines), found.size, lines[0].width if lines else 0.0)


def _fixed_parts(parts: Mapping[str, bytes], filled: set[str | None]) -> dict[str, bytes]:
    """The parts that are the same in every paper of a template."""
    fixed = {
        **parts,
        ROOT_RELATIONS_PART: root_relations(),
        CONTENT_TYPES_PART: _with_custom_type(parts[CONTENT_TYPES_PART]),
        **app_properties(),
    }
    return {name: part for name, part in fixed.items() if name not in {*filled, CORE_PART, CUSTOM_PART}}


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
