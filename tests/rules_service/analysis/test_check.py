"""Checking files and folders: what is looked at, what coverage says, when the search gives up."""

import shutil
from dataclasses import asdict, replace
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


@pytest.mark.parametrize(
    "between",
    [
        " ",
        "\u200a",
        "\u3000",
        "\u00ad",
        "\u034f",
        "\u17b4",
        "\u180e",
        "\u2065",
        "\u2800",
        "\u302e",
        "\u3164",
        "\ufe0f",
        "\ufff0",
        "\ufff8",
        "\ufffc",
        "\ue000",
        "\U0001d159",
        "\U000e0000",
        "\U000e0080",
        "\U000e0fff",
        "\\x01",
        "\\x7f",
        "\\x85",
        "\\n",
        "\\t",
        "\\u2028",
    ],
)
def test_nothing_between_its_characters_hides_a_banned_word(base: Path, between: str) -> None:
    file = base / "law" / "clocks.yaml"
    text = file.read_text(encoding="utf-8").replace("title: 试验时限", f'title: "稳{between}控"')
    file.write_text(text, encoding="utf-8")
    assert "G002" in {it.code for it in check_files([file], base)}


@pytest.mark.parametrize(
    ("file", "word"),
    [("sources.yaml", "试验条例"), ("sources.yaml", "某机关"), ("calendars/china.yaml", "元旦")],
)
def test_a_banned_word_is_found_in_sources_and_calendars(base: Path, file: str, word: str) -> None:
    path = base / file
    text = path.read_text(encoding="utf-8")
    assert word in text
    path.write_text(text.replace(word, "稳控", 1), encoding="utf-8")
    found = check_files([], base)
    assert [(it.code, it.file) for it in found] == [("G002", path.name)]


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
    assert {finding.code for finding in stopped.findings} == {"T007", "T010"}
    assert all("未能证明" in finding.message for finding in stopped.findings)
    stopped = TableCheck(replace(table, complete=True), words, NOWHERE, Budget(1), Budget(0)).run()
    assert {finding.code for finding in stopped.findings} == {"T007"}


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


OVERLAP = """\
  - id: t
    title: 试验表
    in: [channel]
    out: {told: {type: string, label: 提示}}
    rows:
      - {id: a, if: [letter], then: [甲], basis: convention, note: 试验}
      - {id: b, if: ["letter, visit"], then: [乙], basis: convention, note: 试验}
"""
HEAD = """\
ruleset: draft
title: 试验
subject: matter
layer: local
source: NORM1
in_force_from: 2021-01-01
inputs: [channel, joint_count]
"""
EXAMPLES = "examples:\n  - {name: 空, as_of: 2024-05-06, facts: {channel: letter}, expect: {}}\n"


def codes(base: Path, text: str) -> list[str]:
    file = base.parent / "draft.yaml"
    file.write_text(text, encoding="utf-8")
    return [finding.code for finding in check_files([file], base) if finding.severity == "error"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("nonsense: 1\n", "S006"),
        ("duties: [{id: d}]\n", "S007"),
        ("parameters: {p: {label: 甲, type: int, value: x, basis: convention, note: 试}}\n", "S008"),
        ("elapsed: [{as: nothing, from: received, count: calendar_days}]\n", "R022"),
    ],
)
def test_a_table_that_was_read_whole_is_looked_at_whatever_else_is_wrong(
    base: Path, broken: str, code: str
) -> None:
    told = codes(base, f"{HEAD}{broken}tables:\n{OVERLAP}{EXAMPLES}")
    assert code in told
    assert "T004" in told


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("if: [letter]", "if: [lettre]"),
        ("if: [letter]", "if: [letter, visit]"),
        ("in: [channel]", "in: [chanel]"),
        ("id: t", "id: t\n    nonsense: 1"),
    ],
)
def test_nothing_is_said_of_a_table_that_has_an_error(base: Path, written: str, otherwise: str) -> None:
    text = f"{HEAD}tables:\n{OVERLAP}{EXAMPLES}"
    assert written in text
    told = codes(base, text.replace(written, otherwise))
    assert told
    assert "T004" not in told


@pytest.mark.parametrize(
    ("written", "otherwise"), [("in_force_from: 2021-01-01", "in_force_from: soon"), ("value: 3", "value: x")]
)
def test_nothing_is_said_of_a_table_whose_parameter_has_no_sure_value(
    base: Path, written: str, otherwise: str
) -> None:
    parameter = "parameters: {least: {label: 甲, type: int, value: 3, basis: convention, note: 试}}\n"
    table = OVERLAP.replace("[channel]", "[joint_count]").replace("[letter]", "[3]")
    text = f"{HEAD}{parameter}tables:\n{table.replace('letter, visit', '>= least')}{EXAMPLES}"
    assert "T004" in codes(base, text)
    told = codes(base, text.replace(written, otherwise))
    assert told
    assert "T004" not in told


def test_a_table_of_unknown_inputs_breaks_nothing_where_times_are_not_counted_either(base: Path) -> None:
    broken = "elapsed: [{as: nothing, from: received, count: calendar_days}]\n"
    unknown = OVERLAP.replace("id: t", "id: u").replace("[channel]", "[chanel]")
    told = codes(base, f"{HEAD}{broken}tables:\n{unknown}{OVERLAP}{EXAMPLES}")
    assert told.count("T004") == 1


def test_a_table_that_reads_one_with_an_error_is_not_looked_at(base: Path) -> None:
    after = OVERLAP.replace("in: [channel]", "in: [u.told]").replace('"letter, visit"', '"not(null)"')
    before = OVERLAP.replace("id: t", "id: u").replace('"letter, visit"', "visit")
    text = f"{HEAD}tables:\n{before}{after.replace('[letter]', '[not(null)]')}{EXAMPLES}"
    assert codes(base, text).count("T004") == 1
    assert "T004" not in codes(base, text.replace("if: [letter]", "if: [lettre]"))
