"""Fields put together by hand are those that protobuf writes."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import example, given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2 as pb
from rules_service.commands import wire

DUE_AT = wire.tag(pb.Duty.DESCRIPTOR, "due_at")
AMOUNT = wire.number_tag(pb.Duty.DESCRIPTOR, "amount")
TITLE = wire.tag(pb.Duty.DESCRIPTOR, "title")


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
@example(datetime(1970, 1, 1, tzinfo=UTC))
@example(datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC))
@example(datetime(1978, 7, 4, 21, 24, 16, tzinfo=UTC))
def test_moments(at: datetime) -> None:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    assert wire.moment(DUE_AT, at) == pb.Duty(due_at=stamp).SerializeToString()


@given(st.integers(0, 31).flatmap(lambda bits: st.integers(0, (1 << bits) - 1)))
def test_numbers(amount: int) -> None:
    assert wire.number(AMOUNT, amount) == pb.Duty(amount=amount).SerializeToString()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@example("期" * 6000)
def test_texts(title: str) -> None:
    assert wire.text(TITLE, title) == pb.Duty(title=title).SerializeToString()
