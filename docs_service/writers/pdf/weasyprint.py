"""Paints composed pages as a tagged PDF/A-2a through WeasyPrint, which has nothing left to decide.

WeasyPrint is imported only when the first page is painted: it may not be loaded before a process forks.
"""

import hashlib
import os
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from docs_service.content import Style
from docs_service.layout import FontSet, Page, PictureKind, cache_folder
from docs_service.layout.composer import Run
from docs_service.layout.pages import Picture, PlacedLine, Rule, TextBlock
from docs_service.seals import EMPTY_SLOT, slot_picture
from docs_service.writers.pdf.about import LANGUAGE, About, font_file, usual_families
from docs_service.writers.pdf.artifacts import mark_artifacts
from docs_service.writers.pdf.drawn import ALTERNATIVE

_ASSET = "asset:"
_TAGS = {
    Style.TITLE: "h1", Style.SLIP_TITLE: "h1", Style.HEADING_1: "h2", Style.HEADING_2: "h3",
    Style.PAGE_NUMBER: "footer", Style.DRAFT_MARK: "footer",
}  # fmt: skip
_SHEET = """
@page { size: 210mm 297mm; margin: 0 }
html { font-size: 16pt; color: #000; font-kerning: none; font-variant-ligatures: none; hyphens: none }
body { margin: 0 }
section { position: relative; width: 210mm; height: 297mm; break-after: page; overflow: hidden }
section:last-child { break-after: auto }
h1, h2, h3, p, footer { position: absolute; left: 0; margin: 0; font-weight: normal; bookmark-level: none }
h1 > span, h2 > span, h3 > span, p > span, footer > span { display: block; white-space: pre }
hr { position: absolute; margin: 0; border: 0 }
img { position: absolute }
table { position: absolute; left: 0; top: 0; width: 1mm; table-layout: fixed; border-spacing: 0 }
td, th { padding: 0; font-weight: normal }
"""


def write_pdf(pages: tuple[Page, ...], about: About, fonts: FontSet) -> bytes:
    """The pages as PDF/A-2a. The same pages give the same bytes in any process."""
    families = sorted({run.family for page in pages for text in page.texts for run in _runs(text)})
    folders = frozenset(str(font_file(family, fonts)[1].parent) for family in families)
    return _PAINTERS.with_fonts(folders).paint(_html(pages, about), about)


def prepare(fonts: FontSet) -> None:
    """Load WeasyPrint with the font of each role that nearly every paper is set with."""
    folders = frozenset(str(font_file(family, fonts)[1].parent) for family in usual_families(fonts))
    _PAINTERS.with_fonts(folders)


def _runs(text: TextBlock) -> Iterator[Run]:
    for placed in text.lines:
        yield from placed.line.runs


def _html(pages: tuple[Page, ...], about: About) -> str:
    metas = "".join(
        f'<meta name="{escape(name)}" content="{escape(value)}">' for name, value in about.custom.items()
    )
    sections = "".join(_section(page) for page in pages)
    return (
        f'<html lang="{LANGUAGE}"><head><title>{escape(about.title)}</title>'
        f'<meta name="author" content="{escape(about.issuer)}">{metas}</head><body>{sections}</body></html>'
    )


def _section(page: Page) -> str:
    texts = "".join(
        "".join(map(_text, group)) if table is None else _table(list(group))
        for table, group in groupby(page.texts, key=lambda block: block.table)
    )
    rules = "".join(map(_rule, page.rules))
    pictures = "".join(map(_picture, page.pictures))
    return f"<section>{texts}{rules}{pictures}</section>"


def _table(blocks: list[TextBlock]) -> str:
    """A table for the tags only: it has no size, its texts are placed like all others."""
    rows: dict[bool, list[str]] = {True: [], False: []}
    for (is_head, _), row in groupby(blocks, key=lambda block: block.row):
        cells = "".join(_cell(list(cell)) for _, cell in groupby(row, key=lambda block: block.cell))
        rows[is_head].append(f"<tr>{cells}</tr>")
    head = f"<thead>{''.join(rows[True])}</thead>" if rows[True] else ""
    return f"<table>{head}<tbody>{''.join(rows[False])}</tbody></table>"


def _cell(blocks: list[TextBlock]) -> str:
    place = blocks[0].cell
    is_label = all(block.style is Style.CELL_HEAD for block in blocks)
    span = f' colspan="{place.columns}"' if place and place.columns > 1 else ""
    scope = ' scope="row"' if is_label and place and not place.is_head else ""
    tag = "th" if is_label else "td"
    return f"<{tag}{span}{scope}>{''.join(_text(block) for block in blocks if block.lines)}</{tag}>"


