"""The elementary pieces of a table's columns: stretches of values that no row tells apart.

They are cut where the engine's index cuts them, and each holds one value by which it can be named. A
piece that no value falls into is no piece: nothing lies between the whole numbers 2 and 3, nor between
two days that follow one another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from rules_service.engine.index import Column, Known, OrderedColumn, PlainColumn
from rules_service.language.types import LARGEST_INT, MOST_DIGITS, YEARS, Kind, Value, ValueType, to_json

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The longest that a duration can be written, P999999DT999999H999999M.
MOST_DURATION = timedelta(days=999_999, hours=999_999, minutes=999_999)
# The furthest that a zone lies from UTC.
FURTHEST = timedelta(hours=23, minutes=59)
ENOUGH_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a column may meet: those of a type, or only a few of them; and null, always."""

    type: ValueType
    only: tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Values that no row tells apart: one of them, and the mask of rows that let them through."""

    example: Known
    rows: int


def pieces_of(column: Column, domain: Domain) -> tuple[Piece, ...]:
    """The pieces of a column that have different rows, null last and always by itself."""
    merged: dict[int, Value] = {}
    for value, rows in _pieces(column, domain):
        merged.setdefault(rows, value)
    return (*(Piece(value, rows) for rows, value in merged.items()), Piece(None, column.null))


def _pieces(column: Column, domain: Domain) -> Iterator[tuple[Value, int]]:
    if domain.only is not None:
        yield from ((value, column.mask(value)) for value in domain.only)
    elif isinstance(column, OrderedColumn):
        yield from _ordered(column, domain.type)
    elif domain.type.kind is Kind.ENUM:
        yield from ((code, column.mask(code)) for code in domain.type.codes)
    elif domain.type.kind is Kind.BOOL:
        yield from ((value, column.mask(value)) for value in (False, True))
    else:
        yield from _plain(column, domain.type)


def _plain(column: PlainColumn, kind: ValueType) -> Iterator[tuple[Value, int]]:
    """Texts that rows name, then any other; of an ordered type that no row compares, any value."""
    yield from column.values.items()
    other = _another_text(column) if kind.kind is Kind.STRING else between(kind, None, None)
    if other is not None:
        yield other, column.others


def _another_text(column: PlainColumn) -> str:
    text = "其他"
    while text in column.values:
        text += "的"
    return text


def _ordered(column: OrderedColumn, kind: ValueType) -> Iterator[tuple[Value, int]]:
    bounds: list[Value | None] = [None, *column.points, None]
    for number, rows in enumerate(column.pieces):
        at, is_point = divmod(number, 2)
        if is_point:
            point = column.points[at]
            if _within(kind, point):
                yield point, rows
        elif (value := between(kind, bounds[at], bounds[at + 1])) is not None:
            yield value, rows


def _within(kind: ValueType, value: Value) -> bool:
    low, high = kind.least, kind.most
    return (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]


def between(kind: ValueType, low: Value | None, high: Value | None) -> Value | None:
    """A value of an ordered type strictly between two others (None: no bound), or None where none lies."""
    if kind.kind is Kind.DECIMAL:
        return _between_decimals(kind, low, high)
    steps = _STEPS[kind.kind]
    first, last = steps.first, steps.last
    if kind.least is not None:
        first = steps.number(kind.least)
    if kind.most is not None:
        last = steps.number(kind.most)
    if low is not None:
        first = max(first, steps.number(low) + 1)
    if high is not None:
        last = min(last, steps.number(high) - 1)
    if first > last:
        return None
    if low is None:
        nearest = last if high is not None else min(max(steps.usual, first), last)
        return steps.value(nearest)
    return steps.value(first)


def _between_decimals(kind: ValueType, low: Value | None, high: Value | None) -> Value | None:
    """Decimals lie dense; the least and the greatest are themselves values."""
    with localcontext() as context:
        context.prec = ENOUGH_DIGITS
        for edge, other in ((kind.least, high), (kind.most, low)):
            if isinstance(edge, Decimal) and _apart(edge, low, high) and (other is None or edge != other):
                return edge
        lowest = max((v for v in (low, kind.least) if isinstance(v, Decimal)), default=None)
        highest = min((v for v in (high, kind.most) if isinstance(v, Decimal)), default=None)
        if lowest is None:
            usual = Decimal(0) if highest is None else highest - 1
        elif highest is None:
            usual = lowest + 1
        elif lowest < highest:
            usual = (lowest + highest) / 2
        else:
            return None
        return usual if _can_be_told(kind, usual) else _shortest(kind, lowest, highest)


def _shortest(kind: ValueType, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """A decimal between two others with as few digits as there are; None where all would have too many."""
    for places in range(MOST_DIGITS):
        step = Decimal(1).scaleb(-places)
        if low is not None:
            value = (low / step).to_integral_value(ROUND_FLOOR) * step + step
        elif high is not None:
            value = (high / step).to_integral_value(ROUND_CEILING) * step - step
        else:
            value = Decimal(0)
        if _apart(value, low, high) and _can_be_told(kind, value):
            return value
    return None


def _can_be_told(kind: ValueType, value: Decimal) -> bool:
    try:
        kind.from_text(str(to_json(value)))
    except ValueError:
        return False
    return True


def _apart(value: Decimal, low: Value | None, high: Value | None) -> bool:
    return (low is None or low < value) and (high is None or value < high)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class _Steps:
    """An ordered type whose values follow one another in steps, counted from somewhere."""

    first: int
    last: int
    usual: int
    number: Callable[[Value], int]
    value: Callable[[int], Value]


def _seconds(value: Value) -> int:
    assert isinstance(value, time)  # noqa: S101  the type of the column
    return value.hour * 3600 + value.minute * 60 + value.second


def _clock(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _moment_number(value: Value) -> int:
    assert isinstance(value, datetime)  # noqa: S101  the type of the column
    return (value - EPOCH) // timedelta(seconds=1)


def _day_number(value: Value) -> int:
    assert isinstance(value, date)  # noqa: S101  the type of the column
    return value.toordinal()


def _minutes(value: Value) -> int:
    assert isinstance(value, timedelta)  # noqa: S101  the type of the column
    return value // timedelta(minutes=1)


def _whole(value: Value) -> int:
    assert isinstance(value, int)  # noqa: S101  the type of the column
    return value


_STEPS = {
    Kind.INT: _Steps(-LARGEST_INT, LARGEST_INT, 0, _whole, lambda number: number),
    Kind.DATE: _Steps(
        date(YEARS[0], 1, 1).toordinal(),
        date(YEARS[-1], 12, 31).toordinal(),
        date(2024, 1, 2).toordinal(),
        _day_number,
        date.fromordinal,
    ),
    Kind.DATETIME: _Steps(
        _moment_number(datetime(YEARS[0], 1, 1, tzinfo=UTC) - FURTHEST),
        _moment_number(datetime(YEARS[-1], 12, 31, 23, 59, 59, tzinfo=UTC) + FURTHEST),
        _moment_number(datetime(2024, 1, 2, 1, tzinfo=UTC)),
        _moment_number,
        lambda number: EPOCH + timedelta(seconds=number),
    ),
    Kind.TIME: _Steps(0, 86_399, 9 * 3600, _seconds, _clock),
    Kind.DURATION: _Steps(
        -_minutes(MOST_DURATION),
        _minutes(MOST_DURATION),
        0,
        _minutes,
        lambda number: timedelta(minutes=number),
    ),
}
