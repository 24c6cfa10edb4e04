"""The page that sets the local sources beside the rules names only rules, cases and tests that there are."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from rules_service.language.model.ruleset import Ruleset
from tests.conformance.test_conformance import cases, newest, rulebook

PAGE = Path("docs/coverage-local.zh.md")
LISTS = Path("rulesets/lists")
COLUMNS = 5
NO_RULE = "不建规则"


def rows() -> list[list[str]]:
    """The cells of every row of the page's tables, heads and lines left out."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    told = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [cells for cells in told if cells[0] != "原句" and set(cells[0]) != {"-"}]


def asked_or_owed(ruleset: Ruleset) -> list[str]:
    """What of a ruleset somebody is told: its tables, duties, chains and figures."""
    chains = [chain.rule.id for chain in ruleset.chains]
    return [
        it.id for it in (*ruleset.tables, *ruleset.duties, *ruleset.indicators, *ruleset.indexes)
    ] + chains


def ids_of(ruleset: Ruleset) -> Iterator[str]:
    """A ruleset's id, and each of its parts and rows behind it."""
    yield ruleset.id
    names = [it.name for it in (*ruleset.counts, *ruleset.elapsed)]
    rows = [f"{table.id}/{row.id}" for table in ruleset.tables for row in table.rows]
    for part in (*asked_or_owed(ruleset), *names, *rows, *ruleset.parameters):
        yield f"{ruleset.id}/{part}"


def test_every_row_has_its_columns_and_says_why_where_there_is_no_rule() -> None:
    for cells in rows():
        assert len(cells) == COLUMNS, cells[0]
        assert cells[2] or cells[3] or cells[4], cells[0]
        if cells[1] == NO_RULE:
            assert cells[4], cells[0]
        else:
            assert cells[3], cells[0]


def test_every_rule_on_the_page_is_there() -> None:
    known = {id_ for ruleset in newest() for id_ in ids_of(ruleset)}
    told = {name for cells in rows() for name in re.findall(r"`([^`]+)`", cells[2])}
    assert told - known == {name for name in told if name.startswith("rulesets/")}
    assert all(Path(name).exists() for name in told - known)


def test_every_case_and_every_test_on_the_page_is_there() -> None:
    names = {parameter.values[0]["name"] for parameter in cases()}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path("tests/conformance").glob("*.py"))
    for cells in rows():
        assert set(re.findall(r"「([^」]+)」", cells[3])) <= names, cells[0]
        for name in re.findall(r"\btest_\w+", cells[3]):
            assert f"def {name}(" in tests, name


def test_all_that_a_local_ruleset_tells_is_on_the_page() -> None:
    named = {name for cells in rows() for name in re.findall(r"`([^`]+)`", cells[2])}
    told = {"/".join(name.split("/")[:2]) for name in named}
    for ruleset in newest():
        if ruleset.pack in {"S000", "S002", "S003", "S004"}:
            assert {f"{ruleset.id}/{part}" for part in asked_or_owed(ruleset)} <= told


def test_the_lists_hold_their_heads_and_no_invented_rows() -> None:
    heads = {
        "disputes.csv": "大类编号,大类,事项编号,事项,职责单位,下沉频次,重点任务,依据",
        "lawful-classification.csv": "编号,领域,诉求,情形,分类办理方式,法定途径,有权处理的机关,法律依据,来源",
    }
    for name, head in heads.items():
        assert (LISTS / name).read_text(encoding="utf-8").split() == [head]


def test_the_chapters_of_a_report_name_indicators_that_there_are() -> None:
    with (LISTS / "report-chapters.csv").open(encoding="utf-8") as file:
        chapters = list(csv.DictReader(file))
    assert [chapter["章"].removesuffix("法治化") for chapter in chapters] == [
        "预防", "受理", "办理", "监督追责", "维护秩序"
    ]  # fmt: skip
    named = {name for chapter in chapters for name in chapter["指标"].split()}
    assert named <= rulebook().vocabulary.codes["indicator"].keys()
    assert chapters[-1]["指标"] == ""
