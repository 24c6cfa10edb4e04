"""A paper as a picture, to look at while a template is edited."""

import io
import json

import pypdfium2
from PIL import Image

from docs_service.catalogue import CATALOGUE_FOLDER, DocumentType, load_cases
from docs_service.orders import Format, Party, RenderOrder
from docs_service.render import render
from service_kit.problems import Problem, Refusal, RefusedError

USUAL_RESOLUTION = 96
_GAP = 12
_POINTS_PER_INCH = 72


def case_order(kind: DocumentType, case: str, *, seal: str = "") -> RenderOrder:
    """The order of one of a paper's own cases, the first for an empty name. Raises RefusedError."""
    cases = load_cases(CATALOGUE_FOLDER, kind.code)
    entry = cases.get(case or next(iter(cases)))
    if entry is None:
        problem = Problem(
            "CASE_UNKNOWN", "case", f"{kind.title}没有这个示例。", f"可用的示例：{'、'.join(cases)}。"
        )
        raise RefusedError([problem], Refusal.NOT_FOUND)
    return RenderOrder(
        type=kind.code,
        data_json=json.dumps(entry["data"], ensure_ascii=False),
        format=Format.PDF,
        variant=entry.get("variant", ""),
        number=entry.get("number", ""),
        forbidden_recipients=tuple(Party(**party) for party in entry.get("forbidden_recipients", ())),
        seal=seal,
        draft=not seal,
    )


def preview(order: RenderOrder, resolution: int = USUAL_RESOLUTION) -> bytes:
    """The pages of a paper beside each other, as PNG."""
    document = pypdfium2.PdfDocument(render(order).content)
    try:
        pages = [page.render(scale=resolution / _POINTS_PER_INCH).to_pil() for page in document]
    finally:
        document.close()
    width = sum(page.width + _GAP for page in pages) - _GAP
    sheet = Image.new("RGB", (width, max(page.height for page in pages)), (200, 200, 200))
    x = 0
    for page in pages:
        sheet.paste(page, (x, 0))
        x += page.width + _GAP
    target = io.BytesIO()
    sheet.save(target, "PNG")
    return target.getvalue()
