"""The rendered files: the same words in both formats, the page of GB/T 9704-2012, the same bytes."""

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from functools import lru_cache
from pathlib import Path

import docx
import docxtpl
import jsonschema
import pdfplumber
import pikepdf
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import ImageChops, ImageFilter, ImageStat

from docs_service import Format, Party, RenderOrder, render, shipped_catalogue
from docs_service.catalogue import FieldKind, PageLayout, fields_schema
from docs_service.content import Style, Table, compile_template, read_data
from docs_service.content.template import template_environment
from docs_service.layout import measures as m
from docs_service.layout.atoms import NO_LINE_END, NO_LINE_START
from docs_service.layout.fonts import installed_fonts
from docs_service.render import fill
from docs_service.writers.pdf import WRITER_SETTING
from docs_service.writers.scaffold import scaffold
from service_kit.problems import RefusedError

MM = 72 / 25.4
CATALOGUE = shipped_catalogue()
FORMS = ("B01", "B06", "R01")
LONG_CASES = [f"{code}-long" for code in sorted(CATALOGUE.types)]
LONG_LETTERS = [name for name in LONG_CASES if not name.startswith(FORMS)]


@lru_cache(maxsize=64)
def rendered(order):
    """A paper that several tests look at."""
    return render(order)


def plain(text):
    """Words without spaces; PDF readers give compatibility forms of some radicals and dashes."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def docx_words(content):
    document = docx.Document(io.BytesIO(content))
    return plain("".join(element.text or "" for element in document.element.body.iter("{*}t")))


def pdf_pages(content):
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return (
            [page.chars for page in pdf.pages],
            [page.rects for page in pdf.pages],
            [p.images for p in pdf.pages],
        )


def pdf_words(content):
    """The words in the order of the text layer, without page numbers and the repeated heads of tables."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.StructTreeRoot is not None
    chars, _, _ = pdf_pages(content)
    below = (m.MARGIN_TOP + m.TEXT_HEIGHT) * MM
    return plain("".join(c["text"] for page in chars for c in page if c["top"] < below))


def without_repeated_heads(words, order):
    """A table's head stands on each page in the PDF, once in the .docx."""
    blocks = fill(order, CATALOGUE, installed_fonts()).blocks
    for table in blocks:
        if isinstance(table, Table) and table.has_head:
            head = plain("".join(p.text for cell in table.rows[0].cells for p in cell.paragraphs))
            first, *others = words.split(head)
            words = first + (head if others else "") + "".join(others)
    return words


def test_both_formats_say_the_same(case, make_order):
    order = make_order(case)
    set_docx = docx_words(rendered(make_order(case, Format.DOCX)).content)
    assert without_repeated_heads(pdf_words(rendered(order).content), order) == set_docx


def value_of(field):
    """Values that fit a field, by its kind."""
    words = st.text(
        "信访事项办理情况调查核实依法答复东河路小区供水管网，、《》“”（）0123456789QH.%",
        min_size=1,
        max_size=60,
    )
    match field.kind:
        case FieldKind.TEXT:
            return words.map(lambda text: ("关于" + text)[: min(field.max_length, 40)])
        case FieldKind.PARAGRAPHS:
            return st.lists(words.map(lambda text: "经查" + text), min_size=1, max_size=4).map("\n".join)
        case FieldKind.DATE:
            return st.just("2024-05-06")
        case FieldKind.INTEGER:
            return st.integers(field.minimum, field.maximum)
        case FieldKind.CODE:
            return st.sampled_from([code.code for code in field.codes])
        case FieldKind.NUMBER:
            return st.integers(1, 9999).map(lambda n: f"云岭信〔2024〕{n}号")
        case FieldKind.LIST:
            return st.lists(
                value_of(field.item), min_size=max(1, field.min_items), max_size=min(4, field.max_items)
            )
        case FieldKind.RECORD:
            return record_of(field.fields)


def record_of(fields):
    needed = {field.name: value_of(field) for field in fields if field.required or field.needed_when}
    optional = {f.name: value_of(f) for f in fields if not f.required and f.name not in ("doc_no", *needed)}
    return st.fixed_dictionaries(needed, optional=optional)


