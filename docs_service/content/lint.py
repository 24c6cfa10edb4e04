"""What is wrong with a template, found before it is used."""

from collections.abc import Iterator

from jinja2 import meta

from docs_service.catalogue import DocumentType
from docs_service.content.findings import Finding
from docs_service.content.ooxml import DOCUMENT_PART, parse_part
from docs_service.content.reader import read_document
from docs_service.content.template import compile_template, template_environment
from service_kit.problems import Problem, RefusedError

# Names that every template may use beside its paper's fields.
TEMPLATE_WORDS = frozenset({"variant", "draft"})


def lint_template(kind: DocumentType) -> list[Problem]:
    """Every finding about a paper's template: no .docx, wrong tags, fields the paper does not have, content
    outside of the subset.
    """
    try:
        template = compile_template(kind.template)
    except RefusedError as refused:
        return list(refused.problems)
    findings = list(_unknown_fields(kind, template.sources[DOCUMENT_PART]))
    reading = read_document(parse_part(template.parts[DOCUMENT_PART]), template.styles)
    findings.extend(reading.findings)
    return findings


def _unknown_fields(kind: DocumentType, source: str) -> Iterator[Problem]:
    known = {field.name for field in kind.fields} | TEMPLATE_WORDS
    for name in sorted(meta.find_undeclared_variables(template_environment().parse(source)) - known):
        yield Finding.TEMPLATE_FIELD_UNKNOWN.at("", name=name)
