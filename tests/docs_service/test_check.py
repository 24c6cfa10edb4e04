"""What `huiyin docs check` finds, each with its place in words, and the picture of a paper."""

import dataclasses
import io
import json
import zipfile

import pytest
from PIL import Image
from typer.testing import CliRunner

from docs_service import shipped_catalogue
from docs_service.catalogue import PageLayout
from docs_service.check import check_template
from docs_service.content import parse_outline
from docs_service.preview import case_order, preview
from docs_service.writers.scaffold import scaffold
from huiyin.cli import app
from service_kit.problems import RefusedError

CATALOGUE = shipped_catalogue()


def checked(code, old, new):
    """The report on a paper whose outline says something else."""
    kind = CATALOGUE.types[code]
    assert old in kind.template_text
    outline = kind.template_text.replace(old, new)
    assert parse_outline(outline)
    return check_template(kind, scaffold(outline, kind.title, PageLayout(kind.layout)))


def test_the_papers_own_templates_have_no_problems(paper):
    report = check_template(CATALOGUE.types[paper])
    assert report.problems == ()
    assert report.notes == ()


UNKNOWN, UNUSED, TAG = "TEMPLATE_FIELD_UNKNOWN", "TEMPLATE_FIELD_UNUSED", "TEMPLATE_TAG"
MISTAKES = [
    ("N02", "{{ matter }}", "{{ mattre }}", UNKNOWN, "第 7 段", "是不是“matter”"),
    ("B03", "{{ item.matter }}", "{{ item.mater }}", UNKNOWN, "表格第 4 行第 3 格", "matter"),
    ("B07", "{{ item.request |", "{{ item.requst |", UNKNOWN, "第 7 段", "request"),
    ("B07", "for item in requests", "for item in request", UNKNOWN, "第 6 段", "requests"),
    ("N07", "{{ days_extended }}日", "若干日", UNUSED, "", "days_extended"),
    ("B05", "{{ item.office }}：", "", UNUSED, "", "measures[].office"),
    ("B03", "{{ point | sentence }}", "{{ point | upper }}", TAG, "第 12 段", "upper"),
    ("B03", "{%p endfor %}\n[一级标题] 三", "{%p endfr %}\n[一级标题] 三", TAG, "第 13 段", "endfr"),
    ("N02", "{{ matter }}", "{{ matter matter }}", TAG, "第 7 段", "matter"),
    ("N02", "{%p if finish_by %}\n", "", TAG, "第 13 段", "endif"),
    ("N02", "{%p endif %}\n", "", TAG, "", "没有结束"),
    ("N03", "{{ pending_organ }}", "{{ legal_basis }}", UNUSED, "", "pending_organ"),
    (
        "N03",
        "由{{ pending_organ }}",
        "{{ pending_organ }}{{ legal_basis }}",
        "TEMPLATE_VALUE",
        "最少",
        "逐项",
    ),
]


@pytest.mark.parametrize(("code", "old", "new", "finding", "place", "words"), MISTAKES)
def test_a_wrong_name_or_tag_is_told_with_its_place(code, old, new, finding, place, words):
    report = checked(code, old, new)
    found = [problem for problem in report.problems if problem.code == finding]
    assert found
    assert any(place in problem.place and words in problem.message + problem.cure for problem in found)


def edited(code, part, old, new):
    target = io.BytesIO()
    template = CATALOGUE.types[code].template
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content.decode()
                content = content.decode().replace(old, new).encode()
            archive.writestr(name, content)
    return check_template(CATALOGUE.types[code], target.getvalue())


def test_a_wrong_name_in_a_header_is_told():
    report = edited("N02", "word/header1.xml", "if draft", "if drafft")
    assert [(p.code, p.place) for p in report.problems] == [("TEMPLATE_FIELD_UNKNOWN", "页眉")]


def test_a_split_tag_is_a_note_and_no_problem():
    report = edited("N02", "word/document.xml", "{{ addressee }}", "{{ addr</w:t></w:r><w:r><w:t>essee }}")
    assert report.problems == ()
    assert [(note.code, note.place) for note in report.notes] == [("TEMPLATE_TAG_SPLIT", "第 3 段")]


@pytest.mark.parametrize(("part", "place"), [("word/styles.xml", "样式")])
def test_a_font_outside_of_the_roles_is_told(part, place):
    report = edited("N02", part, "楷体_GB2312", "Comic Sans")
    assert [(p.code, p.place) for p in report.problems] == [("TEMPLATE_FONT", place)]


def test_a_font_set_on_a_run_is_told():
    run = '<w:r><w:t xml:space="preserve">特此告知。'
    report = edited(
        "N02", "word/document.xml", run, run.replace("<w:t", '<w:rPr><w:rFonts w:ascii="Arial"/></w:rPr><w:t')
    )
    assert [(p.code, p.place) for p in report.problems] == [("TEMPLATE_FONT", "正文")]


def test_the_longest_data_may_not_overflow():
    kind = CATALOGUE.types["B01"]
    fields = tuple(
        dataclasses.replace(field, max_length=900) if field.name == "request" else field
        for field in kind.fields
    )
    report = check_template(dataclasses.replace(kind, fields=fields))
    assert {problem.code for problem in report.problems} == {"TABLE_ROW_TOO_TALL"}
    assert all("用最长的内容填写" in problem.place for problem in report.problems)


def test_the_command_tells_by_its_status_and_in_json(tmp_path):
    good = tmp_path / "N07.docx"
    good.write_bytes(CATALOGUE.types["N07"].template)
    result = CliRunner().invoke(app, ["docs", "check", "N06", str(good)])
    assert result.exit_code == 0
    bad = tmp_path / "new.docx"
    bad.write_bytes(b"PK")
    result = CliRunner().invoke(app, ["docs", "check", str(bad), "--type", "N07", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["problems"][0]["code"] == "TEMPLATE_NOT_DOCX"
    for unclear in ([str(bad)], ["X99"], [str(tmp_path / "N08.docx")]):
        assert CliRunner().invoke(app, ["docs", "check", *unclear]).exit_code == 1


def test_a_paper_is_drawn_with_its_pages_side_by_side(tmp_path):
    to = tmp_path / "b04.png"
    arguments = ["docs", "preview", "B04", "--case", "outside", "--dpi", "40", "--out", str(to)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    with Image.open(to) as picture:
        assert picture.width > 2 * picture.height * 210 / 297
    assert CliRunner().invoke(app, [*arguments[:4], "nothing", *arguments[5:]]).exit_code == 1
    with pytest.raises(RefusedError):
        case_order(CATALOGUE.types["B04"], "nothing")
    assert preview(case_order(CATALOGUE.types["N08"], "none", seal="sample"), 30).startswith(b"\x89PNG")
