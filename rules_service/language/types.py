"""Types of values: how a literal in a file and a value in a request are read into them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Value = str | bool | int | Decimal | date | datetime | time | timedelta

LONGEST_TEXT = 2000
LARGEST_INT = 10**15
MOST_DIGITS = 28
MOST_DAYS = 8192
# Days that a period may start on. They keep clear of both ends of the calendar of Python, so that no zone
# and no length of a period leads out of it.
YEARS = range(1900, 3000)


class Kind(Enum):
    """What kind of value a fact, an attribute or an output is."""

    STRING = "string"
    ENUM = "enum"
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"


ORDERED = frozenset({Kind.INT, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.DURATION})


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type; an enum carries the codes it may take, in the vocabulary's order.

    `least` and `most` bound the values of an ordered type, themselves included: a count is never below 0.
    """

    kind: Kind
    enum: str = ""
    codes: tuple[str, ...] = ()
    least: Value | None = None
    most: Value | None = None
    is_plain: Callable[[object], bool] = field(init=False, repr=False, compare=False)
    """Whether a value of a request is one of the type as it stands, as most are; else `from_json` tells."""

    def __post_init__(self) -> None:
        """Prepares what is asked of every fact."""
        object.__setattr__(self, "is_plain", _plain(self))

    def __str__(self) -> str:
        """The type as the vocabulary writes it."""
        return f"enum {self.enum}" if self.kind is Kind.ENUM else self.kind.value

    @property
    def ordered(self) -> bool:
        """Whether values can be less or more than each other."""
        return self.kind in ORDERED

    @property
    def chinese(self) -> str:
        """What a value of the type looks like, for messages."""
        if self.kind is Kind.ENUM:
            return f"下列代码之一：{'、'.join(self.codes)}"
        return _CHINESE[self.kind]

    def from_text(self, text: str) -> Value:
        """Reads a literal of a file or a cell; raises ValueError with a Chinese message."""
        return self._bounded(_FROM_TEXT[self.kind](self, text))

    def from_json(self, value: object) -> Value:
        """Reads a value of a request; raises ValueError with a Chinese message.

        A number is never taken for a text nor a text for a number, except that a decimal may come as
        text so that it stays exact.
        """
        if isinstance(value, str) and self.kind not in {Kind.INT, Kind.BOOL}:
            return self.from_text(value)
        if self.kind is Kind.BOOL and isinstance(value, bool):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            if self.kind is Kind.INT:
                return self._bounded(_in_range(value))
            if self.kind is Kind.DECIMAL:
                return self._bounded(Decimal(_in_range(value)))
        if self.kind is Kind.DECIMAL and isinstance(value, Decimal):
            return self._bounded(_decimal(self, format(value, "f")))
        raise ValueError(f"应当是{self.chinese}。")

    def of_kind(self, value: Value) -> Value:
        """A value of the kind, where the type takes it: a code of the enum, a number within the bounds.

        Raises ValueError with a Chinese message.
        """
        return _enum(self, str(value)) if self.kind is Kind.ENUM else self._bounded(value)

    def _bounded(self, value: Value) -> Value:
        if self.least is not None and value < self.least:  # type: ignore[operator]
            raise ValueError(f"应当是不小于 {to_json(self.least)} 的值。")
        if self.most is not None and value > self.most:  # type: ignore[operator]
            raise ValueError(f"应当是不大于 {to_json(self.most)} 的值。")
        return value


def _plain(kind: ValueType) -> Callable[[object], bool]:
    match kind.kind:
        case Kind.ENUM:
            codes = frozenset(kind.codes)
            return lambda value: value.__class__ is str and value in codes
        case Kind.BOOL:
            return lambda value: value is True or value is False
        case Kind.STRING:
            return lambda value: value.__class__ is str and len(value) <= LONGEST_TEXT and value.isprintable()
        case Kind.INT:
            low = kind.least if isinstance(kind.least, int) else -LARGEST_INT
            high = kind.most if isinstance(kind.most, int) else LARGEST_INT
            return lambda value: value.__class__ is int and low <= value <= high
        case _:
            return lambda _: False


