"""The .docx beside a plainer twin that reads it with an XML parser: what stands where, how it is packed."""

import io
import zipfile
from itertools import pairwise

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from docs_service import Format, render, shipped_catalogue
from docs_service.content import TITLE_STYLES, Paragraph, Style, compile_template
from docs_service.layout import installed_fonts, place_signature, seal_top
from docs_service.layout import measures as m
from docs_service.layout.setting import Typesetter
from docs_service.writers.docx import DocxPlan
from docs_service.writers.package import Shelf, packed, write_package
from service_kit.problems import RefusedError

EMU = 36_000
TWIPS = 1440 / 25.4


def opened(order):
    return Document(io.BytesIO(render(order).content))


def of_style(document, style):
    return [p for p in document.paragraphs if p.style.name == style]


def width(paragraph, style):
    lines = Typesetter(installed_fonts()).set(Paragraph(style, paragraph.text)).lines
    return lines[0][1].width


def test_signature_date_and_seal_stand_by_the_rule(case, make_order):
    document = opened(make_order(case, Format.DOCX))
    for signature, date in zip(
        of_style(document, Style.SIGNATURE), of_style(document, Style.DATE), strict=True
    ):
        place = place_signature(width(signature, Style.SIGNATURE), width(date, Style.DATE))
        assert signature.paragraph_format.right_indent.mm == pytest.approx(place.signature_indent, abs=0.1)
        assert date.paragraph_format.right_indent.mm == pytest.approx(place.date_indent, abs=0.1)
        (anchor,) = date._p.iter("{*}anchor")
        x, y = (int(offset.text) / EMU for offset in anchor.iter("{*}posOffset"))
        assert x + m.SEAL_SIZE / 2 == pytest.approx(place.centre, abs=0.01)
        assert y == pytest.approx(seal_top(0, m.SEAL_SIZE), abs=0.01)


def test_the_text_before_a_signature_stays_with_it(case, make_order):
    paragraphs = opened(make_order(case, Format.DOCX)).paragraphs
    for before, paragraph in pairwise(paragraphs):
        own = before._p.pPr.find(qn("w:keepNext"))
        assert (own is not None) == (paragraph.style.name == Style.SIGNATURE)


def test_first_attachment_stands_apart(case, make_order):
    paragraphs = opened(make_order(case, Format.DOCX)).paragraphs
    for before, paragraph in pairwise(paragraphs):
        if paragraph.style.name == Style.ATTACHMENT:
            is_first = before.style.name != Style.ATTACHMENT
            assert (paragraph.paragraph_format.space_before is not None) == is_first


def test_no_mark_is_left_and_properties_are_in_the_order_of_the_schema(case, make_order):
    content = render(make_order(case, Format.DOCX)).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    assert not list(root.iter(etree.Comment))
    order = ["pStyle", "keepNext", "framePr", "spacing", "ind", "jc", "rPr"]
    for properties in root.iter(qn("w:pPr")):
        names = [etree.QName(it).localname for it in properties]
        assert names == sorted(set(names), key=order.index)


@pytest.mark.parametrize("length", [5, 27])
def test_a_long_mark_of_the_issuer_is_set_smaller(make_order, length):
    document = opened(make_order("B03-single", Format.DOCX, data={"issuer": "局" * length}))
    (head,) = of_style(document, Style.LETTERHEAD)
    sizes = [run.font.size.pt for run in head.runs if run.font.size]
    size = Typesetter(installed_fonts()).set(Paragraph(Style.LETTERHEAD, head.text)).size
    assert sizes == ([pytest.approx(size, abs=0.5)] if length == 27 else [])


@pytest.mark.parametrize("text", ["<!--hy:end-->", "&lt;!--hy:seal--&gt;", "</w:t><w:br/>", "{{ issuer }}"])
@pytest.mark.parametrize("field", ["issuer", "matter", "addressee"])
def test_no_value_forges_a_mark(make_order, field, text):
    document = opened(make_order("N02-accepted", Format.DOCX, data={field: f"县{text}局"}))
    assert any(f"县{text}局" in paragraph.text for paragraph in document.paragraphs)
    assert len(document.element.body) == len(opened(make_order("N02-accepted", Format.DOCX)).element.body)


def test_titles_with_markup_break_where_the_pdf_breaks(make_order):
    issuer = "云岭县<信访>工作&联席会议办公室（云岭县群众工作中心）"
    document = opened(make_order("B07-supported", Format.DOCX, data={"issuer": issuer}))
    (title,) = [p for p in document.paragraphs if p.style.name in TITLE_STYLES]
    lines = Typesetter(installed_fonts()).set(Paragraph(Style.TITLE, title.text.replace("\n", ""))).lines
    assert title.text.split("\n") == [line.text for _, line in lines]
    assert document.core_properties.title == title.text.replace("\n", "")


def test_a_template_whose_elements_have_other_names_is_refused():
    content = shipped_catalogue().types["N02"].template
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = parts["word/document.xml"].replace(b"<w:", b"<x:").replace(b"</w:", b"</x:")
    parts["word/document.xml"] = document.replace(b"xmlns:w=", b"xmlns:x=").replace(b" w:", b" x:")
    with pytest.raises(RefusedError) as refused:
        DocxPlan(compile_template(write_package(parts)), installed_fonts())
    assert [problem.code for problem in refused.value.problems] == ["TEMPLATE_NOT_DOCX"]


def test_packed_parts_are_what_zipfile_writes():
    parts = {"[Content_Types].xml": b"<a/>" * 99, "_rels/.rels": b"", "word/印.xml": "印章".encode() * 50}
    twin = io.BytesIO()
    with zipfile.ZipFile(twin, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, content, compresslevel=6)
    assert write_package(parts) == twin.getvalue()


def test_a_shelf_goes_on_with_what_is_stored_as_it_is():
    shelf = Shelf().with_entries([packed("a.xml", b"one" * 9)])
    with zipfile.ZipFile(io.BytesIO(shelf.with_entries([packed("b.xml", b"two", 0)]).closed())) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == [b"one" * 9, b"two"]
        assert archive.getinfo("b.xml").compress_type == zipfile.ZIP_STORED
