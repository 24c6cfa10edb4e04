"""The few calls of HarfBuzz that fonts need: coverage, advances, and subsets of a face.

HarfBuzz is what WeasyPrint itself sets and subsets with; calling it here reads a 26 MB collection in
milliseconds where a Python font library needs seconds.
"""

import ctypes
import ctypes.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_POINTER = ctypes.c_void_p
_RETURNS_POINTER = [
    "hb_blob_create_from_file",
    "hb_face_create",
    "hb_set_create",
    "hb_face_reference_blob",
    "hb_blob_get_data",
    "hb_font_create",
]
_SUBSET_RETURNS_POINTER = [
    "hb_subset_input_create_or_fail",
    "hb_subset_input_unicode_set",
    "hb_subset_or_fail",
    "hb_subset_input_set",
]
_DROP_TABLES = 3  # HB_SUBSET_SETS_DROP_TABLE_TAG
_NO_CODE_POINT = 0xFFFFFFFF  # HB_SET_VALUE_INVALID

# Layout tables are not wanted: the composer places every character.
_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "VORG", "vhea", "vmtx", "DSIG", "meta")


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

    def advance(self, code_point: int) -> float:
        """Advance of the character's glyph in ems."""
        self._shaping.hb_font_get_nominal_glyph(self._font, code_point, ctypes.byref(self._glyph))
        advance: int = self._shaping.hb_font_get_glyph_h_advance(self._font, self._glyph.value)
        return advance / int(self._units)

    def subset(self, code_points: Iterable[int]) -> bytes:
        """A font file with the glyphs of these code points and no layout tables."""
        shaping, subsetting = self._shaping, self._subsetting
        wanted = _POINTER(subsetting.hb_subset_input_create_or_fail())
        points = _POINTER(subsetting.hb_subset_input_unicode_set(wanted))
        for point in code_points:
            shaping.hb_set_add(points, point)
        dropped = _POINTER(subsetting.hb_subset_input_set(wanted, _DROP_TABLES))
        for table in _DROPPED:
            shaping.hb_set_add(dropped, int.from_bytes(table.encode(), "big"))
        face = _POINTER(subsetting.hb_subset_or_fail(self._face, wanted))
        if not face:
            raise FontLibraryError("HarfBuzz could not subset a font")
        blob = _POINTER(shaping.hb_face_reference_blob(face))
        length = ctypes.c_uint()
        start = shaping.hb_blob_get_data(blob, ctypes.byref(length))
        content = ctypes.string_at(start, length.value)
        shaping.hb_blob_destroy(blob)
        shaping.hb_face_destroy(face)
        subsetting.hb_subset_input_destroy(wanted)
        return content
