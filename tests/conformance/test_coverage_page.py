"""docs/coverage-law.zh.md says what is so: its rules and cases exist, and no paragraph is left out."""

import re
from functools import cache
from pathlib import Path

import pytest

from rules_service.analysis.articles import RestingRule, article_index
from rules_service.language.model.ruleset import Ruleset
from tests.conformance.test_conformance import cases, newest, rulebook

PAGE = Path("docs/coverage-law.zh.md")
SHIPPED = Path("rulesets")
QUOTED = re.compile(r"`([^`]+)`")

# How many paragraphs each article from 17 to 48 has, and which of them list items.
PARAGRAPHS = {
    17: 2, 18: 4, 19: 3, 20: 4, 21: 2, 22: 2, 23: 4, 24: 2, 25: 2, 26: 1, 27: 1,
    28: 3, 29: 3, 30: 3, 31: 1, 32: 2, 33: 1, 34: 1, 35: 1, 36: 3, 37: 3, 38: 3,
    39: 3, 40: 4, 41: 2, 42: 1, 43: 1, 44: 1, 45: 1, 46: 1, 47: 3, 48: 1,
}  # fmt: skip
ITEMS = {"22.1": 3, "31": 6, "32.1": 3, "42": 4, "44": 3, "45": 4, "46": 7}
ALSO_AS_A_WHOLE = {"22.1"}


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {section}、")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def wanted() -> set[str]:
    found = set()
    for article, many in PARAGRAPHS.items():
        for paragraph in range(1, many + 1):
            name = f"{article}.{paragraph}" if many > 1 else str(article)
            found |= {f"{name}({item})" for item in range(1, ITEMS.get(name, 0) + 1)}
            if name not in ITEMS or name in ALSO_AS_A_WHOLE:
                found.add(name)
    return found


def names_of(ruleset: Ruleset) -> set[str]:
    tables = {f"{ruleset.id}/{table.id}" for table in ruleset.tables}
    of_rows = {f"{ruleset.id}/{table.id}/{row.id}" for table in ruleset.tables for row in table.rows}
    return tables | of_rows | {f"{ruleset.id}/{duty.id}" for duty in ruleset.duties}


@cache
def rules() -> frozenset[str]:
    return frozenset(name for ruleset in newest() for name in names_of(ruleset))


@cache
def resting() -> dict[str, list[RestingRule]]:
    return {article.number: list(article.rules) for article in article_index(SHIPPED)}


def cites(rule: str, article: str) -> bool:
    """Whether a rule, or a row of the table that is named, cites a paragraph or an item of it."""
    below = re.compile(rf"{re.escape(article)}(?![0-9])")
    number = re.match("[0-9]+", article)
    assert number
    # Article 32 lists its items in the first paragraph, which citations leave out.
    item = below if "32.1(" not in article else re.compile(re.escape(article.replace("32.1", "32")))
    return any(
        item.match(cited)
        for one in resting()[number.group()]
        if f"{one.ruleset}/{one.rule}" == rule or f"{one.ruleset}/{one.rule}".startswith(f"{rule}/")
        for cited in one.cited
    )


def test_every_paragraph_and_item_from_17_to_48_is_on_the_page_once() -> None:
    found = [row[0] for row in rows("一")]
    assert sorted(found) == sorted(wanted())


def test_a_paragraph_without_a_rule_says_why() -> None:
    assert [row[0] for section in ("一", "二") for row in rows(section) if not row[2] and not row[4]] == []


def test_a_paragraph_with_rules_has_cases_that_prove_them() -> None:
    assert [row[0] for section in ("一", "二") for row in rows(section) if bool(row[2]) != bool(row[3])] == []


@pytest.mark.parametrize(("section", "column"), [("一", 2), ("二", 2), ("四", 2)])
def test_every_rule_on_the_page_exists(section: str, column: int) -> None:
    named = {name for row in rows(section) for name in QUOTED.findall(row[column])}
    assert named - rules() == set()


@pytest.mark.parametrize(("section", "column"), [("一", 3), ("二", 3), ("三", 2)])
def test_every_case_on_the_page_exists(section: str, column: int) -> None:
    known = {parameter.values[0]["name"] for parameter in cases()}
    named = {name for row in rows(section) for name in QUOTED.findall(row[column])}
    assert named - known == set()


def test_some_rule_named_for_a_paragraph_cites_it() -> None:
    without = [
        row[0]
        for row in rows("一")
        if row[2] and not any(cites(rule, row[0]) for rule in QUOTED.findall(row[2]))
    ]
    assert without == []


def test_each_of_the_papers_is_on_the_page_with_a_rule_and_whether_it_waits() -> None:
    vocabulary = rulebook().vocabulary
    on_page = {row[0]: row for row in rows("四")}
    assert {code: row[1] for code, row in on_page.items()} == {
        code: label.chinese for code, label in vocabulary.codes["paper"].items()
    }
    waiting = {code for code, row in on_page.items() if row[3]}
    assert waiting == {"B14", "N03", "N04", "N05", "N06", "N12"}
    papers = {
        f"{one.ruleset}/{one.rule}": {*one.papers, *one.after_decision}
        for found in resting().values()
        for one in found
    }
    for code, row in on_page.items():
        for rule in QUOTED.findall(row[2]):
            assert code in papers.get(rule, {code}), (code, rule)
