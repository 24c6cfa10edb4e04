"""Fonts by role: the office's own first, the free ones after, and the small files made of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from docs_service import render
from docs_service.layout.fonts import COMMON_CODE_POINTS, FontSet, _renamed, installed_fonts
from docs_service.layout.measures import FontRole
from docs_service.render import require_fonts
from service_kit.problems import RefusedError


@pytest.fixture
def site_folder(tmp_path):
    """A folder with a font that calls itself a 仿宋 and has three characters."""
    reader = installed_fonts().roles[FontRole.HEADING_2].faces[0]._reader
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "own.ttf").write_bytes(_renamed(reader.subset({ord(c) for c in "信访事"}), "Own FangSong"))
    return folder


def test_the_offices_own_font_comes_first_and_the_free_one_fills_its_gaps(site_folder):
    body = FontSet(site_folder).roles[FontRole.BODY]
    assert not body.is_substitute
    assert body.face_of("信").path.name == "own.ttf"
    assert body.face_of("项").family == "Noto Serif CJK SC"
    assert FontSet(site_folder).roles[FontRole.TITLE].is_substitute
    assert FontSet(site_folder).fingerprint != installed_fonts().fingerprint


def test_a_paper_is_set_with_the_offices_own_font(site_folder, monkeypatch, make_order):
    order = make_order("N02-accepted")
    usual = render(order)
    monkeypatch.setenv("HUIYIN_FONTS", str(site_folder))
    own = render(order)
    assert "仿宋" not in {substitute.role for substitute in own.substitutes}
    assert own.renderer_fingerprint != usual.renderer_fingerprint
    assert own.content != usual.content


def test_a_machine_without_fonts_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr("docs_service.layout.fonts._SYSTEM_FOLDERS", ())
    with pytest.raises(RefusedError) as refused:
        require_fonts(FontSet())
    assert {problem.code for problem in refused.value.problems} == {"FONT_MISSING"}
    assert len(refused.value.problems) == len(FontRole)


def test_rare_characters_have_files_of_their_own(tmp_path):
    face = installed_fonts().roles[FontRole.BODY].faces[0]
    assert face.slice_of("信") == "common"
    assert face.slice_of("䶮") == "u4d"
    common = face.slice_file(face.slice_family("信"), tmp_path)
    rare = face.slice_file(face.slice_family("䶮"), tmp_path)
    assert common.parent != rare.parent
    assert rare.stat().st_size < 300_000 < common.stat().st_size < 4_000_000
    assert len(COMMON_CODE_POINTS) > 6_763


def test_two_may_make_a_font_file_at_once(tmp_path):
    face = installed_fonts().roles[FontRole.SONG].faces[0]
    family = face.slice_family("䶮")
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: face.slice_file(family, tmp_path), range(8)))
    (path,) = paths
    assert [entry.name for entry in path.parent.iterdir()] == ["font.otf"]