@st.composite
def orders(draw, kind):
    variant = draw(st.sampled_from(kind.variants))
    data = draw(record_of(kind.fields_of(variant.code)))
    return RenderOrder(
        kind.code, json.dumps(data), Format.PDF, variant.code,
        number="" if kind.code in FORMS else "云岭信〔2024〕36号",
        forbidden_recipients=(Party("nobody"),), seal="sample",
    )  # fmt: skip


@given(st.data())
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=(
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ),
)
def test_both_formats_say_the_same_of_any_data(paper, data):
    order = data.draw(orders(CATALOGUE.types[paper]))
    as_docx = RenderOrder(**{f: getattr(order, f) for f in RenderOrder.__slots__} | {"format": Format.DOCX})
    jsonschema.validate(json.loads(order.data_json), fields_schema(CATALOGUE.types[paper]))
    set_pdf = pdf_words(render(order).content)
    assert without_repeated_heads(set_pdf, order) == docx_words(render(as_docx).content)


def test_docx_says_what_docxtpl_says(case, make_order):
    order = make_order(case, Format.DOCX)
    paper = fill(order, shipped_catalogue(), installed_fonts())
    twin = docxtpl.DocxTemplate(io.BytesIO(paper.kind.template))
    data = json.loads(order.data_json)
    fields = paper.kind.fields_of(order.variant or paper.kind.variants[0].code)
    values, problems = read_data(fields, data, paper.kind.date_orders)
    assert problems == []
    absent = {field.name: None for field in paper.kind.fields if field not in fields}
    variant = order.variant or paper.kind.variants[0].code
    twin.render(
        {**absent, **values, "doc_no": order.number, "variant": variant, "draft": False},
        jinja_env=template_environment(),
        autoescape=True,
    )
    saved = io.BytesIO()
    twin.save(saved)
    assert docx_words(rendered(order).content) == docx_words(saved.getvalue())


def lines_of(chars):
    """Characters by their line, from the top; a line is what stands on one baseline."""
    found = {}
    for char in chars:
        found.setdefault(round(char["bottom"], 0), []).append(char)
    return [sorted(line, key=lambda c: c["x0"]) for _, line in sorted(found.items())]


def test_a_long_case_of_every_paper_has_pages_enough(paper, make_order):
    assert rendered(make_order(f"{paper}-long")).page_count >= 2


SIDES = ("x0", "top", "x1", "bottom")


def seen_on(content):
    """Each page's characters and rules as drawn, its pictures, with their places in points."""
    chars, rects, images = pdf_pages(content)
    for page, page_rects, page_images in zip(chars, rects, images, strict=True):
        page = [c for c in page if not c["text"].isspace()]
        words = "".join(c["text"] for c in page)
        letters = [place for c in page for place in (*c["matrix"][4:], c["size"])]
        rules = sorted(tuple(round(rect[side]) for side in SIDES) for rect in page_rects)
        pictures = [image[side] for image in page_images for side in SIDES]
        yield words, letters, [side for rule in rules for side in rule], pictures


