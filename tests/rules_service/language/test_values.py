"""Values of requests and files: what is taken, what is refused, and that they come out as they went in."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.language.types import Kind, Value, ValueType, day_of, to_json
from tests.reference.profile import examples

CHINESE = r"[\u4e00-\u9fff]"
TYPES = {kind: ValueType(kind) for kind in Kind} | {Kind.ENUM: ValueType(Kind.ENUM, "letters", ("a", "b"))}


def from_json(kind: Kind, text: str) -> Value:
    return TYPES[kind].from_json(json.loads(text, parse_float=Decimal))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.INT, "3", 3),
        (Kind.INT, "-0", 0),
        (Kind.INT, "1000000000000000", 10**15),
        (Kind.DECIMAL, "3", Decimal(3)),
        (Kind.DECIMAL, "0.1", Decimal("0.1")),
        (Kind.DECIMAL, '"0.1"', Decimal("0.1")),
        (Kind.DECIMAL, "0.0000001", Decimal("0.0000001")),
        (Kind.DECIMAL, "0.0000000", Decimal(0)),
        (Kind.DECIMAL, '"0.0000001"', Decimal("0.0000001")),
        (Kind.BOOL, "true", True),
        (Kind.STRING, '"true"', "true"),
        (Kind.STRING, '"a\\nb"', "a\nb"),
        (Kind.ENUM, '"a"', "a"),
        (Kind.DATE, '"2024-02-29"', date(2024, 2, 29)),
        (Kind.TIME, '"08:30"', time(8, 30)),
        (Kind.DURATION, '"P1DT2H"', timedelta(days=1, hours=2)),
        (Kind.DURATION, '"-PT90M"', -timedelta(minutes=90)),
        (Kind.DATETIME, '"2024-02-28T16:00:00Z"', datetime(2024, 2, 28, 16, tzinfo=UTC)),
    ],
)
def test_values_of_requests(kind: Kind, text: str, value: Value) -> None:
    read = from_json(kind, text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.INT, "true"),
        (Kind.INT, "1.0"),
        (Kind.INT, '"1"'),
        (Kind.INT, "1000000000000001"),
        (Kind.INT, "[1]"),
        (Kind.DECIMAL, "false"),
        (Kind.DECIMAL, '"1e3"'),
        (Kind.DECIMAL, '"NaN"'),
        (Kind.DECIMAL, '"Infinity"'),
        (Kind.DECIMAL, "12345678901234567890123456789"),
        (Kind.DECIMAL, "0." + "1" * 40),
        (Kind.BOOL, "1"),
        (Kind.BOOL, "0"),
        (Kind.BOOL, '"true"'),
        (Kind.STRING, "1"),
        (Kind.STRING, "true"),
        (Kind.STRING, '"' + "长" * 2001 + '"'),
        (Kind.STRING, '"\\u0000"'),
        (Kind.STRING, '"\\u001b[31m"'),
        (Kind.STRING, '"\\ud800"'),
        (Kind.STRING, "{}"),
        (Kind.ENUM, '"A"'),
        (Kind.ENUM, '"\\ud800"'),
        (Kind.ENUM, "1"),
        (Kind.DATE, '"2023-02-29"'),
        (Kind.DATE, '"2024-2-9"'),
        (Kind.DATE, '"2024-02-29T00:00:00+08:00"'),
        (Kind.DATE, "20240229"),
        (Kind.DATETIME, '"2024-02-29T08:00:00"'),
        (Kind.DATETIME, '"2024-02-30T08:00:00Z"'),
        (Kind.DATETIME, '"2024-02-29T08:00:00+25:00"'),
        (Kind.TIME, '"24:00"'),
        (Kind.TIME, '"8:30"'),
        (Kind.DURATION, '"P1Y"'),
        (Kind.DURATION, '"P1DT"'),
        (Kind.DURATION, '"P"'),
        (Kind.DURATION, '"1D"'),
    ],
)
def test_a_value_of_another_type_is_refused_in_chinese_and_never_guessed(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=CHINESE):
        from_json(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DATETIME, "0001-01-01T00:00:00+08:00"),
        (Kind.DATETIME, "9999-12-31T23:59:59-08:00"),
        (Kind.DATETIME, "9999-12-31T23:59:59+08:00"),
        (Kind.DATE, "0001-01-01"),
        (Kind.DATE, "9999-12-31"),
    ],
)
def test_a_day_at_the_edge_of_the_calendar_is_refused_because_no_period_could_run_from_it(
    kind: Kind, text: str
) -> None:
    with pytest.raises(ValueError, match=CHINESE):
        TYPES[kind].from_text(text)


VALUES = {
    Kind.STRING: st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    Kind.ENUM: st.sampled_from("ab"),
    Kind.BOOL: st.booleans(),
    Kind.INT: st.integers(-(10**15), 10**15),
    Kind.DECIMAL: st.decimals(-(10**12), 10**12, places=10),
    Kind.DATE: st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    Kind.DATETIME: st.integers(-2_208_900_000, 32_503_600_000).map(lambda n: datetime.fromtimestamp(n, UTC)),
    Kind.TIME: st.times().map(lambda clock: clock.replace(microsecond=0)),
    Kind.DURATION: st.integers(-(10**7), 10**7).map(lambda minutes: timedelta(minutes=minutes)),
}


@examples(300)
@given(st.sampled_from(list(Kind)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])))
def test_what_an_answer_says_can_be_sent_back_as_a_fact(told: tuple[Kind, Value]) -> None:
    kind, value = told
    text = json.dumps(to_json(value), ensure_ascii=False)
    assert from_json(kind, text) == value


@examples(300)
@given(st.sampled_from(list(Kind)), st.text(max_size=30))
def test_no_text_does_anything_but_be_read_or_be_refused_in_chinese(kind: Kind, text: str) -> None:
    message, value = "", None
    try:
        value = TYPES[kind].from_text(text)
    except ValueError as error:
        message = str(error)
    if value is None:
        assert re.search(CHINESE, message)
    else:
        assert TYPES[kind].from_json(to_json(value)) == value


def test_the_day_of_a_moment_is_shanghais() -> None:
    assert day_of(datetime(2024, 2, 28, 16, tzinfo=UTC)) == date(2024, 2, 29)
    assert day_of(datetime(2024, 2, 28, 15, 59, 59, tzinfo=UTC)) == date(2024, 2, 28)