_CHINESE: Mapping[Kind, str] = {
    Kind.STRING: "文字",
    Kind.BOOL: "true 或 false",
    Kind.INT: "整数",
    Kind.DECIMAL: "十进制数",
    Kind.DATE: "日期，如 2024-05-01",
    Kind.DATETIME: "带时区的时刻，如 2024-05-01T08:30:00+08:00",
    Kind.TIME: "钟点，如 08:30",
    Kind.DURATION: "时长，如 P15D 或 PT8H",
}


def _string(_: ValueType, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"超过 {LONGEST_TEXT} 个字。")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text):
        raise ValueError("含有控制字符。")
    return text


def _enum(kind: ValueType, text: str) -> str:
    if text not in kind.codes:
        raise ValueError(f"应当是{kind.chinese}。")
    return text


def _bool(kind: ValueType, text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"应当是{kind.chinese}。")
    return text == "true"


def _in_range(number: int) -> int:
    if abs(number) > LARGEST_INT:
        raise ValueError("数值太大。")
    return number


def _int(kind: ValueType, text: str) -> int:
    if not re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text):
        raise ValueError(f"应当是{kind.chinese}。")
    return _in_range(int(text))


def _decimal(kind: ValueType, text: str) -> Decimal:
    # No exponents: the range of what is written is the range of what is meant.
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text) or len(text) > MOST_DIGITS:
        raise ValueError(f"应当是{kind.chinese}，不用科学记数法，不超过 {MOST_DIGITS} 位。")
    return Decimal(text)


@lru_cache(MOST_DAYS)
def parse_date(text: str) -> date:
    """Reads YYYY-MM-DD; raises ValueError with a Chinese message for a day that does not exist."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        numbers = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
        likely = "{}-{:0>2}-{:0>2}".format(*numbers.groups()) if numbers else "2024-05-01"
        raise ValueError(f"应当是日期，如 {likely}。")
    _check_year(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("不是存在的日期。") from None


def _check_year(text: str) -> None:
    if int(text[:4]) not in YEARS:
        raise ValueError(f"应当是 {YEARS[0]} 年到 {YEARS[-1]} 年之间的日期。")


def parse_moment(text: str) -> datetime:
    """Reads an ISO 8601 moment with its zone; raises ValueError with a Chinese message."""
    if not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})", text
    ):
        raise ValueError("应当是带时区的时刻，如 2024-05-01T08:30:00+08:00。")
    _check_year(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("不是存在的时刻。") from None


def _time(kind: ValueType, text: str) -> time:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", text):
        raise ValueError(f"应当是{kind.chinese}。")
    return time.fromisoformat(text)


def _duration(kind: ValueType, text: str) -> timedelta:
    match = re.fullmatch(r"(-?)P(?:([0-9]{1,6})D)?(?:T(?!$)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?)?", text)
    if not match or not any(match.groups()[1:]):
        raise ValueError(f"应当是{kind.chinese}。")
    days, hours, minutes = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes)
    return -length if match[1] else length


_FROM_TEXT: Mapping[Kind, Callable[[ValueType, str], Value]] = {
    Kind.STRING: _string,
    Kind.ENUM: _enum,
    Kind.BOOL: _bool,
    Kind.INT: _int,
    Kind.DECIMAL: _decimal,
    Kind.DATE: lambda _, text: parse_date(text),
    Kind.DATETIME: lambda _, text: parse_moment(text),
    Kind.TIME: _time,
    Kind.DURATION: _duration,
}


def to_json(value: Value) -> str | bool | int:
    """The value as JSON has it; what JSON has no exact form for becomes text."""
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(timezone(timedelta(hours=8))).isoformat()
        case timedelta():
            return _duration_text(value)
        case _:
            return value.isoformat()


def _duration_text(length: timedelta) -> str:
    sign, length = ("-", -length) if length < timedelta(0) else ("", length)
    minutes = length.seconds // 60
    clock = "".join(f"{n}{unit}" for n, unit in ((minutes // 60, "H"), (minutes % 60, "M")) if n)
    day = f"{length.days}D" if length.days or not clock else ""
    return f"{sign}P{day}{'T' + clock if clock else ''}"


def midnight(day: date) -> datetime:
    """The first moment of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def last_second(day: date) -> datetime:
    """The last second of a day in Asia/Shanghai."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def first_moment(value: date) -> datetime:
    """A moment as it is, and the first of a day."""
    return value if isinstance(value, datetime) else midnight(value)


def day_of(moment: datetime) -> date:
    """The day in Asia/Shanghai on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()
