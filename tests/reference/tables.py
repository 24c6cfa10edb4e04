"""Decision tables read cell by cell and row by row, for every question anew; shares no code with the engine.

A value that has an order is a fraction (a date its day's number, a time of day its seconds), any other is
text; None is null; MISSING was not told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise, product
from typing import Final

MISSING: Final = object()
ORDERED = {"int", "decimal", "date", "datetime", "time", "duration"}


@dataclass(frozen=True)
class PlainTable:
    """Cells and outputs as their text; an output of None is `-`. `orders` ranks the texts of an output."""

    kinds: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    hit: str
    outputs: tuple[tuple[str | None, ...], ...]
    output_kinds: tuple[str, ...]
    orders: tuple[tuple[str, ...], ...]
    aggregate: str = ""


def value(kind: str, text: str) -> object:
    if kind in {"int", "decimal"}:
        return Fraction(text)
    if kind == "date":
        return Fraction(date.fromisoformat(text).toordinal())
    if kind == "datetime":
        moment = datetime.fromisoformat(text)
        return Fraction(int(moment.timestamp()))
    if kind == "time":
        hours, minutes, seconds = (f"{text}:0".split(":"))[:3]
        return Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
    if kind == "duration":
        found = {unit: int(number) for number, unit in re.findall(r"([0-9]+)([DHM])", text)}
        minutes = found.get("D", 0) * 1440 + found.get("H", 0) * 60 + found.get("M", 0)
        return Fraction(-minutes if text.startswith("-") else minutes)
    return text


def literal(kind: str, text: str) -> object:
    quoted = re.fullmatch(r'(?:[a-z ]+\(\s*)?"((?:[^"\\]|\\.)*)"\s*\)?', text.strip())
    return value(kind, re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text.strip())


def parts(text: str) -> list[str]:
    return [part.strip() for part in re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",])+', text)]


def part_holds(part: str, kind: str, told: object) -> bool:
    if part == "null":
        return told is None
    if told is None:
        return False
    if interval := re.fullmatch(r"([\[(\]])(.*)\.\.(.*)([\])\[])", part):
        low, high = literal(kind, interval[2]), literal(kind, interval[3])
        above = told > low or (told == low and interval[1] == "[")
        below = told < high or (told == high and interval[4] == "]")
        return above and below
    if comparison := re.fullmatch(r"(<=|>=|<|>|=)(.*)", part):
        bound = literal(kind, comparison[2])
        return {
            "<": lambda: told < bound,
            "<=": lambda: told <= bound,
            ">": lambda: told > bound,
            ">=": lambda: told >= bound,
            "=": lambda: told == bound,
        }[comparison[1]]()
    return told == literal(kind, part)


def lets_through(cell: str, kind: str, told: object) -> bool:
    """Whether a cell lets a value through; None is null."""
    cell = cell.strip()
    if cell == "-":
        return True
    if inner := re.fullmatch(r"not\s*\((.*)\)", cell):
        return told is not None and not any(part_holds(part, kind, told) for part in parts(inner[1]))
    return any(part_holds(part, kind, told) for part in parts(cell))


def rows_that(table: PlainTable, told: Sequence[object], *, if_missing: bool) -> list[int]:
    """Rows that match: those that may (`if_missing`), or those that do whatever the missing facts are."""

    def passes(cell: str, kind: str, fact: object) -> bool:
        if fact is MISSING:
            return if_missing or cell.strip() == "-"
        return lets_through(cell, kind, fact)

    return [
        row
        for row, cells in enumerate(table.cells)
        if all(passes(*column) for column in zip(cells, table.kinds, told, strict=True))
    ]


def rank(table: PlainTable, row: int) -> list[int]:
    ranks = []
    for text, order in zip(table.outputs[row], table.orders, strict=True):
        if order:
            ranks.append(order.index(text) if text in order else len(order))
    return ranks


def ranked(table: PlainTable, rows: Sequence[int]) -> list[int]:
    return sorted(rows, key=lambda row: (rank(table, row), row))


def aggregated(table: PlainTable, rows: Sequence[int]) -> object:
    kind = table.output_kinds[0] if table.output_kinds else ""
    numbers = [value(kind, text) for row in rows if (text := (table.outputs[row] or (None,))[0]) is not None]
    match table.aggregate:
        case "count":
            return Fraction(len(rows))
        case "sum":
            return sum(numbers, Fraction(0))
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)
    return None


@dataclass(frozen=True)
class Said:
    state: str
    rows: tuple[int, ...] = ()
    aggregate: object = None


def contradict(table: PlainTable, rows: Sequence[int]) -> bool:
    several = len(rows) > 1
    return several and (table.hit == "U" or len({table.outputs[row] for row in rows}) > 1)


def decide(table: PlainTable, told: Sequence[object]) -> Said:
    """The engine's documented rule: a row that looks at a missing fact is open, any other is settled."""
    certain = rows_that(table, told, if_missing=False)
    possible = rows_that(table, told, if_missing=True)
    if not possible:
        return Said("no_match")
    if table.hit in "UA":
        if contradict(table, certain):
            return Said("contradiction", tuple(certain))
        return Said("decided", tuple(certain[:1])) if certain else Said("undecided")
    if table.hit in "FP":
        best = ranked(table, possible)[0] if table.hit == "P" else possible[0]
        return Said("decided", (best,)) if best in certain else Said("undecided")
    rows = tuple(ranked(table, certain) if table.hit == "O" else certain)
    if certain != possible:
        return Said("undecided", rows)
    return Said("decided", rows, aggregated(table, rows))


def representatives(table: PlainTable, column: int) -> list[object]:
    """One value of every piece that the column's cells could tell apart, and null."""
    kind = table.kinds[column]
    texts = [text for cells in table.cells for text in literals(cells[column])]
    found = {literal(kind, text) for text in texts}
    if kind not in ORDERED:
        return [*sorted(map(str, found)), "elsewhere", None]
    points = sorted(found)
    between = [(a + b) / 2 for a, b in pairwise(points)]
    return [*points, *between, *((points[0] - 1, points[-1] + 1) if points else (Fraction(0),)), None]


def literals(cell: str) -> Iterator[str]:
    cell = cell.strip()
    inner = re.fullmatch(r"not\s*\((.*)\)", cell)
    for part in [] if cell == "-" else parts(inner[1] if inner else cell):
        if part == "null":
            continue
        if interval := re.fullmatch(r"[\[(\]](.*)\.\.(.*)[\])\[]", part):
            yield from (interval[1], interval[2])
        else:
            yield re.sub(r"^(<=|>=|<|>|=)", "", part)


def answers(table: PlainTable, told: Sequence[object]) -> Iterator[Said]:
    """What the table would say for every way in which the missing facts could turn out."""
    choices = [
        representatives(table, column) if fact is MISSING else [fact] for column, fact in enumerate(told)
    ]
    for facts in product(*choices):
        yield decide(table, facts)
