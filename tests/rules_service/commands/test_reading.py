"""JSON is read quickly where that is safe, and then just as it is read with care."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules_service.commands.reading import read_json
from rules_service.engine.reading import CaseReader
from tests.reference.profile import examples

NAMES = st.sampled_from(["a", "b", "信访", "rate"])
VALUES = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-1000, 1000, places=20).map(lambda number: format(number, "f")),
    st.sampled_from(["true", "null", "1.50", "-0.0", "1e5", "0.10000000000000000555", "[1]", "{}"]),
    st.text('信访:,}\\"1.5', max_size=6).map(lambda text: json.dumps(text, ensure_ascii=False)),
)
GAPS = st.sampled_from(["", "", "", " "])


@st.composite
def objects(draw):
    """A flat object as text, with names that may come twice and gaps where JSON allows them."""
    pairs = draw(st.lists(st.tuples(NAMES, GAPS, GAPS, VALUES), max_size=5))
    return "{" + ",".join(f'"{name}"{one}:{two}{value}' for name, one, two, value in pairs) + "}", pairs


@examples(400)
@given(objects())
def test_what_is_read_is_exact_or_refused(told):
    text, pairs = told
    reader = CaseReader(vocabulary=None)
    value = read_json(text, reader, "facts_json")
    names = [name for name, *_ in pairs]
    wrong = len(set(names)) < len(names) or any("e" in v.lower() for *_, v in pairs if v[0] in "-0123456789")
    if wrong:
        assert value is None
        assert [problem.place for problem in reader.problems] == ["facts_json"]
    else:
        exact = json.loads(text, parse_float=Decimal)
        assert value == exact
        assert [type(part) for part in value.values()] == [type(part) for part in exact.values()]