def pictures_of(content):
    """The pages as grey pictures of 60 dpi."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=60 / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def mean(picture):
    return ImageStat.Stat(picture).mean[0]


def test_both_writers_draw_the_same_pages(case, make_order, monkeypatch):
    is_draft = case.endswith("-long")
    order = make_order(case, seal="" if is_draft else "sample", draft=is_draft)
    direct = render(order).content
    drawn = seen_on(direct)
    monkeypatch.setenv(WRITER_SETTING, "weasyprint")
    by_weasyprint = render(order).content
    painted = seen_on(by_weasyprint)
    for here, there in zip(pictures_of(direct), pictures_of(by_weasyprint), strict=True):
        # Of 255 steps; a glyph more or less, anywhere on the page, is some 0.03 of ink.
        assert mean(here) == pytest.approx(mean(there), abs=0.02)
        blurred = (picture.filter(ImageFilter.BoxBlur(2)) for picture in (here, there))
        assert mean(ImageChops.difference(*blurred)) < 0.4
    for (words, letters, rules, pictures), theirs in zip(drawn, painted, strict=True):
        assert words == theirs[0]
        # Pango rounds each advance; over a line that comes to a third of a point.
        assert letters == pytest.approx(theirs[1], abs=0.5)
        assert rules == pytest.approx(theirs[2], abs=1)
        assert pictures == pytest.approx(theirs[3], abs=0.1)


def test_another_writer_is_another_fingerprint(make_order, monkeypatch):
    order = make_order("N02-accepted")
    drawn = render(order).renderer_fingerprint
    monkeypatch.setenv(WRITER_SETTING, "weasyprint")
    assert render(order).renderer_fingerprint != drawn


@pytest.mark.parametrize("name", LONG_LETTERS)
def test_page_geometry(name, make_order):
    order = make_order(name)
    pages, _, _ = pdf_pages(rendered(order).content)
    paper = fill(order, shipped_catalogue(), installed_fonts())
    full = {
        plain(line.line.text)
        for page in paper.composition.pages
        for text in page.texts
        if text.style in (Style.BODY, Style.ADDRESSEE)
        for line in text.lines
        if line.line.is_full
    }
    seen = 0
    for chars in pages:
        for line in lines_of(chars):
            words = plain("".join(char["text"] for char in line))
            if words not in full:
                continue
            seen += 1
            last = line[-1]
            # The blank half of a mark at the end may hang out; its ink does not.
            half_blank = last["text"] in NO_LINE_START and ord(last["text"]) > 0x2000
            ends = (last["x0"] + m.SIZE_BODY * (0.5 if half_blank else 1.0)) / MM
            if last["text"].isascii():
                ends = last["x1"] / MM
            right = m.MARGIN_LEFT + m.TEXT_WIDTH
            assert ends <= right + 0.3
            if not half_blank:
                assert ends == pytest.approx(right, abs=0.3)
            starts = line[0]["x0"] / MM
            # The blank half of an opening mark may have been taken away.
            slack = m.CHARACTER_PITCH / 2 if line[0]["text"] in NO_LINE_END else 0.3
            indents = (m.MARGIN_LEFT, m.MARGIN_LEFT + 2 * m.CHARACTER_PITCH)
            assert min(abs(starts - indent) for indent in indents) < slack
            assert words[0] not in NO_LINE_START
            assert words[-1] not in NO_LINE_END
    assert seen >= 3


def test_lines_stand_on_the_grid_of_22(make_order):
    paper = fill(make_order("N02-long"), shipped_catalogue(), installed_fonts())
    first = paper.composition.pages[0]
    tops = {line.top for text in first.texts if text.style is not Style.PAGE_NUMBER for line in text.lines}
    rows = sorted((top - m.MARGIN_TOP) / m.LINE_PITCH for top in tops)
    assert rows == pytest.approx([round(row) for row in rows])
    assert rows[-1] == m.LINES_PER_PAGE - 1
    assert pytest.approx(225) == 22 * m.LINE_PITCH
    assert pytest.approx(156) == 28 * m.CHARACTER_PITCH


def test_a_writer_that_is_not_there_is_refused_by_name(make_order, monkeypatch):
    monkeypatch.setenv(WRITER_SETTING, "painted")
    with pytest.raises(RefusedError) as refused:
        render(make_order("N02-accepted"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place) == ("PDF_WRITER_UNKNOWN", WRITER_SETTING)


def test_lines_move_closer_where_only_the_seal_would_go_to_another_page(make_order):
    roomy = fill(make_order("N02-accepted", seal="sample"), shipped_catalogue(), installed_fonts())
    assert {line.height for line in body_lines(roomy.composition.pages)} == {m.LINE_PITCH}
    tight = fill(make_order("N10-one", seal="sample"), shipped_catalogue(), installed_fonts())
    (page,) = tight.composition.pages
    (pitch,) = {line.height for line in body_lines(tight.composition.pages)}
    assert m.TEXT_HEIGHT / 24 <= pitch < m.LINE_PITCH
    (seal,) = page.pictures
    last_text = [text for text in page.texts if text.style is Style.BODY][-1].lines[-1]
    em = m.SIZE_BODY * m.MM_PER_POINT
    assert seal.y >= last_text.top + (last_text.height + em) / 2
    assert seal.y + seal.size / 2 < page_bottom(page)


def body_lines(pages):
    return [line for page in pages for text in page.texts if text.style is Style.BODY for line in text.lines]


def page_bottom(page):
    return max(line.top + line.height for text in page.texts for line in text.lines)


def test_signature_date_and_seal(make_order):
    rendered = render(make_order("N02-accepted", seal="sample"))
    pages, _, images = pdf_pages(rendered.content)
    line = {plain("".join(c["text"] for c in line)): line for line in lines_of(pages[-1])}
    date, signature = line["2024年3月18日"], line["云岭县住房和城乡建设局"]
    right = m.MARGIN_LEFT + m.TEXT_WIDTH - 4 * m.CHARACTER_PITCH
    assert date[-1]["x1"] / MM == pytest.approx(right, abs=0.3)
    centre = (date[0]["x0"] + date[-1]["x1"]) / 2
    assert (signature[0]["x0"] + signature[-1]["x1"]) / 2 == pytest.approx(centre, abs=1)
    assert signature[0]["bottom"] < date[0]["top"] + 3
    (seal,) = images[-1]
    assert (seal["x1"] - seal["x0"]) / MM == pytest.approx(m.SEAL_SIZE, abs=0.1)
    assert (seal["x0"] + seal["x1"]) / 2 == pytest.approx(centre, abs=1)
    middle = (seal["top"] + seal["bottom"]) / 2
    assert middle < (signature[0]["top"] + signature[0]["bottom"]) / 2 < date[0]["bottom"] < seal["bottom"]
    last_text = line["特此告知。"][0]
    assert 0 <= seal["top"] - last_text["bottom"] <= m.LINE_PITCH * MM


@pytest.mark.parametrize("paragraphs", range(1, 16))
def test_seal_never_stands_on_a_page_without_text(make_order, paragraphs):
    order = make_order(
        "N02-accepted", seal="sample", data={"handling_path": "\n".join(["核查情况。"] * paragraphs)}
    )
    pages = fill(order, shipped_catalogue(), installed_fonts()).composition.pages
    (sealed,) = [page for page in pages if page.pictures]
    assert any(text.style is Style.BODY for text in sealed.texts)
    assert sealed is pages[-1]
    for page in pages:
        for text in page.texts:
            assert all(line.top + line.height <= 276 for line in text.lines)


@pytest.mark.parametrize("name", LONG_CASES)
def test_page_numbers(name, make_order):
    order = make_order(name)
    pages, _, _ = pdf_pages(rendered(order).content)
    below = (m.MARGIN_TOP + m.TEXT_HEIGHT + m.PAGE_NUMBER_DROP) * MM
    for at, chars in enumerate(pages, 1):
        number = [c for c in chars if c["top"] > below - 3]
        if at == 1 and CATALOGUE.types[order.type].layout is PageLayout.LETTER:
            assert number == []
            continue
        assert plain("".join(c["text"] for c in number)) == f"—{at}—"
        character = m.SIZE_SMALL / MM
        if at % 2:
            assert number[-1]["x1"] / MM == pytest.approx(m.MARGIN_LEFT + m.TEXT_WIDTH - character, abs=0.5)
        else:
            assert number[0]["x0"] / MM == pytest.approx(m.MARGIN_LEFT + character, abs=0.5)


@pytest.mark.parametrize("length", [2, 12, 20, 40])
def test_signature_of_any_length_stays_centred_on_the_date(make_order, length):
    order = make_order("N02-accepted", data={"issuer": "局" * length})
    page = fill(order, shipped_catalogue(), installed_fonts()).composition.pages[-1]
    lines = {text.style: text.lines for text in page.texts}
    (date,) = lines[Style.DATE]
    for line in lines[Style.SIGNATURE]:
        assert line.x + line.line.width / 2 == pytest.approx(date.x + date.line.width / 2)
        assert line.x >= m.MARGIN_LEFT - 0.01
        assert line.x + line.line.width <= m.MARGIN_LEFT + m.TEXT_WIDTH + 0.01


def test_row_taller_than_a_page_is_refused(make_order, monkeypatch):
    monkeypatch.setattr("docs_service.layout.compose._TALLEST_ROW", 2)
    with pytest.raises(RefusedError) as refused:
        render(make_order("B03-joint"))
    assert [problem.code for problem in refused.value.problems] == ["TABLE_ROW_TOO_TALL"]


def test_letter_head_and_rules(make_order):
    order = make_order("B03-single")
    pages, rects, _ = pdf_pages(render(order).content)
    mark = [c for c in pages[0] if c["size"] > 22.5]
    assert plain("".join(c["text"] for c in mark)) == "云岭县信访局"
    assert mark[0]["top"] / MM == pytest.approx(30, abs=0.5)
    wide = sorted(r["top"] / MM for r in rects[0] if (r["x1"] - r["x0"]) / MM > 169)
    mark_bottom = m.LETTERHEAD_TOP + m.LETTERHEAD_LARGEST / MM
    assert wide[0] == pytest.approx(mark_bottom + 4, abs=0.2)
    assert wide[-1] + m.THICK_RULE == pytest.approx(277, abs=0.2)
    assert len(wide) == 4
    assert [r for r in rects[1] if (r["x1"] - r["x0"]) / MM > 169] == []


def test_draft_is_marked_and_has_an_empty_slot(paper, make_order):
    case = f"{paper}-long"
    order = make_order(case, draft=True, number="")
    content = render(order).content
    pages, _, images = pdf_pages(content)
    assert all("样稿" in plain("".join(c["text"] for c in page)) for page in pages)
    slots = 0 if paper in FORMS else 1
    assert sum(map(len, images)) == slots
    as_docx = render(make_order(case, Format.DOCX, draft=True, number="")).content
    assert without_repeated_heads(pdf_words(content).replace("样稿", ""), order) == docx_words(as_docx)
    content = as_docx
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        headers = [name for name in archive.namelist() if name.startswith("word/header")]
        assert all("样稿" in archive.read(name).decode() for name in headers)
    plain_paper = rendered(make_order(case, Format.DOCX)).content
    with zipfile.ZipFile(io.BytesIO(plain_paper)) as archive:
        assert all("样稿" not in archive.read(name).decode() for name in headers)


def test_no_code_and_no_iso_date_is_printed(case, make_order):
    words = docx_words(rendered(make_order(case, Format.DOCX)).content)
    codes = [
        c.code for c in shipped_catalogue().all_codes() if c.list_name != "paper" and not c.code.isdigit()
    ]
    assert not [code for code in codes if code in words]
    assert not re.search(r"\d{4}-\d{2}-\d{2}", words)
    assert "None" not in words


def test_docx_opens_with_named_styles_and_measures(case, make_order):
    document = docx.Document(io.BytesIO(rendered(make_order(case, Format.DOCX)).content))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert styles <= {style.value for style in Style}
    assert Style.TITLE in styles
    if not case.startswith(FORMS):
        assert {Style.BODY, Style.ADDRESSEE, Style.SIGNATURE, Style.DATE} <= styles
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    body = document.styles[Style.BODY.value].element.xml
    assert 'w:eastAsia="仿宋_GB2312"' in body
    assert document.styles[Style.TITLE.value].font.size.pt == 22


def test_a_long_title_breaks_alike_in_both_formats(make_order):
    data = {"issuer": "云岭县信访工作联席会议办公室（云岭县群众工作中心）"}
    order = make_order("B07-supported", Format.DOCX, data=data)
    as_pdf = make_order("B07-supported", data=data)
    pages = fill(as_pdf, CATALOGUE, installed_fonts()).composition.pages
    (lines,) = [text.lines for text in pages[0].texts if text.style is Style.TITLE]
    document = docx.Document(io.BytesIO(render(order).content))
    (title,) = [p.text for p in document.paragraphs if p.style.name == Style.TITLE]
    assert title.split("\n") == [line.line.text for line in lines]
    assert len(lines) == 2


def test_docx_package_has_fixed_dates_and_properties_from_the_data(make_order):
    content = render(make_order("N02-accepted", Format.DOCX, decision_id="d-42")).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        core = archive.read("docProps/core.xml").decode()
        assert "信访事项受理告知书" in core
        assert "2024-03-18T00:00:00Z" in core
        assert "d-42" in archive.read("docProps/custom.xml").decode()


@pytest.fixture(params=["drawn", "weasyprint"])
def either_writer(request, monkeypatch):
    monkeypatch.setenv(WRITER_SETTING, request.param)


@pytest.mark.usefixtures("either_writer")
def test_pdf_is_tagged_pdf_a_with_title_and_language(make_order):
    rendered = render(make_order("N02-accepted", seal="sample", decision_id="d-42"))
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["dc:title"] == pdf.docinfo["/Title"] == "信访事项受理告知书"
            assert metadata["pdf:Producer"] == pdf.docinfo["/Producer"]
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert len(intent.DestOutputProfile.read_bytes()) == 3024
        assert str(pdf.Root.Lang) == "zh-CN"
        assert pdf.Root.MarkInfo.Marked
        assert "d-42" in str(pdf.docinfo)
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/ToUnicode" in font for font in fonts)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert [str(figure.Alt) for figure in elements_of(pdf) if figure.S == "/Figure"] == ["印章"]
    assert rendered.file_name.startswith("N02-")
    assert "周" not in rendered.file_name
    assert len(rendered.content) < 140_000
    assert {s.role for s in rendered.substitutes} == {role.value for role in m.FontRole}


def elements_of(pdf):
    found = [pdf.Root.StructTreeRoot.K[0]]
    for element in found:
        found += [kid for kid in element.get("/K", []) if isinstance(kid, pikepdf.Dictionary)]
    return found


def structure(element):
    """Tags of the structure below an element, depth first: [tag, [children]]."""
    kids = element.get("/K", [])
    inner = [structure(kid) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    return [str(element.S)[1:], inner]


def tags_of(tree, wanted):
    tag, inner = tree
    return [tree] * (tag == wanted) + [found for kid in inner for found in tags_of(kid, wanted)]


@pytest.mark.parametrize(
    ("name", "heads", "rows"), [("B03-joint", 1, 1), ("B01-letter", 0, 13), ("B12-late", 0, 6)]
)
@pytest.mark.usefixtures("either_writer")
def test_tables_are_tagged_as_tables(name, heads, rows, make_order):
    with pikepdf.open(io.BytesIO(render(make_order(name)).content)) as pdf:
        tree = structure(pdf.Root.StructTreeRoot.K[0])
    (table,) = tags_of(tree, "Table")
    assert len(tags_of(table, "THead")) == heads
    (body,) = tags_of(table, "TBody")
    assert len(tags_of(body, "TR")) == rows
    for row in tags_of(body, "TR"):
        assert {tag for tag, _ in row[1]} == {"TH", "TD"}


@pytest.mark.parametrize(
    ("name", "data"),
    [("N02-long", {}), ("N02-accepted", {"handling_path": "听取陈述。\n核查情况。\n核查情况。"})],
)
def test_each_paragraph_is_one_element(name, data, make_order):
    """Also where it goes over to another page, or is said twice."""
    order = make_order(name, data=data)
    blocks = fill(order, CATALOGUE, installed_fonts()).blocks
    with pikepdf.open(io.BytesIO(render(order).content)) as pdf:
        tags = [str(element.S) for element in pdf.Root.StructTreeRoot.K[0].K]
    assert len(tags) == len([block for block in blocks if block.text])


def contents_of(element):
    """The marked contents of an element: the page of each, and its number there."""
    return [
        (kid.Pg.objgen, int(kid.MCID))
        if isinstance(kid, pikepdf.Dictionary)
        else (element.Pg.objgen, int(kid))
        for kid in element.K
        if not isinstance(kid, pikepdf.Dictionary) or kid.get("/Type") == "/MCR"
    ]


def marked_content(page):
    """Tag and number of each marked sequence of a page; no number for an artifact."""
    found = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in ("BDC", "BMC"):
            number = operands[1].get("/MCID") if len(operands) > 1 else None
            found.append((str(operands[0])[1:], None if number is None else int(number)))
    return found


@pytest.mark.parametrize("name", ["N02-long", "B03-long"])
@pytest.mark.usefixtures("either_writer")
def test_page_numbers_marks_and_rules_are_artifacts(name, make_order):
    content = render(make_order(name, draft=True, number="")).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tree = structure(pdf.Root.StructTreeRoot.K[0])
        assert tags_of(tree, "NonStruct") == []
        parents = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        for at, page in enumerate(pdf.pages):
            marked = marked_content(page)
            assert ("Artifact", None) in marked
            numbers = [number for tag, number in marked if tag != "Artifact"]
            assert None not in numbers
            owners = parents[2 * at + 1]
            # Each number has its element in the structure, and what became an artifact has none.
            assert {n for n in range(len(owners)) if owners[n] is not None} == set(numbers)
            for number in numbers:
                assert (page.obj.objgen, number) in contents_of(owners[number])


def cid_fonts(pdf):
    return {
        str(font.BaseFont): font.DescendantFonts[0]
        for page in pdf.pages
        for font in page.Resources.Font.values()
    }.values()


@pytest.mark.usefixtures("either_writer")
def test_characters_are_named_by_the_numbers_that_their_fonts_give_them(make_order):
    """A reader finds a glyph of a CID-keyed font by its CID, not by its place (ISO 32000-1 9.7.4.2)."""
    with pikepdf.open(io.BytesIO(render(make_order("B02-standard")).content)) as pdf:
        seen = 0
        for font in cid_fonts(pdf):
            program = font.FontDescriptor.get("/FontFile3")
            if program is None:
                continue
            top = cff_of(program.read_bytes()).topDictIndex[0]
            glyphs = {int(name[3:]) for name in top.charset[1:]} if hasattr(top, "ROS") else None
            used = [int(entry) for entry in list(font.W)[::2]]
            assert glyphs is None or glyphs.issuperset(used)
            for number in used:
                pen = RecordingPen()
                top.CharStrings[f"cid{number:05}"].draw(pen)
                assert pen.value, number
            seen += len(used)
    assert seen > 100


def cff_of(program):
    if program[:4] == b"OTTO":
        return TTFont(io.BytesIO(program))["CFF "].cff
    font = CFFFontSet()
    font.decompile(io.BytesIO(program), TTFont())
    return font


_RENDER_ALL = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from docs_service import Format, render
from conftest import CASES, order_of
# A .docx of every case, a draft in PDF of one case of every paper.
orders = [order_of(name, Format.DOCX) for name in CASES]
orders += [order_of(name, Format.PDF, draft=True) for name in {n.split("-")[0]: n for n in CASES}.values()]
ordered = orders[::-1] if sys.argv[2] == "backwards" else orders
print(sorted((repr(order), hashlib.sha256(render(order).content).hexdigest()) for order in ordered))
"""


