"""From a template and data to a filled document and its blocks."""

from docs_service.content.blocks import (
    TITLE_STYLES,
    Block,
    Cell,
    Paragraph,
    Row,
    Style,
    Table,
    columns_of,
    paragraphs_of,
)
from docs_service.content.data import parse_json, read_data
from docs_service.content.findings import DATA_ROOT, Finding
from docs_service.content.lint import lint_template, mended_tags
from docs_service.content.outline import outline_of, parse_outline
from docs_service.content.reader import read_blocks
from docs_service.content.template import Template, compile_template, open_template
from docs_service.content.values import Choice, chinese_date

__all__ = [
    "DATA_ROOT",
    "TITLE_STYLES",
    "Block",
    "Cell",
    "Choice",
    "Finding",
    "Paragraph",
    "Row",
    "Style",
    "Table",
    "Template",
    "chinese_date",
    "columns_of",
    "compile_template",
    "lint_template",
    "mended_tags",
    "open_template",
    "outline_of",
    "paragraphs_of",
    "parse_json",
    "parse_outline",
    "read_blocks",
    "read_data",
]
