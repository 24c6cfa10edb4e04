import hashlib

import jsonschema
import pytest
import yaml

from docs_service import shipped_catalogue
from docs_service.catalogue import CATALOGUE_FOLDER, fields_schema, load_cases, load_catalogue
from docs_service.content import lint_template, outline_of
from service_kit.problems import RefusedError


def test_template_says_what_its_outline_says(paper):
    kind = shipped_catalogue().types[paper]
    assert outline_of(kind.template) == kind.template_text


def test_template_has_no_findings(paper):
    assert lint_template(shipped_catalogue().types[paper]) == []


def test_schema_is_a_schema_with_chinese_titles_and_its_cases_fit(paper):
    kind = shipped_catalogue().types[paper]
    schema = fields_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(not field["title"].isascii() for field in schema["properties"].values())
    cases = load_cases(CATALOGUE_FOLDER, paper)
    assert len(cases) >= 3
    for case in cases.values():
        jsonschema.validate(case["data"], schema)


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [("N02", "accepted", "finish_by"), ("N03", "in_handling", "pending_organ"), ("N08", "either", "court")],
)
def test_schema_knows_what_a_code_makes_required(code, name, field):
    schema = fields_schema(shipped_catalogue().types[code])
    data = load_cases(CATALOGUE_FOLDER, code)[name]["data"]
    del data[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


def test_every_variant_has_a_case(paper):
    kind = shipped_catalogue().types[paper]
    used = {
        case.get("variant", kind.variants[0].code) for case in load_cases(CATALOGUE_FOLDER, paper).values()
    }
    assert used == {variant.code for variant in kind.variants}


def test_basis_has_the_form_of_a_citation(paper):
    basis = yaml.safe_load((CATALOGUE_FOLDER / paper / "paper.yaml").read_text())["basis"]
    assert basis
    for entry in basis:
        assert set(entry) == {"source", "article", "quote"}
        assert len(entry["quote"]) >= 4


def test_no_paper_asks_for_an_id_number(paper):
    def names(field):
        return [field.name, *(n for f in (field.item, *field.fields) if f for n in names(f))]

    fields = [name for field in shipped_catalogue().types[paper].fields for name in names(field)]
    assert not [name for name in fields if "id_" in name or "identity" in name]


def test_revision_changes_with_the_template(tmp_path):
    for source in CATALOGUE_FOLDER.rglob("*"):
        if source.is_file() and "__pycache__" not in source.parts:
            target = tmp_path / source.relative_to(CATALOGUE_FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    before = load_catalogue(tmp_path).types["N02"]
    assert before.revision == shipped_catalogue().types["N02"].revision
    assert len(before.revision) == hashlib.sha256().digest_size * 2
    (tmp_path / "N02" / "template.docx").write_bytes(shipped_catalogue().types["B07"].template)
    assert load_catalogue(tmp_path).types["N02"].revision != before.revision


def test_every_mistake_of_the_data_files_is_told_at_once(tmp_path):
    for name in ("codes.yaml", "common.yaml"):
        (tmp_path / name).write_bytes((CATALOGUE_FOLDER / name).read_bytes())
    for code, line in (("B03", "colour: red"), ("N02", "shape: round")):
        (tmp_path / code).mkdir()
        paper = (CATALOGUE_FOLDER / code / "paper.yaml").read_text()
        (tmp_path / code / "paper.yaml").write_text(f"{paper}{line}\n")
    with pytest.raises(RefusedError) as refused:
        load_catalogue(tmp_path)
    assert [problem.place for problem in refused.value.problems] == ["B03/paper.yaml", "N02/paper.yaml"]


@pytest.mark.parametrize(
    ("old", "new"), [("title:", "titel:"), ("class: notice", "class: letter"), ("fields:", "fields: [")]
)
def test_a_mistake_of_a_data_file_is_told(tmp_path, old, new):
    for name in ("codes.yaml", "common.yaml"):
        (tmp_path / name).write_bytes((CATALOGUE_FOLDER / name).read_bytes())
    (tmp_path / "N02").mkdir()
    for name in ("template.docx", "template.txt"):
        (tmp_path / "N02" / name).write_bytes((CATALOGUE_FOLDER / "N02" / name).read_bytes())
    paper = (CATALOGUE_FOLDER / "N02" / "paper.yaml").read_text()
    (tmp_path / "N02" / "paper.yaml").write_text(paper.replace(old, new, 1))
    with pytest.raises(RefusedError) as refused:
        load_catalogue(tmp_path)
    assert [problem.code for problem in refused.value.problems] == ["CATALOGUE_INVALID"]
