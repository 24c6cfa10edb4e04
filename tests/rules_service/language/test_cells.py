"""What a cell lets through, as the reference page of the language says it."""

from datetime import date

import pytest

from rules_service.language.types import Kind, Value, ValueType
from rules_service.language.unary import parse

CHINESE = r"[\u4e00-\u9fff]"
INT = ValueType(Kind.INT)
DECIMAL = ValueType(Kind.DECIMAL)
DATE = ValueType(Kind.DATE)
TIME = ValueType(Kind.TIME)
DURATION = ValueType(Kind.DURATION)
DATETIME = ValueType(Kind.DATETIME)
STRING = ValueType(Kind.STRING)
BOOL = ValueType(Kind.BOOL)
ENUM = ValueType(Kind.ENUM, "letters", ("a", "b", "c"))


def lets_through(cell: str, kind: ValueType, text: str | None) -> bool:
    value: Value | None = None if text is None else kind.from_text(text)
    return parse(cell, kind).allows(value)


@pytest.mark.parametrize("kind", [INT, DECIMAL, DATE, STRING, BOOL, ENUM])
def test_null_is_let_through_by_a_dash_and_by_null_only(kind: ValueType) -> None:
    one = {Kind.STRING: '"x"', Kind.BOOL: "true", Kind.ENUM: "a", Kind.DATE: "2024-02-29"}.get(kind.kind, "1")
    assert lets_through("-", kind, None)
    assert lets_through("null", kind, None)
    assert lets_through(f"{one}, null", kind, None)
    for cell in (one, f"= {one}", f"not({one})", f"not({one}, null)", "not(null)"):
        assert not lets_through(cell, kind, None)


@pytest.mark.parametrize("cell", ["< 1", "<= 1", "> 1", ">= 1", "[0..2]", "not(> 1)", "not([0..2])"])
def test_no_comparison_and_no_negation_of_one_lets_null_through(cell: str) -> None:
    assert not lets_through(cell, INT, None)


@pytest.mark.parametrize(("kind", "text"), [(INT, "0"), (STRING, "x"), (BOOL, "false"), (ENUM, "b")])
def test_not_null_lets_every_value_through(kind: ValueType, text: str) -> None:
    assert lets_through("not(null)", kind, text)


def test_decimals_are_exact() -> None:
    assert lets_through("0.3", DECIMAL, "0.3")
    assert DECIMAL.from_text("0.1") + DECIMAL.from_text("0.2") == DECIMAL.from_text("0.3")  # type: ignore[operator]
    assert not lets_through("< 0.3", DECIMAL, "0.3")
    assert lets_through("< 0.3", DECIMAL, "0.2999999999999999999999999")


def test_one_point_nought_is_one() -> None:
    assert lets_through("1", DECIMAL, "1.0")
    assert lets_through("1.00", DECIMAL, "1")
    assert lets_through("[1.0..1]", DECIMAL, "1.000")


@pytest.mark.parametrize(
    ("cell", "inside"),
    [
        ("[1..3]", "1 2 3"),
        ("[1..3)", "1 2"),
        ("(1..3]", "2 3"),
        ("(1..3)", "2"),
        ("]1..3[", "2"),
        ("[1..3[", "1 2"),
        ("[2..2]", "2"),
        ("< 2", "0 1"),
        ("<= 2", "0 1 2"),
        ("> 2", "3 4"),
        (">= 2", "2 3 4"),
        ("= 2", "2"),
        ("1, 3, > 3", "1 3 4"),
        ("not(1, 3, > 3)", "0 2"),
        ("not([1..3))", "0 3 4"),
    ],
)
def test_bounds_are_inside_or_outside_as_their_brackets_say(cell: str, inside: str) -> None:
    assert [n for n in "01234" if lets_through(cell, INT, n)] == inside.split()


def test_days_moments_clock_times_and_lengths_are_compared_by_what_they_mean() -> None:
    assert lets_through("[2024-02-28..2024-03-01)", DATE, "2024-02-29")
    assert lets_through('<= date("2024-02-29")', DATE, "2024-02-29")
    assert lets_through("2024-02-29T00:00:00+08:00", DATETIME, "2024-02-28T16:00:00Z")
    assert lets_through(">= 08:30", TIME, "08:30:00")
    assert lets_through("P1D", DURATION, "PT24H")
    assert lets_through('< duration("PT25H")', DURATION, "P1D")


def test_quoted_commas_dots_and_quotes_belong_to_the_text() -> None:
    assert lets_through('"a,b", "c..d"', STRING, "a,b")
    assert lets_through('"a,b", "c..d"', STRING, "c..d")
    assert lets_through(r'"say \"x\""', STRING, 'say "x"')
    assert not lets_through('"null"', STRING, None)
    assert lets_through('"null"', STRING, "null")


def test_a_bare_word_is_a_parameter_where_the_column_is_ordered() -> None:
    cell = parse("[1..limit)", INT, {"limit": 3}.get)
    assert [n for n in range(5) if cell.allows(n)] == [1, 2]


def test_a_bare_word_is_a_parameter_among_codes_where_it_is_no_code() -> None:
    cell = parse("b, also", ENUM, {"also": "a", "b": "c"}.get)
    assert [code for code in ENUM.codes if cell.allows(code)] == ["a", "b"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", INT),
        ("one", INT),
        ("1.5", INT),
        ("1e3", DECIMAL),
        ("NaN", DECIMAL),
        ("[3..1]", INT),
        ("[1..1)", INT),
        ("(1..1]", INT),
        ("[1..3", INT),
        ("[1 3]", INT),
        ("!= 1", INT),
        ("not(1", INT),
        ("1 2", INT),
        ("1,", INT),
        (">", INT),
        ("[", INT),
        ("[1..", INT),
        ("not(", INT),
        ("not()", INT),
        (", 1", INT),
        ('"1"', INT),
        ("> true", BOOL),
        ("> a", ENUM),
        ("d", ENUM),
        ("yes", BOOL),
        ("bare", STRING),
        ('"open', STRING),
        ("2023-02-29", DATE),
        ("2024-13-01", DATE),
        ("0000-01-01", DATE),
        ("2024-05-01", DATETIME),
        ("2024-05-01T08:00:00", DATETIME),
        ("24:00", TIME),
        ("P", DURATION),
        ("P1DT", DURATION),
        ("PT", DURATION),
        ("P1M", DURATION),
        ('duration("P1Y")', DURATION),
        ("[1..2..3]", INT),
        ("((1..2))", INT),
        ("\x00", INT),
        ("１", INT),
        ("٣", INT),
    ],
)
def test_a_cell_that_means_nothing_is_refused_in_chinese(cell: str, kind: ValueType) -> None:
    with pytest.raises(ValueError, match=CHINESE):
        parse(cell, kind)


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert DATE.from_text("2024-02-29") == date(2024, 2, 29)
    with pytest.raises(ValueError, match="不是存在的日期"):
        DATE.from_text("2023-02-29")
