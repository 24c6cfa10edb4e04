"""The office's own seals: read from a folder, laid by the rule in both formats, on its own papers only."""

import io
import struct
import zlib

import pdfplumber
import pikepdf
import pytest
from docx import Document
from PIL import Image, ImageDraw

from docs_service import Format, RenderOrder, render
from docs_service.doctor import seal_checks
from docs_service.layout.measures import CLOSER_GRIDS, LINE_PITCH, SEAL_CENTRE_ABOVE_DATE
from docs_service.layout.signature import closer_grids
from docs_service.seals import SEALS_SETTING, installed_seals, load_seals
from docs_service.server.handlers import add_to_server
from service_kit.problems import RefusedError

CASE = "N02-accepted"
OFFICE = "云岭县住房和城乡建设局"
MM = 72 / 25.4
ENTRY = "{key}: {{office: {office}, picture: {picture}, side: {side}}}\n"


def ring(pixels=500, colour=(200, 16, 24, 255), ground=(255, 255, 255, 0), mode="RGBA"):
    picture = Image.new("RGBA", (pixels, pixels), ground)
    ImageDraw.Draw(picture).ellipse((4, 4, pixels - 5, pixels - 5), outline=colour, width=14)
    return picture.convert(mode)


def png(picture, **words):
    target = io.BytesIO()
    picture.save(target, "PNG", **words)
    return target.getvalue()


