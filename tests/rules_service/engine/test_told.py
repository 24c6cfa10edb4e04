"""The reader of facts from bytes says what the careful one says, or nothing."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from rules_service.commands.reading import read_matter
from rules_service.engine.reading import CaseReader
from rules_service.engine.told import Reader
from rules_service.language.types import Kind, ValueType
from rules_service.language.vocabulary import FactDef, Label
from tests.reference.profile import examples
from tests.rules_service.commands.asking import shipped

LABEL = Label("试", "Trial")
OWN = {
    kind.value: FactDef(kind.value, ValueType(kind, "", ("a", "b") if kind is Kind.ENUM else ()), LABEL, "试")
    for kind in Kind
} | {
    "small": FactDef("small", ValueType(Kind.INT, least=0, most=3), LABEL, "试"),
    "share": FactDef("share", ValueType(Kind.DECIMAL, most=Decimal("1.5")), LABEL, "试"),
    "counted": FactDef("counted", ValueType(Kind.INT), LABEL, "试", counted=True),
}
VOCABULARY = replace(shipped().vocabulary, facts=OWN)
TYPES = {name: fact.type for name, fact in VOCABULARY.facts.items() if not fact.counted}
READER = Reader(TYPES)
NAMES = sorted(VOCABULARY.facts)
ODD = ("2024-02-29", "2023-02-29", "1.50", "0.1", "", "甲\x7f", 'a"b', "a\nb", "长" * 2001, "\U00020000")
WRITTEN = (
    "0.10",
    "1e3",
    "-0",
    "-0.0",
    "0.1000000000000000055",
    "1e-7",
    "1e-07",
    "1e+16",
    "18446744073709551616",
    "10e400",
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A JSON object of facts as a caller may write it: mostly right, seldom not."""
    members = []
    for name in draw(st.lists(st.sampled_from([*NAMES, "no_such_fact"]), max_size=6, unique=True)):
        definition = VOCABULARY.facts.get(name)
        codes = definition.type.codes if definition and definition.type.kind is Kind.ENUM else ()
        plain = st.one_of(
            st.sampled_from([*codes, *ODD]),
            st.booleans(),
            st.none(),
            st.integers(-5, 5),
            st.integers(10**14, 10**16),
            st.floats(-1000, 1000),
            st.decimals(-1000, 1000, places=2).map(float),
            st.dates().map(str),
            st.just([]),
        )
        value = draw(
            st.one_of(plain.map(lambda told: json.dumps(told, ensure_ascii=False)), st.sampled_from(WRITTEN))
        )
        members.append(
            f'"{name}"{draw(st.sampled_from(("", " ")))}:{draw(st.sampled_from(("", " ")))}{value}'
        )
    if members and not draw(st.integers(0, 5)):
        members.append(members[0])
    return "{" + draw(st.sampled_from((",", ", "))).join(members) + "}"


def carefully(text: str) -> tuple[object, object]:
    reader = CaseReader(VOCABULARY)
    matter = reader.matter(read_matter(common_pb2.Matter(matter_id="m", facts_json=text), reader, "matter"))
    return reader.problems, {name: (type(value), str(value)) for name, value in matter.facts.items()}


@examples(500, 20000)
@given(texts())
def test_what_is_read_from_bytes_is_what_is_read_carefully(text: str) -> None:
    facts = READER.facts(text.encode())
    if facts is not None:
        assert carefully(text) == ([], {name: (type(value), str(value)) for name, value in facts.items()})
        assert list(facts) == list(json.loads(text))


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_that_a_binary_fraction_does_not_keep_takes_a_careful_look(written: str) -> None:
    told = f'{{"decimal":{written}}}'
    facts = READER.facts(told.encode())
    if facts is not None:
        problems, careful = carefully(told)
        assert not problems
        assert careful == {"decimal": (Decimal, str(facts["decimal"]))}


def test_no_more_is_kept_than_may_be():
    small = Reader(TYPES, most_kept=4)
    answers = [small.facts(f'{{"int":{number}}}'.encode()) for number in range(20)]
    assert [told["int"] for told in answers if told] == [n for n, told in enumerate(answers) if told]
    assert small.generation == sum(told is None for told in answers) == 4


def test_facts_as_most_callers_send_them_are_read() -> None:
    told = {"enum": "a", "int": 3, "bool": False, "string": "供水", "date": "2024-02-29", "decimal": 0.25}
    facts = READER.facts(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
    assert facts == told | {"date": date(2024, 2, 29), "decimal": Decimal("0.25")}
