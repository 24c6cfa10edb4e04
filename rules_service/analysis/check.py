"""Checks ruleset files: everything that is wrong with them, in one pass."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rules_service.analysis.examples import run_examples
from rules_service.calendar import WorkingCalendar, load_calendar
from rules_service.engine.compiled import Compiled
from rules_service.engine.rulebook import (
    CALENDAR,
    Basics,
    load_basics,
    overlapping,
    ruleset_files,
)
from rules_service.language.findings import Code, Finding, errors
from rules_service.language.model import Ruleset
from rules_service.language.ruleset import load_ruleset
from service_kit.problems import RefusedError


def check_files(paths: Sequence[Path], rulesets: Path) -> list[Finding]:
    """Checks ruleset files, or all files below folders, against the basics of a folder of rulesets.

    Errors and warnings come in the order of the files; no exception leaves this function for what a file
    says.
    """
    basics, findings = load_basics(rulesets)
    if errors(findings):
        return findings
    calendar = load_calendar(rulesets / CALENDAR)
    slices: list[Ruleset] = []
    for path in paths:
        for file in ruleset_files(path) if path.is_dir() else [path]:
            loaded, found = load_ruleset(file, basics.vocabulary, basics.sources, str(file))
            findings += found
            findings += check_ruleset(loaded, basics, calendar)
            slices += loaded
    return [*findings, *overlapping(slices)]


def check_ruleset(slices: Sequence[Ruleset], basics: Basics, calendar: WorkingCalendar) -> Iterator[Finding]:
    """What is wrong with a ruleset that could be read: its chains, its examples, rows without one."""
    if not slices:
        return
    ruleset = slices[0]
    if not ruleset.examples:
        yield Finding(
            Code.NO_EXAMPLES,
            ruleset.file,
            1,
            "例子",
            "规则集没有例子。",
            "每一行都要有例子走到，请写 examples。",
        )
    reached: set[tuple[str, str]] = set()
    for part in slices:
        try:
            compiled = Compiled.of(part, basics.vocabulary)
        except RefusedError as refused:
            for problem in refused.problems:
                yield Finding(Code.CHAIN_REFUSED, part.file, 1, problem.place, problem.message, problem.cure)
            return
        run = run_examples(compiled, basics.vocabulary, calendar)
        reached |= run.reached
        if part is slices[0]:
            yield from run.findings
    for table in ruleset.tables:
        for number, row in enumerate(table.rows, 1):
            if (table.id, row.id) not in reached:
                yield Finding(
                    Code.ROW_WITHOUT_EXAMPLE,
                    ruleset.file,
                    1,
                    f"表 {table.id} 第 {number} 行（{row.id}）",
                    "没有例子走到这一行。",
                    "请补一个例子。",
                )
