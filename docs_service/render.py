"""Renders a paper: the same order gives the same bytes, in any process, on any day."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from threading import Lock
from typing import Any

from docs_service.admission import NUMBER_FIELD, check_recipients, find_type, order_problems
from docs_service.catalogue import (
    CATALOGUE_NOTE,
    Catalogue,
    DocumentType,
    shipped_catalogue,
)
from docs_service.content import (
    DATA_ROOT,
    Block,
    Finding,
    Style,
    Table,
    Template,
    compile_template,
    paragraphs_of,
    parse_json,
    read_blocks,
    read_data,
)
from docs_service.content.characters import code_point
from docs_service.content.ooxml import DOCUMENT_PART
from docs_service.layout import (
    Composition,
    Dress,
    FontSet,
    MissingGlyph,
    compose_pages,
    installed_fonts,
    missing_glyphs,
)
from docs_service.orders import FontSubstitute, Format, RenderedPaper, RenderOrder
from docs_service.samples import example_data
from docs_service.seals import installed_seals
from docs_service.writers import docx, pdf
from service_kit.problems import Problem, RefusedError

# What stands for the number in a draft that has none yet.
NUMBER_TO_COME = "（待编）"

_SET_BY = ("jinja2", "lxml")


@dataclass(frozen=True, slots=True)
class AdmittedOrder:
    """An order that may be rendered: its values, and what a template sees of them."""

    kind: DocumentType
    data: Mapping[str, Any]
    values: Mapping[str, Any]
    context: Mapping[str, Any]
    data_digest: str


@dataclass(frozen=True, slots=True)
class FilledPaper:
    """A paper filled and read, before it becomes a file."""

    kind: DocumentType
    blocks: tuple[Block, ...]
    composition: Composition


# INVARIANT: one paper at a time in a process. The objects of HarfBuzz and Pango are shared and not for
# threads; a second core is a second process.
_ONE_AT_A_TIME = Lock()


def render(order: RenderOrder, catalogue: Catalogue | None = None) -> RenderedPaper:
    """Render one paper. Raises RefusedError with every problem found; nothing half-rendered is returned."""
    with _ONE_AT_A_TIME:
        fonts = installed_fonts()
        require_fonts(fonts)
        return _render(order, catalogue or shipped_catalogue(), fonts)


def require_fonts(fonts: FontSet) -> None:
    """Refuse to set anything on a machine that lacks the fonts of a role."""
    problems = [
        Finding.FONT_MISSING.at("", role=role.role) for role in fonts.roles.values() if not role.faces
    ]
    if problems:
        raise RefusedError(problems)


def warm_up(catalogue: Catalogue) -> None:
    """Prepare the fonts, compile every template and render one paper, so that the first caller does not wait.
    Raises RefusedError where the machine lacks fonts.
    """
    fonts = installed_fonts()
    require_fonts(fonts)
    pdf.pdf_writer().prepare(fonts)
    for kind in catalogue.types.values():
        _compiled(kind)
    kind = next(iter(catalogue.types.values()))
    data = example_data(kind.fields_of(kind.variants[0].code))
    render(RenderOrder(kind.code, json.dumps(data), Format.PDF, draft=True), catalogue)


def _render(order: RenderOrder, catalogue: Catalogue, fonts: FontSet) -> RenderedPaper:
    admitted = admit(order, catalogue)
    custom = {
        "catalogue_note": CATALOGUE_NOTE,
        "template_revision": admitted.kind.revision,
        "decision_id": order.decision_id,
        "paper_call_id": order.paper_call_id,
    }
    custom = {name: value for name, value in custom.items() if value}
    fingerprint = _fingerprint(order.format, fonts)
    if order.format is Format.DOCX:
        content, media_type, pages = _docx(order, admitted, custom, fonts), docx.MEDIA_TYPE, 0
    else:
        paper = fill_admitted(order, admitted, fonts)
        title = "".join(p.text for p in paragraphs_of(paper.blocks) if p.style is Style.TITLE)
        identifier = _digest(admitted.data_digest, fingerprint, _dress(order).seal, str(order.draft))
        about = pdf.About(title, admitted.values["issuer"], identifier, custom)
        content = pdf.pdf_writer().write(paper.composition.pages, about, fonts)
        media_type, pages = pdf.MEDIA_TYPE, len(paper.composition.pages)
    content_digest = hashlib.sha256(content).hexdigest()
    return RenderedPaper(
        content=content,
        media_type=media_type,
        file_name=f"{admitted.kind.code}-{content_digest[:16]}.{order.format}",
        page_count=pages,
        template_revision=admitted.kind.revision,
        data_digest=admitted.data_digest,
        content_digest=content_digest,
        renderer_fingerprint=fingerprint,
        substitutes=substitutes(fonts) if order.format is Format.PDF else (),
    )


def admit(order: RenderOrder, catalogue: Catalogue) -> AdmittedOrder:
    """An order with its data read and checked. Raises RefusedError with every problem found."""
    kind, variant = find_type(order, catalogue)
    data = parse_json(order.data_json)
    fields = kind.fields_of(variant.code)
    values, problems = read_data(fields, data, kind.date_orders)
    problems.extend(order_problems(order, kind, data))
    if problems:
        raise RefusedError(problems)
    check_recipients(order, kind, variant, data)
    values[NUMBER_FIELD] = order.number or values.get(NUMBER_FIELD) or NUMBER_TO_COME
    absent = {field.name: None for field in kind.fields if field.name not in values}
    context = {**absent, **values, "variant": variant.code, "draft": order.draft}
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = _digest(kind.code, variant.code, kind.revision, canonical, values[NUMBER_FIELD])
    return AdmittedOrder(kind, data, values, context, digest)


def fill(order: RenderOrder, catalogue: Catalogue, fonts: FontSet) -> FilledPaper:
    """The paper of an order, checked, filled and composed. Raises RefusedError with every problem found."""
    return fill_admitted(order, admit(order, catalogue), fonts)


def fill_admitted(order: RenderOrder, admitted: AdmittedOrder, fonts: FontSet) -> FilledPaper:
    """The paper of an admitted order, filled and composed. Raises RefusedError with every problem found."""
    template = _compiled(admitted.kind)
    parts = template.fill(admitted.context)
    blocks = read_blocks(parts[DOCUMENT_PART], template.styles)
    composition = _compose(blocks, admitted.kind, order, fonts)
    if composition.missing:
        raise RefusedError(_missing_glyphs(composition.missing, admitted.data, admitted.kind))
    return FilledPaper(admitted.kind, blocks, composition)


def _docx(order: RenderOrder, admitted: AdmittedOrder, custom: Mapping[str, str], fonts: FontSet) -> bytes:
    plan = _docx_plan(admitted.kind.revision, admitted.kind.template, fonts.fingerprint)
    dress = _dress(order)
    document = plan.fill(admitted.context, dress)
    if not (plan.is_plain and plan.has_glyphs(document)):
        fill_admitted(order, admitted, fonts)
    about = docx.Properties(admitted.values["issuer"], admitted.values["issue_date"], custom)
    return plan.write(document, admitted.context, dress, about)


def _dress(order: RenderOrder) -> Dress:
    if not order.seal:
        return Dress(order.draft)
    seal = installed_seals()[order.seal]
    return Dress(order.draft, seal.digest, seal.side)


@lru_cache(maxsize=256)
def _docx_plan(revision: str, content: bytes, fingerprint: str) -> docx.DocxPlan:  # noqa: ARG001 - a key
    return docx.DocxPlan(_compiled_template(revision, content), installed_fonts())


@lru_cache(maxsize=256)
def _compiled_template(revision: str, content: bytes) -> Template:  # noqa: ARG001 - the revision is the key
    return compile_template(content)


def _compiled(kind: DocumentType) -> Template:
    return _compiled_template(kind.revision, kind.template)


def _compose(
    blocks: tuple[Block, ...], kind: DocumentType, order: RenderOrder, fonts: FontSet
) -> Composition:
    """The pages of a paper. A .docx has none of its own: it is refused for what a PDF would be refused for,
    and only a row of a table may be too tall.
    """
    if order.format is Format.DOCX and not any(isinstance(block, Table) for block in blocks):
        return Composition((), missing_glyphs(blocks, fonts))
    return compose_pages(blocks, kind.layout, _dress(order), fonts)


def _digest(*words: str) -> str:
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _missing_glyphs(
    missing: tuple[MissingGlyph, ...], data: Mapping[str, Any], kind: DocumentType
) -> list[Problem]:
    labels = {field.name: field.label for field in kind.fields}
    problems: dict[Problem, None] = {}
    for glyph in missing:
        places = list(_places_of(glyph.character, data, DATA_ROOT)) or [""]
        for place in places:
            name = place.removeprefix(f"{DATA_ROOT}.").split("[")[0].split(".")[0]
            words = {
                "character": glyph.character,
                "code_point": code_point(glyph.character),
                "role": glyph.role,
            }
            label = labels.get(name, "模板")
            problems[Finding.CHARACTER_WITHOUT_FONT.at(place, label=label, **words)] = None
    return list(problems)


def _places_of(character: str, value: object, place: str) -> list[str]:
    if isinstance(value, str):
        return [place] if character in value else []
    if isinstance(value, Mapping):
        return [
            found for key, item in value.items() for found in _places_of(character, item, f"{place}.{key}")
        ]
    if isinstance(value, list):
        return [
            found for at, item in enumerate(value) for found in _places_of(character, item, f"{place}[{at}]")
        ]
    return []


def substitutes(fonts: FontSet) -> tuple[FontSubstitute, ...]:
    """The fonts that stand in for those of the standard on this machine."""
    return tuple(
        FontSubstitute(role.role, role.faces[0].family if role.faces else "", role.reason)
        for role in fonts.roles.values()
        if role.is_substitute
    )


def _fingerprint(format_: Format, fonts: FontSet) -> str:
    writer = pdf.pdf_writer() if format_ is Format.PDF else None
    return _digest(*_versions(writer), fonts.fingerprint)


@cache
def _versions(writer: pdf.PdfWriter | None) -> tuple[str, ...]:
    packages = _SET_BY + (writer.packages if writer else ())
    return (
        *((writer.name, writer.library()) if writer else ()),
        *(f"{name} {version(name)}" for name in ("huiyin", *packages)),
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
    )
