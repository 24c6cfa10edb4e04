"""Generated tables and facts, as texts: what a policy officer could write and a caller could send."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.reference.tables import MISSING, ORDERED, PlainTable, value

CODES = ("a", "b", "c")
LITERALS = {
    "int": st.integers(-4, 4).map(str),
    "decimal": st.sampled_from(["-1.5", "0", "0.1", "0.2", "0.3", "0.30", "1", "1.0", "1.00001", "2.5"]),
    "date": st.sampled_from(["2023-02-28", "2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31"]),
    "datetime": st.sampled_from(
        [
            "2024-02-29T00:00:00+08:00",
            "2024-02-28T16:00:00Z",
            "2024-02-29T08:30+08:00",
            "2024-02-29T01:30:00+01:00",
            "2024-03-01T00:00:00+08:00",
        ]
    ),
    "time": st.sampled_from(["00:00", "08:30", "08:30:00", "08:30:01", "17:00", "23:59:59"]),
    "duration": st.sampled_from(["P1D", "PT24H", "PT1H", "PT60M", "P1DT1H", "-P1D", "PT90M", "P2D"]),
    "enum": st.sampled_from(CODES),
    "bool": st.sampled_from(["true", "false"]),
    "string": st.sampled_from(["甲", "乙", "a,b", 'say "x"', "", "null", "-"]),
}
CALLS = {"date": "date", "time": "time", "duration": "duration", "datetime": "date and time"}
KINDS = sorted(LITERALS)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@st.composite
def written(draw: st.DrawFn, kind: str) -> str:
    """A literal as a cell has it."""
    text = draw(LITERALS[kind])
    if kind == "string" or (kind == "enum" and draw(st.booleans())):
        return quoted(text)
    if kind in CALLS and draw(st.booleans()):
        return f'{CALLS[kind]}("{text}")'
    return text


@st.composite
def cell_parts(draw: st.DrawFn, kind: str) -> str:
    forms = ["value", "value", "equals", "null"]
    forms += ["less", "interval", "interval"] if kind in ORDERED else []
    form = draw(st.sampled_from(forms))
    if form == "null":
        return "null"
    if form == "equals":
        return f"= {draw(written(kind))}"
    if form == "less":
        return f"{draw(st.sampled_from(['<', '<=', '>', '>=']))} {draw(written(kind))}"
    if form == "value":
        return draw(written(kind))
    low, high = draw(LITERALS[kind]), draw(LITERALS[kind])
    opening, closing = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))
    if value(kind, low) > value(kind, high):
        low, high = high, low
    if value(kind, low) == value(kind, high):
        opening, closing = "[", "]"
    return f"{opening}{low}..{high}{closing}"


@st.composite
def cells(draw: st.DrawFn, kind: str) -> str:
    if draw(st.integers(0, 3)) == 0:
        return "-"
    inner = ", ".join(draw(st.lists(cell_parts(kind), min_size=1, max_size=3)))
    return f"not({inner})" if draw(st.integers(0, 3)) == 0 else inner


@dataclass(frozen=True)
class Case:
    """A table and some lists of facts; a fact is the text that was sent, None for null, or MISSING."""

    table: PlainTable
    facts: tuple[tuple[object, ...], ...]


@st.composite
def cases(draw: st.DrawFn, hits: str = "UAPFROC") -> Case:
    kinds = tuple(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)))
    hit = draw(st.sampled_from(hits))
    aggregate = draw(st.sampled_from(["", "sum", "min", "max", "count"])) if hit == "C" else ""
    output_kinds = (draw(st.sampled_from(["int", "decimal"])), "enum") if aggregate else ("enum", "string")
    rows = draw(st.integers(0, 6))
    outputs = tuple(tuple(draw(st.none() | LITERALS[kind]) for kind in output_kinds) for _ in range(rows))
    ranking = hit in "PO"
    ranks = tuple(
        tuple(draw(st.permutations(CODES))[: draw(st.integers(1, 3))]) if kind == "enum" and ranking else ()
        for kind in output_kinds
    )
    table = PlainTable(
        kinds,
        tuple(tuple(draw(cells(kind)) for kind in kinds) for _ in range(rows)),
        hit,
        outputs,
        output_kinds,
        ranks,
        aggregate,
    )
    told = st.tuples(*(LITERALS[kind] | st.none() | st.just(MISSING) for kind in kinds))
    return Case(table, tuple(draw(st.lists(told, min_size=1, max_size=4))))


def plainly(table: PlainTable, facts: tuple[object, ...]) -> list[object]:
    """The facts as the reference interpreter has them."""
    return [
        value(kind, fact) if isinstance(fact, str) else fact
        for kind, fact in zip(table.kinds, facts, strict=True)
    ]