def _text(block: TextBlock) -> str:
    tag = _TAGS.get(block.style, "p")
    first = block.lines[0]
    colour = f";color:{block.colour}" if block.colour != "#000000" else ""
    lines = "".join(map(_line, block.lines))
    return (
        f'<{tag} style="top:{_mm(first.top)};font-size:{block.size:g}pt;'
        f'line-height:{_mm(first.height)}{colour}">{lines}</{tag}>'
    )


def _line(placed: PlacedLine) -> str:
    """A line: its first run is the line's own, the others are put where they belong by a margin."""
    first, *others = placed.line.runs
    pieces = [escape(first.text, quote=False)]
    end = first.end
    for run in others:
        style = f"margin-left:{_mm(run.x - end)};letter-spacing:{_mm(run.spacing)}"
        if run.family != first.family:
            style += f";font-family:'{run.family}'"
        pieces.append(f'<span style="{style}">{escape(run.text, quote=False)}</span>')
        end = run.end
    return (
        f'<span style="margin-left:{_mm(placed.x + first.x)};letter-spacing:{_mm(first.spacing)};'
        f"font-family:'{first.family}'\">{''.join(pieces)}</span>"
    )


def _rule(rule: Rule) -> str:
    return (
        f'<hr style="left:{_mm(rule.x)};top:{_mm(rule.y)};width:{_mm(rule.width)};height:{_mm(rule.height)};'
        f'background:{rule.colour}">'
    )


def _picture(picture: Picture) -> str:
    key = EMPTY_SLOT if picture.kind is PictureKind.EMPTY_SLOT else picture.key
    return (
        f'<img src="{_ASSET}{key}" alt="{ALTERNATIVE[picture.kind]}" style="left:{_mm(picture.x)};'
        f'top:{_mm(picture.y)};width:{_mm(picture.size)};height:{_mm(picture.size)}">'
    )


def _mm(length: float) -> str:
    return f"{length:.4f}mm"


class _Painter:
    """WeasyPrint with one set of fonts, kept for the process: fonts, sheet and pictures are read once."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        os.environ["FONTCONFIG_FILE"] = str(_font_configuration(folders))
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        class AssetFetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
            """Serves the seal slot's pictures from memory, and nothing else from anywhere."""

            def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
                key = url.removeprefix(_ASSET)
                if key == url:
                    raise weasyprint.urls.FatalURLFetchingError(f"refused: {url}")
                return weasyprint.urls.URLFetcherResponse(
                    url, slot_picture(key), {"Content-Type": "image/png"}
                )

        self._weasyprint = weasyprint
        self._fonts = FontConfiguration()
        self._fetcher = AssetFetcher(allowed_protocols=())
        self._sheet = weasyprint.CSS(string=_SHEET, font_config=self._fonts, url_fetcher=self._fetcher)
        self._images: dict[str, object] = {}

    def paint(self, html: str, about: About) -> bytes:
        document = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher, base_url=_ASSET)
        content: bytes = document.write_pdf(
            stylesheets=[self._sheet],
            font_config=self._fonts,
            cache=self._images,
            finisher=mark_artifacts,
            pdf_variant="pdf/a-2a",
            pdf_identifier=bytes.fromhex(about.identifier),
            custom_metadata=True,
        )
        return content


class _Painters:
    """The painter of this process. One that lacks a font gives way to one that has it beside all before."""

    def __init__(self) -> None:
        self._folders: frozenset[str] = frozenset()
        self._painter: _Painter | None = None

    def with_fonts(self, folders: frozenset[str]) -> _Painter:
        """The painter, knowing at least these folders of fonts."""
        if self._painter is None or not folders <= self._folders:
            self._folders |= folders
            self._painter = _Painter(tuple(sorted(self._folders)))
        return self._painter


_PAINTERS = _Painters()


def _font_configuration(folders: tuple[str, ...]) -> Path:
    """A configuration of fontconfig that knows these folders only."""
    cache = cache_folder()
    entries = "".join(f"<dir>{escape(folder)}</dir>" for folder in folders)
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"{entries}<cachedir>{escape(str(cache / 'fontconfig'))}</cachedir></fontconfig>"
    )
    path = cache / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.exists():
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    return path
