"""Everything that can be found out about a paper's template before it is used."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from docs_service.catalogue import Catalogue, DocumentType, Variant
from docs_service.content import Finding, Style, lint_template, mended_tags, open_template
from docs_service.content.ooxml import DOCUMENT_PART, STYLES_PART, parse_part, w
from docs_service.layout import Page, installed_fonts
from docs_service.layout import measures as m
from docs_service.orders import Format, Party, RenderOrder
from docs_service.render import fill
from docs_service.samples import example_data, longest_data
from service_kit.problems import Problem, RefusedError

_NEARLY = 0.05
_FONT_ATTRIBUTES = tuple(w(name) for name in ("ascii", "hAnsi", "eastAsia", "cs"))
_NOBODY = (Party(key="nobody"),)


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """What is wrong with a template, and what was mended without anybody's doing."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def check_template(kind: DocumentType, template: bytes | None = None) -> TemplateReport:
    """Check a paper's template, or another that shall take its place."""
    if template is not None:
        kind = replace(kind, template=template, revision=f"{kind.revision}-checked-{hash(template)}")
    problems = lint_template(kind)
    if not problems:
        problems = [*_foreign_fonts(kind.template), *_filled(kind)]
    try:
        notes = mended_tags(kind.template)
    except (RefusedError, etree.XMLSyntaxError):
        notes = []
    return TemplateReport(tuple(problems), tuple(notes))


def _foreign_fonts(template: bytes) -> Iterator[Problem]:
    """Fonts named in styles or text that are none of the standard's."""
    known = set(m.DOCX_FONTS.values())
    parts = open_template(template)
    for part, place in ((STYLES_PART, "样式"), (DOCUMENT_PART, "正文")):
        names = (
            fonts.get(attribute)
            for fonts in parse_part(parts[part]).iter(w("rFonts"))
            for attribute in _FONT_ATTRIBUTES
        )
        for name in dict.fromkeys(names):
            if name is not None and name not in known:
                yield Finding.TEMPLATE_FONT.at(place, name=name, known="、".join(sorted(known)))


def _filled(kind: DocumentType) -> Iterator[Problem]:
    """What goes wrong when each variant is filled with the least and with the longest data."""
    for variant in kind.variants:
        fields = kind.fields_of(variant.code)
        for words, data in (("最少", example_data(fields)), ("最长", longest_data(fields))):
            place = f"{variant.title}，用{words}的内容填写"
            try:
                pages = _pages(kind, variant, data)
            except RefusedError as refused:
                yield from (_placed(problem, place) for problem in refused.problems)
            else:
                yield from (_placed(problem, place) for problem in _overflow(pages))


def _pages(kind: DocumentType, variant: Variant, data: dict[str, object]) -> tuple[Page, ...]:
    order = RenderOrder(
        kind.code,
        json.dumps(data, ensure_ascii=False),
        Format.PDF,
        variant.code,
        draft=True,
        forbidden_recipients=_NOBODY,
    )
    return fill(order, Catalogue({kind.code: kind}, {}), installed_fonts()).composition.pages


def _placed(problem: Problem, place: str) -> Problem:
    return replace(problem, place=f"{place}，{problem.place}" if problem.place else place)


def _overflow(pages: tuple[Page, ...]) -> Iterator[Problem]:
    right, bottom = m.PAGE_WIDTH - m.MARGIN_RIGHT, m.PAGE_HEIGHT - m.MARGIN_BOTTOM
    found: dict[Style, Problem] = {}
    for page in pages:
        for text in page.texts:
            if text.style is Style.LETTERHEAD and text.size < m.SIZE_BODY:
                small = Finding.PAPER_HEAD_SMALL.at("", size=round(text.size, 1), limit=m.SIZE_BODY)
                found[text.style] = small
            for line in text.lines:
                ends = line.x + line.line.width
                is_below = line.top + line.height > bottom + _NEARLY and text.style is not Style.PAGE_NUMBER
                if line.x < m.MARGIN_LEFT - _NEARLY or ends > right + _NEARLY or is_below:
                    words = line.line.text[:20]
                    found[text.style] = Finding.PAPER_OVERFLOW.at("", style=text.style, text=words)
    yield from found.values()
