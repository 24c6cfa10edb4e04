"""What is wrong with a template, found before it is used."""

from collections.abc import Iterator

from jinja2 import meta, nodes

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
    findings = list(_wrong_names(kind, template.sources[DOCUMENT_PART]))
    reading = read_document(parse_part(template.parts[DOCUMENT_PART]), template.styles)
    findings.extend(reading.findings)
    return findings


def _wrong_names(kind: DocumentType, source: str) -> Iterator[Problem]:
    """Fields and filters that are not there. Jinja itself looks for a filter inside of a condition only when
    it comes to it.
    """
    environment = template_environment()
    tree = environment.parse(source)
    known = {field.name for field in kind.fields} | TEMPLATE_WORDS
    for name in sorted(meta.find_undeclared_variables(tree) - known):
        yield Finding.TEMPLATE_FIELD_UNKNOWN.at("", name=name)
    for name in sorted({node.name for node in tree.find_all(nodes.Filter)} - set(environment.filters)):
        yield Finding.TEMPLATE_TAG.at("", cause=f"没有名为“{name}”的过滤器")
