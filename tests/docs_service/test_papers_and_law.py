"""What the papers must say, and must not, by the regulation and by the rules for restricted papers."""

import json
import re
from pathlib import Path

import pytest
import yaml

from docs_service import Party, render, shipped_catalogue
from docs_service.catalogue import CATALOGUE_FOLDER, fields_schema
from docs_service.content import paragraphs_of
from docs_service.layout.fonts import installed_fonts
from docs_service.render import fill
from docs_service.samples import example_data
from service_kit.problems import Refusal, RefusedError

CATALOGUE = shipped_catalogue()
RESTRICTED = ["B02-report", "N01-report", "N02-report"]
NAMED = ("issuer", "addressee", "copy_to", "signer", "contact")


def words_of(order):
    blocks = fill(order, CATALOGUE, installed_fonts()).blocks
    return "".join(paragraph.text for paragraph in paragraphs_of(blocks))


def refused(order):
    with pytest.raises(RefusedError) as error:
        render(order)
    return error.value.refusal, [(problem.code, problem.place) for problem in error.value.problems]


def test_the_catalogue_has_fourteen_papers_and_twelve_notices():
    assert [code for code in CATALOGUE.types if code[0] == "B"] == [f"B{at:02}" for at in range(1, 15)]
    assert [code for code in CATALOGUE.types if code[0] == "N"] == [f"N{at:02}" for at in range(1, 13)]


def test_every_restricted_variant_is_tried_here():
    variants = [(kind, variant) for kind in CATALOGUE.types.values() for variant in kind.variants]
    assert len([variant for _, variant in variants if variant.restricted]) == len(RESTRICTED)


@pytest.mark.parametrize("name", RESTRICTED)
def test_a_restricted_paper_never_reaches_the_accused(name, make_order):
    order = make_order(name)
    data = json.loads(order.data_json)
    accused = Party(name="望岭建设管理中心")
    for field in NAMED:
        if field in data:
            told = make_order(name, data={field: "望岭建设管理中心办公室"}, forbidden_recipients=(accused,))
            assert refused(told) == (Refusal.NOT_ALLOWED, [("RECIPIENT_FORBIDDEN", f"data_json.{field}")])
    told = make_order(name, recipients=(accused,), forbidden_recipients=(accused,))
    assert refused(told) == (Refusal.NOT_ALLOWED, [("RECIPIENT_FORBIDDEN", "recipients[0]")])
    assert refused(make_order(name, forbidden_recipients=()))[0] is Refusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("code", "variant"), [("B02", "report"), ("N01", "report"), ("N02", "report_received")]
)
def test_a_restricted_paper_has_no_field_that_tells_the_matter(code, variant):
    fields = {field.name for field in CATALOGUE.types[code].fields_of(variant)}
    assert not fields & {"matter", "cases", "receiving_organ", "copy_to", "facts_found"}


@pytest.mark.parametrize("remedy", ["review_first", "review_or_suit", "none"])
def test_the_remedy_of_a_duty_request_is_never_review(remedy, make_order):
    words = words_of(make_order("N08-long", data={"remedy": remedy}))
    assert not re.search("复查|复核", words)
    assert ("申请行政复议" in words) is (remedy != "none")
    assert ("15日内向云岭县人民法院" in words) is (remedy == "review_first")
    assert ("6个月内向云岭县人民法院" in words) is (remedy == "review_or_suit")


@pytest.mark.parametrize(
    ("name", "organ", "what"),
    [("B07-supported", "云岭县人民政府", "复查"), ("B08-upheld", "望云市人民政府", "复核")],
)
def test_an_opinion_names_the_organ_and_the_thirty_days(name, organ, what, make_order):
    (line,) = re.findall("可自收到本[^。]*。", words_of(make_order(name)))
    assert "30日内" in line
    assert organ in line
    assert what in line
    assert "行政复议" not in line


@pytest.mark.parametrize(
    ("outcome", "ends"), [("upheld", True), ("changed", True), ("revoked", False), ("redo", False)]
)
def test_a_recheck_ends_the_matter_only_where_it_decides_it(outcome, ends, make_order):
    assert ("不再受理" in words_of(make_order("B09-upheld", data={"outcome": outcome}))) is ends


def test_close_following_claims_no_violation(make_order):
    assert "violations" not in {field.name for field in CATALOGUE.types["B11"].fields_of("key")}
    words = words_of(make_order("B11-key_joint"))
    assert "不认定你单位存在违反规定的情形" in words
    assert not re.search("第四十[三四五]条", words)


def test_rules_broken_are_printed_in_chinese_with_their_article(make_order):
    words = words_of(make_order("B11-long"))
    assert "未在规定期限内书面告知信访人是否受理信访事项（《信访工作条例》第四十四条第三项）" in words
    assert "A4" not in words


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("B06-asked", {"extended_to": "2024-06-17"}, "extended_to"),
        ("B06-asked", {"finish_by": "2024-05-18"}, "finish_by"),
        ("B06-approved", {"approved_on": "2025-01-20"}, "finish_by"),
        ("N07-twenty", {"finish_by": "2024-06-17"}, "finish_by"),
        ("N10-one", {"answer_by": "2024-06-21"}, "answer_by"),
        ("N11-one", {"answer_by": "2024-08-02"}, "answer_by"),
    ],
)
def test_a_day_beyond_the_period_of_the_law_is_refused(name, data, field, make_order):
    _, problems = refused(make_order(name, data=data))
    assert [place for _, place in problems] == [f"data_json.{field}"]


@pytest.mark.parametrize("days", [0, 31])
@pytest.mark.parametrize("name", ["B06-asked", "N07-twenty"])
def test_an_extension_is_of_one_to_thirty_days(name, days, make_order):
    _, problems = refused(make_order(name, data={"days_extended": days}))
    assert problems == [("INTEGER_RANGE", "data_json.days_extended")]


def test_a_form_has_no_number(make_order):
    _, problems = refused(make_order("B01-letter", number="云岭信〔2024〕1号"))
    assert problems == [("NUMBER_NOT_WANTED", "number")]


def test_a_registration_lacks_no_more_than_the_petitioner_left_out(make_order):
    words = words_of(make_order("B01-unsigned"))
    assert "未署名" in words
    assert "证件" not in words


def test_examples_of_every_paper_make_data_that_fits(paper):
    kind = CATALOGUE.types[paper]
    for variant in kind.variants:
        data = example_data(kind.fields_of(variant.code))
        assert set(data) <= set(fields_schema(kind)["properties"])


def test_no_paper_and_no_case_names_a_person_control_or_an_id_number(paper):
    banned = yaml.safe_load(Path("rulesets/vocabulary.yaml").read_text())["banned_words"]
    files = [path for path in (CATALOGUE_FOLDER / paper).rglob("*") if path.suffix in (".yaml", ".txt")]
    for path in files:
        text = path.read_text()
        assert not [word for word in banned if word in text], path
        assert not re.search(r"\d{17}[\dXx]", text), path


def test_the_examples_call_for_every_paper():
    examples = [yaml.safe_load(path.read_text()) for path in Path("examples/matters").glob("*.yaml")]
    assert {code for example in examples for code in example["papers"]} == {
        code for code in CATALOGUE.types if not code.startswith("R")
    }
