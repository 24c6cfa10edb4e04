"""The form knows the keys that the reader knows, place by place."""

from pathlib import Path

from rules_service.engine.rulebook import load_basics
from rules_service.language import source
from rules_service.language.findings import Code
from rules_service.language.form.shapes import Shape, ruleset_shape
from rules_service.language.form.tree import read_tree
from rules_service.language.ruleset import read_slices, said_of_slices

BASICS, _ = load_basics(Path(__file__).parents[3] / "rulesets")
PLACES = 23
A_STRAY_KEY_EVERYWHERE = """
zzz: 1
parameters: {p: {type: int, zzz: 1, values: [{zzz: 1}]}}
counts: [{zzz: 1}]
tables:
  - id: t
    zzz: 1
    out: {o: {type: int, zzz: 1}}
    rows: [{id: r, zzz: 1, cite: [{zzz: 1}], papers: [{zzz: 1}], departs_from: {zzz: 1}}]
duties:
  - id: d
    zzz: 1
    unless: [{zzz: 1}]
    due: {zzz: 1, presumed: {zzz: 1}}
    extended_by: {zzz: 1}
    met_by: {zzz: 1}
    ends: [{zzz: 1}]
    finding: {zzz: 1}
chain_facts: [{zzz: 1}]
chains: [{zzz: 1, then: {zzz: 1}}]
indicators: [{zzz: 1}]
examples: [{zzz: 1}]
"""


def test_every_place_has_the_keys_of_the_reader():
    node, reading = source.read(A_STRAY_KEY_EVERYWHERE, "")
    assert node is not None
    findings = said_of_slices(read_slices(node, reading, BASICS.vocabulary, BASICS.sources, ""))
    read = [
        (finding.place, set(finding.cure.removeprefix("此处可以写：").removesuffix("。").split("、")))
        for finding in findings
        if finding.code_ is Code.UNKNOWN_KEY
    ]
    formed = _keys(ruleset_shape(read_tree(A_STRAY_KEY_EVERYWHERE), BASICS.vocabulary))
    assert len(read) == PLACES
    assert [(place, keys) for place, keys in read if keys not in formed] == []


def _keys(shape: Shape) -> list[set[str]]:
    inner = [*shape.entries.values(), *shape.columns, *([shape.each] if shape.each else [])]
    return [*([set(shape.entries)] if shape.fixed else []), *(keys for it in inner for keys in _keys(it))]
