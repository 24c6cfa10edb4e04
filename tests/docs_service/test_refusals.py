"""Each bad input is refused with its code, in Chinese, with a cure; nothing is rendered."""

import json

import pytest

from docs_service import Format, Party, render
from service_kit.problems import Refusal, RefusedError

CASE = "N02-accepted"


def refusal_of(order):
    with pytest.raises(RefusedError) as refused:
        render(order)
    for problem in refused.value.problems:
        assert not problem.message.isascii()
        assert problem.cure
    return refused.value


def codes_and_places(error):
    return [(problem.code, problem.place) for problem in error.problems]


BAD_FIELDS = [
    ("missing", {"matter": None}, "FIELD_MISSING", "matter"),
    ("needed by the branch", {"finish_by": None}, "FIELD_MISSING", "finish_by"),
    ("unknown", {"id_card": "1"}, "FIELD_UNKNOWN", "id_card"),
    ("of another variant", {"reply_by": "2024-01-01"}, "FIELD_UNKNOWN", "reply_by"),
    ("blank", {"matter": " 　"}, "FIELD_EMPTY", "matter"),
    ("number for text", {"matter": 7}, "FIELD_TYPE", "matter"),
    ("list for text", {"matter": ["甲"]}, "FIELD_TYPE", "matter"),
    ("true for text", {"case_no": True}, "FIELD_TYPE", "case_no"),
    ("control", {"matter": "供水\x07问题"}, "TEXT_CONTROL", "matter"),
    ("NUL", {"matter": "供水\x00"}, "TEXT_CONTROL", "matter"),
    ("zero-width", {"matter": "供\u200b水"}, "TEXT_CONTROL", "matter"),
    ("bidi", {"addressee": "周\u202e远"}, "TEXT_BIDI", "addressee"),
    ("lone surrogate", {"addressee": "周\ud840"}, "TEXT_SURROGATE", "addressee"),
    ("noncharacter", {"addressee": "周\uffff"}, "TEXT_NONCHARACTER", "addressee"),
    ("line break", {"matter": "供水\n供电"}, "TEXT_LINE_BREAK", "matter"),
    ("long", {"matter": "水" * 301}, "TEXT_TOO_LONG", "matter"),
    ("huge", {"handling_path": "水" * 100_000}, "TEXT_TOO_LONG", "handling_path"),
    ("3,000-letter word", {"handling_path": "a" * 3000}, "WORD_TOO_LONG", "handling_path"),
    ("impossible date", {"received_on": "2023-02-29"}, "DATE_IMPOSSIBLE", "received_on"),
    ("Chinese date", {"received_on": "2024年3月1日"}, "DATE_FORM", "received_on"),
    ("full-width date", {"received_on": "２０２４-03-01"}, "DATE_FORM", "received_on"),
    ("early", {"accepted_on": "2024-03-11", "finish_by": "2024-05-01"}, "DATE_ORDER", "accepted_on"),
    ("61 days", {"finish_by": "2024-05-18"}, "DATE_TOO_LATE", "finish_by"),
    ("unknown code", {"channel": "pigeon"}, "CODE_UNKNOWN", "channel"),
    ("branch of another paper", {"branch": "1"}, "CODE_UNKNOWN", "branch"),
    ("missing glyph", {"addressee": "𱍐先生"}, "CHARACTER_WITHOUT_FONT", "addressee"),
    ("emoji", {"matter": "供水😀"}, "CHARACTER_WITHOUT_FONT", "matter"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "field"), [r[1:] for r in BAD_FIELDS], ids=[r[0] for r in BAD_FIELDS]
)
@pytest.mark.parametrize("form", list(Format))
def test_bad_field(make_order, form, data, code, field):
    refused = refusal_of(make_order(CASE, form, data=data))
    assert refused.refusal is Refusal.INVALID
    assert codes_and_places(refused) == [(code, f"data_json.{field}")]


def test_all_problems_are_told_at_once(make_order):
    data = {
        "matter": None,
        "received_on": "2024-13-01",
        "addressee": "周\x1b",
        "colour": "red",
        "branch": "9",
    }
    refused = refusal_of(
        make_order(CASE, data=data, number="云岭信(2024)1号", language="en", seal="ministry")
    )
    assert {problem.code for problem in refused.problems} == {
        "FIELD_MISSING", "DATE_IMPOSSIBLE", "TEXT_CONTROL", "FIELD_UNKNOWN", "CODE_UNKNOWN",
        "NUMBER_BRACKETS", "LANGUAGE_UNKNOWN", "SEAL_UNKNOWN",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "DATA_NOT_JSON"),
        ("{", "DATA_NOT_JSON"),
        ("[]", "DATA_NOT_JSON"),
        ('{"a": NaN}', "DATA_NOT_JSON"),
        ("[" * 100_000, "DATA_NOT_JSON"),
        ('{"a": 1, "a": 2}', "DUPLICATE_KEY"),
        (json.dumps({"matter": "水" * 400_000}, ensure_ascii=False), "DATA_TOO_LARGE"),
    ],
)
def test_data_that_is_no_object(make_order, text, code):
    refused = refusal_of(make_order(CASE, data_json=text))
    assert codes_and_places(refused) == [(code, "data_json")]


