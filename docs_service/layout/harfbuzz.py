"""The few calls of HarfBuzz that fonts need: coverage, advances, and subsets of a face.

HarfBuzz is what WeasyPrint itself sets and subsets with; calling it here reads a 26 MB collection in
milliseconds where a Python font library needs seconds.
"""

import ctypes
import ctypes.util
from collections.abc import Iterable
from enum import Enum
from functools import cache, cached_property
from pathlib import Path

_POINTER = ctypes.c_void_p
_RETURNS_POINTER = [
    "hb_blob_create_from_file",
    "hb_face_create",
    "hb_set_create",
    "hb_face_reference_blob",
    "hb_face_reference_table",
    "hb_blob_get_data",
    "hb_font_create",
]
_SUBSET_RETURNS_POINTER = [
    "hb_subset_input_create_or_fail",
    "hb_subset_input_unicode_set",
    "hb_subset_or_fail",
    "hb_subset_input_set",
    "hb_subset_preprocess",
]
_DROP_TABLES = 3  # HB_SUBSET_SETS_DROP_TABLE_TAG
_RETAIN_GLYPH_IDS = 0x2  # HB_SUBSET_FLAGS_RETAIN_GIDS
_NO_CODE_POINT = 0xFFFFFFFF  # HB_SET_VALUE_INVALID

# Layout tables are not wanted: the composer places every character.
_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "VORG", "vhea", "vmtx", "DSIG", "meta")
# A PDF says by itself what these say.
_DROPPED_IN_PDF = (*_DROPPED, "cmap", "name", "OS/2", "post")


class Outlines(Enum):
    """What the glyphs of a font file are drawn with, and how a PDF numbers them."""

    CFF_BY_CID = "cff by cid"
    CFF_BY_NAME = "cff by name"
    TRUETYPE = "truetype"


class FontLibraryError(RuntimeError):
    """A library that fonts need is not installed."""


@cache
def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    shaping = _load("harfbuzz", "libharfbuzz.so.0")
    subsetting = _load("harfbuzz-subset", "libharfbuzz-subset.so.0")
    for library, names in ((shaping, _RETURNS_POINTER), (subsetting, _SUBSET_RETURNS_POINTER)):
        for name in names:
            getattr(library, name).restype = _POINTER
    return shaping, subsetting


def _load(name: str, soname: str) -> ctypes.CDLL:
    for candidate in (soname, ctypes.util.find_library(name)):
        try:
            if candidate:
                return ctypes.CDLL(candidate)
        except OSError:
            continue
    raise FontLibraryError(f"{soname} is not installed")


def has_subsetting() -> bool:
    """Whether both libraries are there."""
    try:
        _libraries()
    except FontLibraryError:
        return False
    return True