def test_same_bytes_in_any_process_and_order():
    folder = str(Path(__file__).parent)

    def digests(seed, order):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": "America/New_York" if seed == "1" else "UTC",
        }
        done = subprocess.run(
            [sys.executable, "-c", _RENDER_ALL, folder, order],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert digests("1", "forwards") == digests("2", "backwards")


def test_rendering_again_gives_the_same_bytes(make_order):
    order = make_order("N02-report", seal="sample")
    first = render(order)
    render(make_order("B07-long"))
    assert render(order) == first
    assert render(make_order("N02-report")).content_digest != first.content_digest


def test_values_are_escaped_and_never_evaluated(make_order):
    text = "<b>&amp;\"'</b>{{ 7 * 7 }}{% raw %}]]>"
    for form in Format:
        content = render(make_order("N02-accepted", form, data={"matter": text})).content
        words = docx_words(content) if form is Format.DOCX else pdf_words(content)
        assert plain(text) in words


@pytest.mark.parametrize(
    "word", ["{{ ''.__class__.__mro__ }}", "{{ cycler }}", "{% for x in range(9) %}{% endfor %}"]
)
def test_a_template_cannot_reach_python(word):
    outline = f"[公文标题] 试\n[公文正文] {word}\n[署名] 甲\n[成文日期] 乙〈印章〉\n"
    template = compile_template(scaffold(outline, "试", PageLayout.NOTICE))
    with pytest.raises(RefusedError) as refused:
        template.fill({"draft": False})
    assert refused.value.problems[0].code == "TEMPLATE_VALUE"
