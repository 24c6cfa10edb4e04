"""Renders the papers of petition casework."""

from docs_service.catalogue import CATALOGUE_NOTE, Catalogue, load_catalogue, shipped_catalogue
from docs_service.orders import Format, Party, RenderedPaper, RenderOrder
from docs_service.render import render

__all__ = [
    "CATALOGUE_NOTE",
    "Catalogue",
    "Format",
    "Party",
    "RenderOrder",
    "RenderedPaper",
    "load_catalogue",
    "render",
    "shipped_catalogue",
]
