"""Checking files and folders: what is looked at, what coverage says, when the search gives up."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from rules_service import commands
from rules_service.analysis.check import check, check_files
from rules_service.analysis.cover import Budget
from rules_service.analysis.tables import TableCheck
from rules_service.language import unary
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import HitPolicy, Row, Table
from rules_service.language.types import Kind, ValueType
from service_kit.problems import RefusedError
from tests.rules_service.analysis.tables_at_hand import NOWHERE, wording

RULESETS = Path(__file__).parents[3] / "rulesets"
FINDINGS = Path(__file__).parents[1] / "findings"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(FINDINGS / "base", tmp_path / "base")
    shutil.copytree(RULESETS / "calendars", tmp_path / "base" / "calendars")
    return tmp_path / "base"


def test_basics_and_calendars_are_no_rulesets(base: Path) -> None:
    everything = list(base.rglob("*.yaml"))
    assert check_files(everything, base) == []
    assert check_files([base, base / "calendars"], base) == []


def test_a_draft_stands_for_the_revision_that_begins_on_the_same_day(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    shutil.copy(base / "law" / "clocks.yaml", draft)
    assert check_files([draft], base) == []


def test_an_adoption_file_is_checked_as_one(base: Path) -> None:
    file = base.parent / "adoption.yaml"
    entry = (
        "{office: 某机关, jurisdiction: '990101', in_force_from: 2026-01-01, review_by: 2026-12-31, pack: P1}"
    )
    file.write_text(f"adoptions:\n  - {entry}\n", encoding="utf-8")
    assert check_files([file], base) == []
    file.write_text(f"adoptions:\n  - {entry.replace('P1', 'P2')}\n", encoding="utf-8")
    [finding] = check_files([file], base)
    assert (finding.code, finding.line, finding.cure) == ("A001", 2, "可以写：P1。")


def test_coverage_counts_rows_that_can_answer(base: Path) -> None:
    told = {it.table: it for it in check([FINDINGS / "T006-row-unreachable.yaml"], base).coverage}
    assert {name: (it.rows, it.reachable, it.reached, it.missed) for name, it in told.items()} == {
        "t": (4, 3, 3, ())
    }
    [missing] = check([FINDINGS / "E004-row-without-example.yaml"], base).coverage
    assert (missing.rows, missing.reachable, missing.reached, missing.missed) == (2, 2, 1, ("b",))
    assert asdict(missing)["table"] == "t"


def test_the_examples_of_the_shipped_rulesets_reach_every_row() -> None:
    report = check([RULESETS], RULESETS)
    assert [it for it in report.coverage if it.missed or it.unproved] == []


def test_a_search_that_ends_too_early_says_so_and_not_that_there_is_nothing() -> None:
    kind = ValueType(Kind.INT)
    cells = [["< 5", "-"], ["-", "< 5"], [">= 5", ">= 5"]]
    rows = tuple(
        Row(f"r{n}", tuple(unary.parse(cell, kind) for cell in row), (), ()) for n, row in enumerate(cells)
    )
    table = Table("t", "试验表", Each.MATTER, HitPolicy.FIRST, None, ("a", "b"), (), rows)
    words = wording(table, [kind, kind])
    assert TableCheck(table, words, NOWHERE).run().findings == []
    stopped = TableCheck(table, words, NOWHERE, Budget(1), Budget(0)).run()
    assert {finding.code for finding in stopped.findings} == {"T007"}
    assert "未能证明" in stopped.findings[0].message


def test_a_table_too_large_to_be_looked_at_says_so_of_all_its_rows() -> None:
    kind = ValueType(Kind.INT)
    rows = tuple(Row(f"r{n}", (unary.parse(f">= {n}", kind),), (), ()) for n in range(100))
    table = Table("t", "试验表", Each.MATTER, HitPolicy.FIRST, None, ("a",), (), rows)
    stopped = TableCheck(table, wording(table, [kind]), NOWHERE, Budget(0)).run()
    assert [finding.message for finding in stopped.findings] == ["未能证明行与行之间有没有重叠、有没有缺口。"]
    assert stopped.unproved == set(range(100))


def test_what_speaks_past_its_subject_is_refused_at_load(base: Path) -> None:
    (base / "local").mkdir(exist_ok=True)
    shutil.copy(FINDINGS / "R013-what-a-matter-cannot-see.yaml", base / "local" / "draft.yaml")
    with pytest.raises(RefusedError, match="R013"):
        commands.load(base)


SLICED = """
ruleset: draft
title: 试验
subject: matter
layer: law
source: NORM1
in_force_from: 2021-01-01
inputs: [joint_count, urgent]
parameters:
  most:
    label: 上限
    type: int
    values: [{from: 2021-01-01, value: 10}, {from: 2023-01-01, value: 20}, {from: 2024-01-01, value: 30}]
    basis: convention
    note: 试验
tables:
  - id: t
    title: 试验表
    in: [joint_count]
    out: {told: {type: string, label: 提示}}
    rows:
      - {id: few, if: ["< most"], then: [少], basis: convention, note: 试验}
      - {id: many, if: [">= 15"], then: [多], basis: convention, note: 试验}
examples:
  - {name: 少, as_of: 2022-05-06, facts: {joint_count: 1}, expect: {}}
  - {name: 多, as_of: 2022-05-06, facts: {joint_count: 15}, expect: {}}
"""


def test_what_only_a_later_value_breaks_is_told_once_with_its_day(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    draft.write_text(SLICED, encoding="utf-8")
    told = [(it.code, it.message) for it in check_files([draft], base) if it.severity != "information"]
    assert told == [
        ("R012", "“urgent”没有用到。"),
        ("T004", "自 2023-01-01 起：表“试验表”第 1 行与第 2 行重叠：例如 人数=15。"),
    ]


@pytest.mark.parametrize(
    "file", ["C001-interval-of-nothing-after-a-change", "C002-code-of-a-parameter-after-a-change"]
)
def test_what_a_later_value_breaks_is_refused_at_load(base: Path, file: str) -> None:
    (base / "local").mkdir(exist_ok=True)
    shutil.copy(FINDINGS / f"{file}.yaml", base / "local" / "draft.yaml")
    with pytest.raises(RefusedError, match="自 2023-01-01 起"):
        commands.load(base)
