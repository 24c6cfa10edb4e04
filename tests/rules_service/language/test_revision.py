"""The revision: it changes with what a file means and with nothing else."""

import pytest

from rules_service.language import source
from rules_service.language.ruleset import revision_of

TEXT = """
ruleset: x
tables:
  - id: t
    out: {first: {type: int}, second: {type: int}}
    rows: [{id: r, if: [a], then: [1, 2]}]
chains:
  - id: c
    when: {u: {kind: urging}, s: {kind: supervision, matter: "= u.matter"}}
duties:
  - id: d
    when: {channel: visit, receiver: organ}
"""


def revision(text: str) -> str:
    node, _ = source.read(text, "")
    assert node is not None
    return revision_of(node)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("ruleset: x", "# 说明\nruleset: 'x'"),
        ("id: r, if: [a]", "if: [a], id: r"),
        ("{channel: visit, receiver: organ}", "{receiver: organ, channel: visit}"),
    ],
)
def test_layout_comments_and_the_order_of_keys_change_nothing(written, otherwise):
    assert written in TEXT
    assert revision(TEXT.replace(written, otherwise)) == revision(TEXT)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("[1, 2]", "[1, 3]"),
        ("{first: {type: int}, second: {type: int}}", "{second: {type: int}, first: {type: int}}"),
        (
            '{u: {kind: urging}, s: {kind: supervision, matter: "= u.matter"}}',
            '{s: {kind: supervision, matter: "= u.matter"}, u: {kind: urging}}',
        ),
    ],
    ids=["a value", "outputs, filled by their order", "patterns, which name those before them"],
)
def test_another_meaning_is_another_revision(written, otherwise):
    assert written in TEXT
    assert revision(TEXT.replace(written, otherwise)) != revision(TEXT)
