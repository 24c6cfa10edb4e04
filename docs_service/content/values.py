"""Values as a template sees them: they print as a paper prints them, never as data."""

from dataclasses import dataclass
from datetime import date

from docs_service.catalogue import Code

_DIGITS = "零一二三四五六七八九"


def chinese_date(day: date) -> str:
    """A day in Arabic digits, full year, no padding: 2024年5月1日 (GB/T 9704-2012 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """A whole number from 1 to 99 in Chinese: 十二. Raises ValueError outside of it."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not between 1 and 99")
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def joined_names(names: list[str]) -> str:
    """Names parted by the Chinese comma."""
    return "，".join(names)


def sentence(text: object) -> str:
    """The text with a full stop, unless it ends with a mark of its own."""
    words = printed(text)
    return words if words.endswith(("。", "；", "！", "？", "…", "”", "：")) else f"{words}。"


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen code: it compares as the code and prints as the label."""

    choice: Code

    def __eq__(self, other: object) -> bool:
        return other == self.choice.code if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.choice.code)

    def __str__(self) -> str:
        return self.choice.label


def printed(value: object) -> str:
    """A value as the paper prints it. Raises ValueError for what has no printed form."""
    match value:
        case bool() | None:
            raise ValueError("标签所在处没有可以印刷的值")
        case str() | Choice() | int():
            return str(value)
        case date():
            return chinese_date(value)
        case _:
            raise ValueError("标签所在处是一组值，应当逐项印出")
