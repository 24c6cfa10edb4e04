"""Fonts in a PDF: of each font file the glyphs that the paper uses, as a composite font (ISO 32000-1 9.7).

The code of a character is the number of its glyph in the small font file, in two bytes (Identity-H).
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from docs_service.layout import FontSet
from docs_service.layout.fonts import EM_ABOVE_BASELINE, Face
from docs_service.layout.harfbuzz import FaceReader, Outlines
from docs_service.writers.pdf.about import font_file, usual_families
from docs_service.writers.pdf.file import PdfFile, deflated

_MOST_OF_A_BLOCK = 100  # entries of one bfchar block (Adobe Technical Note 5411)
_MAP_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def"
    "/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange<0000><FFFF>endcodespacerange\n"
)
_MAP_TAIL = "endcmap CMapName currentdict/CMap defineresource pop end end"
_ABOVE = round(EM_ABOVE_BASELINE * 1000)
_PROGRAMS = {
    Outlines.CFF_BY_CID: ("/FontFile3", "/Subtype/CIDFontType0C", "/CIDFontType0", ""),
    Outlines.CFF_BY_NAME: ("/FontFile3", "/Subtype/OpenType", "/CIDFontType0", ""),
    Outlines.TRUETYPE: ("/FontFile2", "", "/CIDFontType2", "/CIDToGIDMap/Identity"),
}


class PreparedFont:
    """A small font file, read once a process, with the code and the width of each character asked for."""

    def __init__(self, family: str, face: Face, reader: FaceReader) -> None:
        self.family = family
        self._face = face
        self._reader = reader
        self._codes: dict[str, str] = {}

    def code(self, character: str) -> str:
        """The character's code, four hexadecimal digits."""
        known = self._codes.get(character)
        if known is None:
            known = self._codes[character] = f"{self._reader.glyph(ord(character)):04X}"
        return known

    def embed(self, file: PdfFile, characters: Iterable[str]) -> int:
        """Put the font with the glyphs of these characters into a file; the number of its object. No two of
        them have one code.
        """
        ordered = sorted(characters, key=self.code)
        tag = hashlib.sha256(f"{self.family}{''.join(ordered)}".encode()).digest()
        base = "".join(chr(65 + byte % 26) for byte in tag[:6]) + "+" + self.family.replace(" ", "-")
        entry, subtype, kind, mapping = _PROGRAMS[self._reader.outlines]
        program = self._reader.embeddable(ord(character) for character in ordered)
        length = f"/Length1 {len(program)}" if entry == "/FontFile2" else ""
        is_outlines = self._reader.outlines is Outlines.CFF_BY_CID
        packed = deflated(program, repeats=not is_outlines)
        stream = file.add_stream(subtype + length, packed, is_deflated=True)
        descriptor = file.add(
            f"<</Type/FontDescriptor/FontName/{base}/Flags 4/FontBBox[0 {_ABOVE - 1000} 1000 {_ABOVE}]"
            f"/ItalicAngle 0/Ascent {_ABOVE}/Descent {_ABOVE - 1000}/CapHeight {_ABOVE}/StemV 80"
            f"{entry} {stream} 0 R>>"
        )
        widths = "".join(
            f"{int(self.code(character), 16)}[{self._face.advance(character) * 1000:g}]"
            for character in ordered
        )
        descendant = file.add(
            f"<</Type/Font/Subtype{kind}/BaseFont/{base}{mapping}/FontDescriptor {descriptor} 0 R"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/W[{widths}]>>"
        )
        to_unicode = file.add_stream("", self._to_unicode(ordered))
        return file.add(
            f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {to_unicode} 0 R>>"
        )

    def _to_unicode(self, ordered: list[str]) -> bytes:
        blocks = []
        for start in range(0, len(ordered), _MOST_OF_A_BLOCK):
            block = ordered[start : start + _MOST_OF_A_BLOCK]
            lines = "".join(f"<{self.code(c)}><{c.encode('utf-16-be').hex()}>\n" for c in block)
            blocks.append(f"{len(block)} beginbfchar\n{lines}endbfchar\n")
        return (_MAP_HEAD + "".join(blocks) + _MAP_TAIL).encode("ascii")


class _UsedFont:
    """A font of one file: its name in the pages, and which character each code stands for."""

    def __init__(self, name: str, font: PreparedFont) -> None:
        self.name = name
        self.font = font
        self.owners: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._sharing: set[str] = set()

    def show(self, text: str) -> tuple[str, bool]:
        """The codes of a text, and whether one of them stands for another character, drawn alike."""
        codes = self._codes
        for character in text:
            if character not in codes:
                code = codes[character] = self.font.code(character)
                if self.owners.setdefault(code, character) != character:
                    self._sharing.add(character)
        is_shared = bool(self._sharing) and not self._sharing.isdisjoint(text)
        return "".join([codes[character] for character in text]), is_shared


class UsedFonts:
    """The fonts of one file."""

    def __init__(self, fonts: FontSet) -> None:
        self._fonts = fonts
        self._used: dict[str, _UsedFont] = {}

    def show(self, family: str, text: str) -> tuple[str, str, bool]:
        """The font's name in the pages, the codes of a text, and whether the codes alone would be read as
        another text.
        """
        used = self._used.get(family)
        if used is None:
            used = _UsedFont(f"/F{len(self._used)}", _prepared(family, self._fonts))
            self._used[family] = used
        return used.name, *used.show(text)

    def embed(self, file: PdfFile) -> str:
        """Put the fonts into a file; the entries of the pages' resources."""
        return "".join(
            f"{used.name} {used.font.embed(file, used.owners.values())} 0 R" for used in self._used.values()
        )


def prepare(fonts: FontSet) -> None:
    """Read and work through the font of each role that nearly every paper is set with."""
    for family in usual_families(fonts):
        _prepared(family, fonts).embed(PdfFile(), ())


@lru_cache(maxsize=256)
def _prepared(family: str, fonts: FontSet) -> PreparedFont:
    face, path = font_file(family, fonts)
    return PreparedFont(family, face, FaceReader(path, 0))