def entry(key="housing", office=OFFICE, picture="housing.png", side=42):
    return ENTRY.format(key=key, office=office, picture=picture, side=side)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of seals, and the setting that names it. What is put in counts from the first look on."""
    monkeypatch.setenv(SEALS_SETTING, str(tmp_path))
    (tmp_path / "housing.png").write_bytes(png(ring()))
    return tmp_path


def write(folder, *entries):
    (folder / "seals.yaml").write_text("".join(entries), encoding="utf-8")


def problems_of(call, *arguments):
    with pytest.raises(RefusedError) as refused:
        call(*arguments)
    for problem in refused.value.problems:
        assert not problem.message.isascii()
        assert problem.cure
    return [(problem.code, problem.place) for problem in refused.value.problems]


@pytest.mark.parametrize("side", [38, 42, 45])
def test_a_seal_lies_over_signature_and_date_in_both_formats(folder, make_order, side):
    write(folder, entry(side=side))
    content = render(make_order(CASE, seal="housing")).content
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        (image,) = pdf.pages[-1].images
        *_, date = pdf.pages[-1].search("2024年3月18日")
        (last,) = pdf.pages[-1].search("特此告知。")
    assert (image["x1"] - image["x0"]) / MM == pytest.approx(side, abs=0.1)
    assert (image["bottom"] - image["top"]) / MM == pytest.approx(side, abs=0.1)
    assert (image["x0"] + image["x1"]) / 2 == pytest.approx((date["x0"] + date["x1"]) / 2, abs=1)
    assert 0 <= image["top"] - last["bottom"] <= LINE_PITCH * MM
    document = Document(io.BytesIO(render(make_order(CASE, Format.DOCX, seal="housing")).content))
    (anchor,) = document.element.body.iter("{*}anchor")
    x, y = (int(it.text) / 36_000 for it in anchor.iter("{*}posOffset"))
    sides = {int(it.get(name)) / 36_000 for it in anchor.iter("{*}extent", "{*}ext") for name in ("cx", "cy")}
    assert sides == {side}
    assert (x + side / 2) * MM == pytest.approx((image["x0"] + image["x1"]) / 2, abs=0.5)
    assert y == pytest.approx(-SEAL_CENTRE_ABOVE_DATE - side / 2, abs=0.01)
    (picture,) = [part for part in document.part.package.iter_parts() if part.content_type == "image/png"]
    assert picture.blob == (folder / "housing.png").read_bytes()


@pytest.mark.parametrize("form", list(Format))
def test_the_same_seal_gives_the_same_bytes_whatever_its_key(folder, make_order, form):
    (folder / "other.png").write_bytes(png(ring(colour=(180, 0, 0, 255))))
    write(folder, entry("one"), entry("two"), entry("three", picture="other.png"), entry("four", side=40))
    one, two, *others = (
        render(make_order(CASE, form, seal=key)).content for key in ("one", "two", "three", "four")
    )
    assert one == two
    assert one not in others
    if form is Format.PDF:
        ids = {bytes(pikepdf.open(io.BytesIO(it)).trailer.ID[0]) for it in (one, two, *others)}
        assert len(ids) == 3


@pytest.mark.parametrize("form", list(Format))
def test_no_seal_is_laid_that_is_not_named(folder, make_order, form):
    write(folder, entry())
    picture = (folder / "housing.png").read_bytes()
    content = render(make_order(CASE, form)).content
    if form is Format.DOCX:
        parts = Document(io.BytesIO(content)).part.package.iter_parts()
        assert picture not in [part.blob for part in parts]
    else:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            assert not any(page.images for page in pdf.pages)


@pytest.mark.parametrize("form", list(Format))
def test_a_seal_of_another_office_is_refused(folder, make_order, form):
    write(folder, entry(office="云岭县信访局"))
    order = make_order(CASE, form, seal="housing")
    assert problems_of(render, order) == [("SEAL_OF_ANOTHER_OFFICE", "seal")]


def test_an_unknown_key_is_refused_with_those_that_are_known(folder, make_order):
    write(folder, entry())
    with pytest.raises(RefusedError) as refused:
        render(make_order(CASE, seal="county"))
    (problem,) = refused.value.problems
    assert problem.code == "SEAL_UNKNOWN"
    assert f"housing（{OFFICE}）" in problem.cure
    assert "sample（样章）" in problem.cure


def test_a_draft_takes_no_seal(folder, make_order):
    write(folder, entry())
    order = make_order(CASE, seal="housing", draft=True)
    assert problems_of(render, order) == [("SEAL_ON_DRAFT", "seal")]


def test_the_name_of_the_office_may_have_other_widths_and_spaces(folder, make_order):
    write(folder, entry(office="云岭县 住房和城乡建设局"))
    assert render(make_order(CASE, Format.DOCX, seal="housing")).content


def animated():
    return png(ring(), save_all=True, append_images=[ring(colour=(0, 0, 0, 255))])


def bomb():
    head = struct.pack(">2I5B", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk


def gif():
    target = io.BytesIO()
    ring().save(target, "GIF")
    return target.getvalue()


BAD_PICTURES = {
    "no PNG": gif(),
    "empty": b"",
    "cut off": png(ring())[:900],
    "small": png(ring(200)),
    "large": png(ring(2401)),
    "bomb": bomb(),
    "wide": png(ring().resize((600, 500))),
    "no clear ground": png(ring(mode="RGB")),
    "white ground": png(ring(ground=(255, 255, 255, 255))),
    "nothing on it": png(Image.new("RGBA", (500, 500), (255, 255, 255, 0))),
    "animated": animated(),
    "too many bytes": png(ring()) + b"\0" * (1 << 20),
}


@pytest.mark.parametrize("content", BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_a_bad_picture_is_refused(folder, content):
    (folder / "housing.png").write_bytes(content)
    write(folder, entry())
    assert [code for code, _ in problems_of(load_seals, folder)] == ["SEAL_PICTURE"]


def test_a_picture_with_a_palette_is_taken(folder):
    (folder / "housing.png").write_bytes(png(ring().quantize(16)))
    write(folder, entry())
    assert [seal.key for seal in load_seals(folder)] == ["housing"]


BAD_LISTS = {
    "SEAL_FILE": ["", "a: [", "[]", "housing: 1", "housing: {office: 甲}", "housing: {office: 甲, x: 1}"],
    "SEAL_KEY": [entry("sample"), entry("none"), entry("县局"), entry("A"), entry("7")],
    "SEAL_OFFICE_MISSING": [entry(office="''"), entry(office="7")],
    "SEAL_SIDE": [entry(side=46), entry(side=19), entry(side="true"), entry(side="4.2cm")],
    "SEAL_PICTURE": [entry(picture="../housing.png"), entry(picture="7"), entry(picture="no.png")],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in BAD_LISTS.items() for text in texts]
)
def test_a_bad_list_is_refused(folder, code, text):
    write(folder, text)
    assert [code for code, _ in problems_of(load_seals, folder)] == [code]


def test_everything_wrong_is_told_at_once_and_the_service_does_not_start(folder):
    write(folder, entry(side=50), entry("Big", picture="no.png"))
    assert {code for code, _ in problems_of(add_to_server, None)} == {"SEAL_SIDE", "SEAL_KEY", "SEAL_PICTURE"}


def test_a_folder_without_a_list_is_refused(folder):
    assert [code for code, _ in problems_of(installed_seals)] == ["SEAL_FILE"]


def test_the_doctor_lists_seals_and_what_is_wrong(folder, tmp_path, monkeypatch):
    write(folder, entry())
    assert [(check.name, check.ok) for check in seal_checks()] == [
        ("印章 sample", True),
        ("印章 housing", True),
    ]
    assert any(OFFICE in check.detail and "42 毫米" in check.detail for check in seal_checks())
    monkeypatch.setenv(SEALS_SETTING, str(tmp_path / "nowhere"))
    (check,) = seal_checks()
    assert not check.ok
    assert check.cure


def test_a_large_seal_moves_lines_less_close():
    assert closer_grids(42) == CLOSER_GRIDS
    assert closer_grids(45) == CLOSER_GRIDS[:1]


def test_an_order_names_no_seal_of_itself():
    assert RenderOrder("N02", "{}", Format.PDF).seal == ""