def test_problem_inside_a_list_names_its_item(make_order):
    requests = [{"request": "甲", "answer": "乙"}, {"request": "丙", "answer": ""}]
    refused = refusal_of(make_order("B07-supported", data={"requests": requests}))
    assert codes_and_places(refused) == [("FIELD_EMPTY", "data_json.requests[1].answer")]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("云岭信[2024]36号", "NUMBER_BRACKETS"),
        ("云岭信（2024）36号", "NUMBER_BRACKETS"),
        ("云岭信(2024)36号", "NUMBER_BRACKETS"),
        ("云岭信【2024】36号", "NUMBER_BRACKETS"),
        ("云岭信〔2024〕036号", "NUMBER_ZERO_PADDED"),
        ("云岭信〔2024〕第36号", "NUMBER_ORDINAL"),
        ("云岭信〔24〕36号", "NUMBER_YEAR"),
        ("云岭信〔2024〕36", "NUMBER_FORM"),
        ("云岭信〔2024〕36号\n", "NUMBER_FORM"),
        ("36", "NUMBER_FORM"),
        ("", "NUMBER_MISSING"),
    ],
)
def test_number(make_order, number, code):
    refused = refusal_of(make_order(CASE, number=number))
    assert codes_and_places(refused) == [(code, "number")]


def test_number_given_twice_must_agree(make_order):
    refused = refusal_of(make_order(CASE, data={"doc_no": "云岭信〔2024〕37号"}))
    assert codes_and_places(refused) == [("NUMBER_CONFLICT", "data_json.doc_no")]


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        ({"type": "X99"}, "PAPER_UNKNOWN", "type"),
        ({"variant": "blue"}, "VARIANT_UNKNOWN", "variant"),
        ({"template_revision": "0" * 64}, "TEMPLATE_REVISION_UNKNOWN", "template_revision"),
    ],
)
def test_not_found(make_order, words, code, place):
    refused = refusal_of(make_order(CASE, **words))
    assert refused.refusal is Refusal.NOT_FOUND
    assert codes_and_places(refused) == [(code, place)]


def test_seal_on_a_draft(make_order):
    refused = refusal_of(make_order(CASE, seal="sample", draft=True))
    assert codes_and_places(refused) == [("SEAL_ON_DRAFT", "seal")]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({"recipients": (Party("office-7"),), "forbidden_recipients": (Party("office-7"),)}, "recipients[0]"),
        ({"forbidden_recipients": (Party(name="周 明远先生"),)}, "data_json.addressee"),
        ({"forbidden_recipients": (Party(name="云岭县住房和城乡建设局"),)}, "data_json.issuer"),
        ({"forbidden_recipients": (Party(name="林一平"),)}, "data_json.contact"),
    ],
)
def test_forbidden_recipient(make_order, words, place):
    refused = refusal_of(make_order(CASE, **words))
    assert refused.refusal is Refusal.NOT_ALLOWED
    assert codes_and_places(refused) == [("RECIPIENT_FORBIDDEN", place)]


def test_section_of_a_forbidden_unit_is_forbidden(make_order):
    order = make_order(
        "B03-joint",
        data={"copy_to": ["云岭县财政局", "云岭县国有资产监督管理局信访科"]},
        forbidden_recipients=(Party(name="云岭县国有资产监督管理局"),),
    )
    assert codes_and_places(refusal_of(order)) == [("RECIPIENT_FORBIDDEN", "data_json.copy_to[1]")]


def test_restricted_variant_needs_who_must_not_learn_of_it(make_order):
    refused = refusal_of(make_order("N02-report", forbidden_recipients=()))
    assert refused.refusal is Refusal.NOT_ALLOWED
    assert codes_and_places(refused) == [("FORBIDDEN_RECIPIENTS_MISSING", "forbidden_recipients")]


def test_refusal_does_not_repeat_long_values(make_order):
    refused = refusal_of(make_order(CASE, data={"received_on": "秘" * 5000}))
    assert len(str(refused)) < 300
