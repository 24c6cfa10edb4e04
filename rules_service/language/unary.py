"""S-FEEL unary tests: what a cell of a table says about its input (OMG DMN 1.3, chapter 9).

A cell is read into the set of values it lets through, so that the engine, the search for gaps and
overlaps and the explanation all look at one and the same thing.

    -                     anything, null included
    city, district        one of these
    "50"                  a text
    >= 50   < 3           compared with a number, a date, a time, a duration
    [1..3)                from 1, included, to 3, not included
    not(report, other)    anything but these; null is not let through
    null                  known to have no value

null is let through by `-` and by `null` only: neither a comparison nor not(...) ever matches it.
A bare word is a code of the column's enum, or else the name of a parameter.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules_service.language.types import Kind, Value, ValueType


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of an ordered type; None stands for no bound."""

    low: Value | None
    low_closed: bool
    high: Value | None
    high_closed: bool

    def holds(self, value: Value) -> bool:
        """Whether the value lies inside."""
        return self._above_low(value) and self._below_high(value)

    def _above_low(self, value: Value) -> bool:
        if self.low is None:
            return True
        return bool(self.low < value) or (self.low_closed and self.low == value)  # type: ignore[operator]

    def _below_high(self, value: Value) -> bool:
        if self.high is None:
            return True
        return bool(value < self.high) or (self.high_closed and self.high == value)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """The set of values that a cell lets through.

    `intervals` is meant for ordered types, `values` for the others; `negated` turns either around.
    `parameters` names those whose values are among them.
    """

    text: str
    intervals: tuple[Interval, ...] = ()
    values: frozenset[Value] = frozenset()
    negated: bool = False
    null: bool = False
    anything: bool = False
    parameters: frozenset[str] = frozenset()

    def allows(self, value: Value | None) -> bool:
        """Whether the cell lets the value through; None is null."""
        if self.anything:
            return True
        if value is None:
            return self.null
        inside = value in self.values or any(interval.holds(value) for interval in self.intervals)
        return inside != self.negated


ANYTHING = UnaryTest("-", null=True, anything=True)

