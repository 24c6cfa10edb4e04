"""Papers from the command line: what `fields` prints can be rendered as it is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docs_service.catalogue import shipped_catalogue
from huiyin.cli import app

VARIANTS = [
    (kind.code, variant.code, kind.restricted or variant.restricted)
    for kind in shipped_catalogue().types.values()
    for variant in kind.variants
]


@pytest.fixture
def data(tmp_path):
    def data(code: str, variant: str = "") -> Path:
        printed = CliRunner().invoke(app, ["docs", "fields", code, "--variant", variant])
        assert printed.exit_code == 0, printed.stderr
        (tmp_path / "data.yaml").write_text(printed.stdout, encoding="utf-8")
        return tmp_path / "data.yaml"

    return data


@pytest.mark.parametrize(("code", "variant", "restricted"), VARIANTS)
def test_the_printed_fields_make_a_draft(data, tmp_path, code, variant, restricted):
    to = tmp_path / "draft.pdf"
    arguments = ["docs", "render", code, "--data", str(data(code, variant)), "--variant", variant]
    forbidden = ["--forbid", "某某"] if restricted else []
    result = CliRunner().invoke(app, [*arguments, "--draft", "--out", str(to), *forbidden])
    assert result.exit_code == 0, result.stderr
    assert to.read_bytes().startswith(b"%PDF-")


def test_a_paper_is_told_as_json(data, tmp_path):
    to = tmp_path / "new folder" / "paper.docx"
    arguments = ["--data", str(data("N02")), "--number", "云岭建信受告〔2024〕12号", "--seal", "sample"]
    result = CliRunner().invoke(app, ["docs", "render", "N02", *arguments, "--out", str(to), "--json"])
    told = json.loads(result.stdout)
    assert told["file"] == str(to)
    assert len(told["content_digest"]) == 64
    assert to.read_bytes().startswith(b"PK")


def test_what_is_wrong_with_the_data_is_told_by_its_fields(data, tmp_path):
    path = data("N02")
    path.write_text(path.read_text().replace("issue_date:", "issued:"))
    result = CliRunner().invoke(
        app, ["docs", "render", "N02", "--data", str(path), "--draft", "--out", "x.pdf"]
    )
    assert result.exit_code == 1
    assert "issue_date" in result.stderr
    assert "issued" in result.stderr


def test_a_format_that_is_not_named(data):
    result = CliRunner().invoke(app, ["docs", "render", "N02", "--data", str(data("N02")), "--out", "x.odt"])
    assert result.exit_code == 1
    assert "--format pdf" in result.stderr


def test_papers_are_listed_with_their_variants():
    result = CliRunner().invoke(app, ["docs", "list"])
    assert "N02 信访事项受理告知书" in result.stdout
    assert "--variant received" in result.stdout
    assert {it["code"] for it in json.loads(CliRunner().invoke(app, ["docs", "list", "--json"]).stdout)} == {
        code for code, _, _ in VARIANTS
    }
