"""Templates as staff leave them: tags spread over runs, content outside of the subset, wrong names."""

import dataclasses
import io
import zipfile

import pytest

from docs_service import shipped_catalogue
from docs_service.content import compile_template, lint_template, outline_of, parse_outline
from docs_service.content.ooxml import DOCUMENT_PART
from docs_service.doctor import font_report, report
from service_kit.problems import RefusedError

N02 = shipped_catalogue().types["N02"]


def edited(old, new, template=N02.template):
    """The template with its document's XML changed, as an editor would leave it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == DOCUMENT_PART:
                assert old in content.decode()
                content = content.decode().replace(old, new, 1).encode()
            archive.writestr(name, content)
    return target.getvalue()


def findings(template):
    return lint_template(dataclasses.replace(N02, template=template))


def test_a_tag_spread_over_runs_is_put_together():
    split = edited(
        "{{ addressee }}",
        "{{ addr</w:t></w:r><w:proofErr w:type='spellStart'/><w:r><w:t>essee </w:t></w:r><w:r><w:t>}}",
    )
    assert findings(split) == []
    assert "{{ addressee }}" in compile_template(split).sources[DOCUMENT_PART]


def test_typographic_quotes_in_a_tag_are_mended():
    assert findings(edited("'accepted'", "‘accepted’")) == []


RUN = '<w:r><w:t xml:space="preserve">特此告知。</w:t></w:r>'
MUTANTS = [
    ("加粗", RUN, "<w:r><w:rPr><w:b/></w:rPr><w:t>特此告知。</w:t></w:r>", "TEMPLATE_FORMATTING"),
    ("颜色", RUN, "<w:r><w:rPr><w:color w:val='FF0000'/></w:rPr><w:t>特</w:t></w:r>", "TEMPLATE_FORMATTING"),
    ("修订", RUN, f"<w:ins>{RUN}</w:ins>", "TEMPLATE_ELEMENT"),
    ("制表符", RUN, "<w:r><w:tab/></w:r>", "TEMPLATE_ELEMENT"),
    ("超链接", RUN, f"<w:hyperlink>{RUN}</w:hyperlink>", "TEMPLATE_ELEMENT"),
    ("正文", '<w:pStyle w:val="HyNote"/>', "", "TEMPLATE_STYLE"),
    ("mattre", "{{ matter }}", "{{ mattre }}", "TEMPLATE_FIELD_UNKNOWN"),
    ("", "{{ matter }}", "{{ matter }", "TEMPLATE_TAG"),
    ("", "{%p endfor %}", "{%p endfr %}", "TEMPLATE_TAG"),
    ("", "{{ matter }}", "{{ matter | attr('x') }}", "TEMPLATE_TAG"),
]


@pytest.mark.parametrize(("words", "old", "new", "code"), MUTANTS)
def test_lint_finds(words, old, new, code):
    found = findings(edited(old, new))
    assert code in {finding.code for finding in found}
    assert any(words in finding.message for finding in found)


def test_a_finding_says_its_place_in_words():
    found = findings(edited(RUN, "<w:r><w:rPr><w:b/></w:rPr><w:t>特此告知。</w:t></w:r>"))
    assert [finding.place for finding in found] == ["第 16 段"]
    b03 = shipped_catalogue().types["B03"]
    bold = edited("{{ matter }}</w:t>", "{{ matter }}</w:t><w:tab/>", b03.template)
    assert lint_template(dataclasses.replace(b03, template=bold))[0].place == "表格第 2 行第 3 格"


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", b"\xd0\xcf\x11\xe0" * 100])
def test_what_is_no_docx(content):
    (finding,) = findings(content)
    assert finding.code == "TEMPLATE_NOT_DOCX"


def test_entities_stay_closed():
    secret = edited("<w:document ", "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><w:document ")
    assert "root:" not in compile_template(edited("特此告知。", "&a;", secret)).sources[DOCUMENT_PART]


def test_every_wrong_line_of_an_outline_is_told():
    with pytest.raises(RefusedError) as refused:
        parse_outline("[公文标题] 好\n没有样式\n[花体] 字\n| 表格文字：甲 |\n[表格] 宽\n[表格] 9\n| 甲 |\n")
    assert [problem.place[2] for problem in refused.value.problems] == list("23457")


def test_outline_of_an_edited_template_shows_the_edit():
    assert "特此告知！" in outline_of(edited("特此告知。", "特此告知！"))


def test_doctor_tells_of_every_role():
    checks = report()
    assert all(check.ok for check in checks)
    assert {role.role for role in font_report()} == {"小标宋", "仿宋", "黑体", "楷体", "宋体"}
    assert all(role.missing_of_gb2312 == 0 and role.missing_names == "" for role in font_report())
