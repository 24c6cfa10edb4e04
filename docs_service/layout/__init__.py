"""GB/T 9704-2012 as measures, and whole pages composed from blocks."""

from docs_service.layout.compose import Composition, compose_pages, missing_glyphs
from docs_service.layout.fonts import FontSet, cache_folder, installed_fonts
from docs_service.layout.harfbuzz import harfbuzz_version
from docs_service.layout.pages import Dress, Page, PictureKind
from docs_service.layout.setting import MissingGlyph
from docs_service.layout.signature import place_signature, seal_top

__all__ = [
    "Composition",
    "Dress",
    "FontSet",
    "MissingGlyph",
    "Page",
    "PictureKind",
    "cache_folder",
    "compose_pages",
    "harfbuzz_version",
    "installed_fonts",
    "missing_glyphs",
    "place_signature",
    "seal_top",
]
