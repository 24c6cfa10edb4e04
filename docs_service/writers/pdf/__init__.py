"""Composed pages as tagged PDF/A-2a, by one of two writers of one interface."""

from docs_service.writers.pdf.about import MEDIA_TYPE, About
from docs_service.writers.pdf.choice import WRITER_SETTING, PdfWriter, pdf_writer

__all__ = ["MEDIA_TYPE", "WRITER_SETTING", "About", "PdfWriter", "pdf_writer"]