class FaceReader:
    """One face of a font file. Lives as long as the process: HarfBuzz maps the file."""

    def __init__(self, path: Path, index: int) -> None:
        """Raises FontLibraryError where HarfBuzz is missing."""
        self._shaping, self._subsetting = _libraries()
        blob = self._shaping.hb_blob_create_from_file(str(path).encode())
        self._face = _POINTER(self._shaping.hb_face_create(_POINTER(blob), index))
        self._font = _POINTER(self._shaping.hb_font_create(self._face))
        self._units = self._shaping.hb_face_get_upem(self._face)
        self._glyph = ctypes.c_uint32()

    def code_points(self) -> frozenset[int]:
        """Every code point that the face has a glyph for."""
        found = _POINTER(self._shaping.hb_set_create())
        self._shaping.hb_face_collect_unicodes(self._face, found)
        first, last = ctypes.c_uint32(_NO_CODE_POINT), ctypes.c_uint32()
        points: set[int] = set()
        while self._shaping.hb_set_next_range(found, ctypes.byref(first), ctypes.byref(last)):
            points.update(range(first.value, last.value + 1))
            first.value = last.value
        self._shaping.hb_set_destroy(found)
        return frozenset(points)

    def glyph(self, code_point: int) -> int:
        """Number of the character's glyph; 0 where there is none."""
        self._glyph.value = 0
        self._shaping.hb_font_get_nominal_glyph(self._font, code_point, ctypes.byref(self._glyph))
        return self._glyph.value

    def advance(self, code_point: int) -> float:
        """Advance of the character's glyph in ems."""
        advance: int = self._shaping.hb_font_get_glyph_h_advance(self._font, self.glyph(code_point))
        return advance / int(self._units)

    @cached_property
    def outlines(self) -> Outlines:
        """What the glyphs are drawn with."""
        table = self._table(self._face, "CFF ")
        if not table:
            return Outlines.TRUETYPE
        # The first operator of a CID-keyed font's dictionary is ROS (Adobe Technical Note 5176, 18).
        return Outlines.CFF_BY_CID if b"\x0c\x1e" in table[:200] else Outlines.CFF_BY_NAME

    @cached_property
    def _prepared(self) -> ctypes.c_void_p:
        """The face, worked through once so that each subset of it takes a fraction of a millisecond."""
        return _POINTER(self._subsetting.hb_subset_preprocess(self._face))

    def subset(self, code_points: Iterable[int]) -> bytes:
        """A font file with the glyphs of these code points and no layout tables."""
        face = self._subset(self._face, code_points, _DROPPED, 0)
        content = self._content(_POINTER(self._shaping.hb_face_reference_blob(face)))
        self._shaping.hb_face_destroy(face)
        return content

    def embeddable(self, code_points: Iterable[int]) -> bytes:
        """The glyphs of these code points as a PDF embeds them, under the numbers they have in this face: the
        bare CFF of a CID-keyed font, else a font file in which the others are empty.
        """
        by_cid = self.outlines is Outlines.CFF_BY_CID
        flags = 0 if by_cid else _RETAIN_GLYPH_IDS
        face = self._subset(self._prepared, code_points, _DROPPED_IN_PDF, flags)
        if by_cid:
            content = self._table(face, "CFF ")
        else:
            content = self._content(_POINTER(self._shaping.hb_face_reference_blob(face)))
        self._shaping.hb_face_destroy(face)
        return content

    def _subset(
        self, of: ctypes.c_void_p, code_points: Iterable[int], without: tuple[str, ...], flags: int
    ) -> ctypes.c_void_p:
        shaping, subsetting = self._shaping, self._subsetting
        wanted = _POINTER(subsetting.hb_subset_input_create_or_fail())
        subsetting.hb_subset_input_set_flags(wanted, flags)
        points = _POINTER(subsetting.hb_subset_input_unicode_set(wanted))
        for point in code_points:
            shaping.hb_set_add(points, point)
        dropped = _POINTER(subsetting.hb_subset_input_set(wanted, _DROP_TABLES))
        for table in without:
            shaping.hb_set_add(dropped, _tag(table))
        face = _POINTER(subsetting.hb_subset_or_fail(of, wanted))
        subsetting.hb_subset_input_destroy(wanted)
        if not face:
            raise FontLibraryError("HarfBuzz could not subset a font")
        return face

    def _table(self, face: ctypes.c_void_p, table: str) -> bytes:
        return self._content(_POINTER(self._shaping.hb_face_reference_table(face, _tag(table))))

    def _content(self, blob: ctypes.c_void_p) -> bytes:
        length = ctypes.c_uint()
        start = self._shaping.hb_blob_get_data(blob, ctypes.byref(length))
        content = ctypes.string_at(start, length.value)
        self._shaping.hb_blob_destroy(blob)
        return content


def _tag(table: str) -> int:
    return int.from_bytes(table.encode(), "big")


def harfbuzz_version() -> str:
    """The version of HarfBuzz that sets and subsets."""
    shaping, _ = _libraries()
    shaping.hb_version_string.restype = ctypes.c_char_p
    text: bytes = shaping.hb_version_string()
    return f"harfbuzz {text.decode()}"
