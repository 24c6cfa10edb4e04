"""The types of paper: data, and the loader that reads it."""

from docs_service.catalogue.loader import CATALOGUE_FOLDER, load_cases, load_catalogue, shipped_catalogue
from docs_service.catalogue.model import (
    CATALOGUE_NOTE,
    Catalogue,
    Code,
    DateOrder,
    DocumentType,
    Field,
    FieldKind,
    LegalBasis,
    PageLayout,
    PaperClass,
    Variant,
)
from docs_service.catalogue.schema import NUMBER_PATTERN, fields_schema

__all__ = [
    "CATALOGUE_FOLDER",
    "CATALOGUE_NOTE",
    "NUMBER_PATTERN",
    "Catalogue",
    "Code",
    "DateOrder",
    "DocumentType",
    "Field",
    "FieldKind",
    "LegalBasis",
    "PageLayout",
    "PaperClass",
    "Variant",
    "fields_schema",
    "load_cases",
    "load_catalogue",
    "shipped_catalogue",
]