Parameter = Callable[[str], Value | None]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<call>(?:date|time|duration)\s*\(\s*"[^"]*"\s*\)|date\ and\ time\s*\(\s*"[^"]*"\s*\))
      | (?P<range>\.\.)
      | (?P<op><=|>=|!=|<|>|=)
      | (?P<punct>[\[\]\(\),])
      | (?P<word>[^\s"\[\]\(\),<>=!]+)
    )""",
    re.VERBOSE,
)

_OPERATORS: dict[str, Callable[[Value], Interval]] = {
    "<": lambda v: Interval(None, False, v, False),
    "<=": lambda v: Interval(None, False, v, True),
    ">": lambda v: Interval(v, False, None, False),
    ">=": lambda v: Interval(v, True, None, False),
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse(text: str, column: ValueType, parameter: Parameter = lambda _: None) -> UnaryTest:
    """Reads a cell of a column of that type.

    `parameter` gives a parameter's value, one of the column's, by its name, or None. Raises ValueError
    with a Chinese message that says what is wrong and what may be written instead.
    """
    stripped = text.strip()
    if stripped == "-":
        return ANYTHING
    if not stripped:
        raise ValueError("空着。不限时请写“-”。")
    return _Cell(stripped, column, parameter).test()


class _Cell:
    """One cell being read."""

    def __init__(self, text: str, column: ValueType, parameter: Parameter) -> None:
        self.text = text
        self.column = column
        self.parameter = parameter
        self.tokens = list(_tokens(text))
        self.at = 0
        self.parameters: set[str] = set()

    def test(self) -> UnaryTest:
        negated = self._peek("word", "not") and self._peek_at(self.at + 1, "punct", "(")
        if negated:
            self.at += 2
        intervals: list[Interval] = []
        values: set[Value] = set()
        null = False
        while True:
            part = self._part()
            if part is None:
                null = True
            elif isinstance(part, Interval):
                intervals.append(part)
            elif self.column.ordered:
                intervals.append(Interval(part, True, part, True))
            else:
                values.add(part)
            if not self._take("punct", ","):
                break
        if negated and not self._take("punct", ")"):
            raise ValueError("里的“not(”没有配上“)”。请写成 not(…) 的样子。")
        if self.at != len(self.tokens):
            raise ValueError(
                f"里的“{self.tokens[self.at].text}”多余。请在几个值之间写逗号，比较号后面只写一个值。"
            )
        # not(null) lets every value through but null.
        return UnaryTest(
            self.text,
            tuple(intervals),
            frozenset(values),
            bool(negated),
            null=null and not negated,
            parameters=frozenset(self.parameters),
        )

    def _part(self) -> Interval | Value | None:
        if self._take("word", "null"):
            return None
        if self._peek("op"):
            return self._comparison()
        if self._peek("punct", "[") or self._peek("punct", "(") or self._peek("punct", "]"):
            return self._interval()
        return self._value()

    def _comparison(self) -> Interval | Value:
        operator = self._next().text
        value = self._value()
        if operator == "=":
            return value
        if operator == "!=":
            raise ValueError("里不能写“!=”。请写 not(…)。")
        self._must_be_ordered(operator)
        return _OPERATORS[operator](value)

    def _interval(self) -> Interval:
        opening = self._next().text
        low = self._value()
        if not self._take("range", ".."):
            raise ValueError("里的区间缺少“..”。请写成 [1..3) 的样子。")
        high = self._value()
        if not self._peek("punct"):
            raise ValueError("里的区间没有收尾。请写成 [1..3) 的样子。")
        closing = self._next().text
        if closing not in {"]", ")", "["}:
            raise ValueError("里的区间没有收尾。请写成 [1..3) 的样子。")
        self._must_be_ordered("..")
        interval = Interval(low, opening == "[", high, closing == "]")
        if high < low or (high == low and not (interval.low_closed and interval.high_closed)):  # type: ignore[operator]
            raise ValueError("里的区间是空的：下限不小于上限。请改其中一个。")
        return interval

    def _value(self) -> Value:
        if self.at >= len(self.tokens):
            raise ValueError("没有写完。请在比较号、逗号后面写上值。")
        token = self._next()
        if token.kind == "string":
            if self.column.kind not in {Kind.STRING, Kind.ENUM}:
                raise ValueError(f"里的 {token.text} 是文字，此列应当是{self.column.chinese}。")
            return self.column.from_text(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
        if token.kind == "call":
            return self.column.from_text(re.sub(r'^[^"]*"|"[^"]*$', "", token.text))
        if token.kind != "word":
            raise ValueError(f"里的“{token.text}”位置不对。请照 >= 3、[1..3)、not(…) 的样子写。")
        if self.column.kind is Kind.STRING:
            raise ValueError(f"里的 {token.text} 要加引号，写成 '\"{token.text}\"'。")
        if self._may_be_a_parameter(token.text) and (value := self.parameter(token.text)) is not None:
            self.parameters.add(token.text)
            return value
        return self.column.from_text(token.text)

    def _may_be_a_parameter(self, word: str) -> bool:
        """In a column of codes a word is a code before it is a parameter."""
        return self.column.ordered or (self.column.kind is Kind.ENUM and word not in self.column.codes)

    def _must_be_ordered(self, operator: str) -> None:
        if not self.column.ordered:
            raise ValueError(f"里不能用“{operator}”：此列的值没有大小之分。请把各个值逐个列出，用逗号分开。")

    def _next(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _peek(self, kind: str, text: str | None = None) -> bool:
        return self._peek_at(self.at, kind, text)

    def _peek_at(self, at: int, kind: str, text: str | None = None) -> bool:
        return (
            at < len(self.tokens)
            and self.tokens[at].kind == kind
            and (text is None or self.tokens[at].text == text)
        )

    def _take(self, kind: str, text: str) -> bool:
        found = self._peek(kind, text)
        self.at += found
        return found


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            if text[at:].isspace():
                return
            raise ValueError(f"从“{text[at:].strip()[:12]}”起看不懂。请照 >= 3、[1..3)、not(…) 的样子写。")
        word = match[match.lastgroup]
        # A word such as 1..3 holds the dots of a range.
        if match.lastgroup == "word" and ".." in word:
            head, _, _ = word.partition("..")
            if head:
                yield _Token("word", head)
                at = match.start("word") + len(head)
            else:
                yield _Token("range", "..")
                at = match.start("word") + 2
            continue
        yield _Token(match.lastgroup, word)
        at = match.end()
