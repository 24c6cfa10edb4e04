"""Many cases at once are decided as each would be by itself."""

from hypothesis import given
from hypothesis import strategies as st

from rules_service.engine.columnar import decide_many
from rules_service.engine.index import UNKNOWN, TableIndex
from rules_service.engine.tables import decide
from rules_service.language.model.basis import Citation
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import HitPolicy, Output, Row, Table
from rules_service.language.types import Kind, ValueType
from rules_service.language.unary import parse

NUMBER = ValueType(Kind.INT)
TRUTH = ValueType(Kind.BOOL)
CELLS = {"n": ["-", "0", ">= 2", "[1..3)", "not(1)", "null"], "t": ["-", "true", "false", "null"]}
VALUES = {"n": [0, 1, 2, 3, None, UNKNOWN], "t": [True, False, None, UNKNOWN]}


def rows(names: str) -> st.SearchStrategy[list[tuple[str, ...]]]:
    return st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in names)), min_size=1, max_size=6)


@given(
    cells=rows("ntn"),
    hit=st.sampled_from([HitPolicy.FIRST, HitPolicy.COLLECT, HitPolicy.RULE_ORDER]),
    cases=st.lists(st.tuples(*(st.sampled_from(VALUES[name]) for name in "ntn")), max_size=20),
)
def test_many_at_once_is_one_by_one(cells, hit, cases):
    types = [NUMBER, TRUTH, NUMBER]
    table = Table(
        "t",
        "表",
        Each.MATTER,
        hit,
        None,
        ("a", "b", "c"),
        (Output("o", NUMBER, "果"),),
        tuple(
            Row(
                f"r{number}",
                tuple(parse(cell, kind) for cell, kind in zip(row, types, strict=True)),
                (number,),
                (Citation("X"),),
            )
            for number, row in enumerate(cells)
        ),
    )
    index = TableIndex.of(table)
    columns = list(zip(*cases, strict=True)) if cases else [(), (), ()]
    assert list(decide_many(index, columns)) == [decide(index, case, near=False) for case in cases]
