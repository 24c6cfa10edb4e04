"""Checks ruleset files: everything that is wrong with them, in one pass."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rules_service.analysis.binding import binding_findings
from rules_service.analysis.coverage import TableCoverage, coverage, without_example
from rules_service.analysis.examples import run_examples
from rules_service.analysis.guard import guard_vocabulary
from rules_service.analysis.partial import read_whole
from rules_service.analysis.places import Places, entries
from rules_service.analysis.quotes import check_quotes
from rules_service.analysis.sources import SourceWords, read_sources
from rules_service.analysis.tables import TableCheck, check_tables
from rules_service.analysis.words import Wording
from rules_service.calendar import WorkingCalendar, load_calendar
from rules_service.engine.compiled import Compiled
from rules_service.engine.rulebook import (
    CALENDAR,
    NOT_RULESETS,
    Basics,
    load_basics,
    overlapping,
    ruleset_files,
)
from rules_service.language import source
from rules_service.language.adoption import read_adoptions
from rules_service.language.findings import Code, Finding, errors, of_slices
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.ruleset import read_slices
from service_kit.problems import RefusedError


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and the coverage of every table that could be read."""

    findings: tuple[Finding, ...]
    coverage: tuple[TableCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """What rulesets are checked against: the vocabulary, the calendar, other rulesets, texts of sources."""

    basics: Basics
    calendar: WorkingCalendar
    rulesets: tuple[Ruleset, ...] = ()
    texts: Mapping[str, SourceWords] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A ruleset file as it was read; without slices where it has errors.

    `partial` are then its slices with those tables only on which no error bears.
    """

    places: Places | None
    slices: tuple[Ruleset, ...]
    findings: tuple[Finding, ...]
    partial: tuple[Ruleset, ...] = ()


def check_files(paths: Sequence[Path], rulesets: Path, texts: Path | None = None) -> list[Finding]:
    """The findings of `check`."""
    return list(check(paths, rulesets, texts).findings)


def check(paths: Sequence[Path], rulesets: Path, texts: Path | None = None) -> Report:
    """Checks ruleset and adoption files, or those below folders, against the basics of a rulesets' folder.

    The other rulesets of that folder are what the layers above say; a file that is checked stands for the
    revision there that begins on the same day. `texts` is a folder with the texts of sources, for the
    quotes. Findings come file by file in the order of lines; no exception leaves this function for what a
    file says.
    """
    basics, findings = load_basics(rulesets)
    if errors(findings):
        return Report(tuple(findings))
    findings += _vocabulary(rulesets / "vocabulary.yaml", basics)
    words: Mapping[str, SourceWords] = {}
    if texts is not None:
        words, unread = read_sources(texts)
        findings += unread
    files = list(_files(paths, rulesets))
    loaded = [load(file, basics) for file in files]
    slices = [part for one in loaded for part in one.slices]
    own = {file.resolve() for file in files}
    others = [
        part
        for file in ruleset_files(rulesets)
        if file.resolve() not in own
        for part in load(file, basics).slices
    ]
    begun = {(part.id, part.in_force_from) for part in slices}
    others = [part for part in others if (part.id, part.in_force_from) not in begun]
    library = Library(basics, load_calendar(rulesets / CALENDAR), (*slices, *others), words)
    tables: list[TableCoverage] = []
    for one in loaded:
        report = check_ruleset(one, library)
        findings += sorted(report.findings, key=lambda finding: finding.line)
        tables += report.coverage
    checked = {part.file for part in slices}
    findings += [it for it in overlapping(library.rulesets) if it.file in checked]
    return Report(tuple(findings), tuple(tables))


def load(path: Path, basics: Basics) -> Loaded:
    """Reads a ruleset file with the places of its parts; an adoption file leaves its findings only."""
    node, reading = source.read_file(path)
    if node is None:
        return Loaded(None, (), tuple(reading.findings))
    if "adoptions" in entries(node):
        read_adoptions(node, reading, basics.vocabulary)
        return Loaded(None, (), tuple(reading.findings))
    text = path.read_text(encoding="utf-8")
    slices, findings = read_slices(node, reading, basics.vocabulary, basics.sources, text)
    places = Places(str(path), node)
    if errors(findings):
        partial = tuple(read_whole(part, node, findings, basics.vocabulary) for part in slices)
        return Loaded(places, (), tuple(findings), partial)
    return Loaded(places, slices, tuple(findings))


def check_ruleset(loaded: Loaded, library: Library) -> Report:
    """What is wrong with one ruleset; where parts of it have errors, with those and with its other tables."""
    places = loaded.places
    if places is None:
        return Report(tuple(dict.fromkeys(loaded.findings)))
    checks: list[list[TableCheck]] = []
    told: list[tuple[date | None, list[Finding]]] = []
    for number, part in enumerate(loaded.slices or loaded.partial):
        wording = Wording(part, library.basics.vocabulary)
        checks.append(list(check_tables(wording, places)))
        said = [finding for table in checks[-1] for finding in table.findings]
        if loaded.slices:
            said += binding_findings(
                part, places, library.rulesets, library.basics.vocabulary, library.calendar
            )
        told.append((part.in_force_from if number else None, said))
    findings = [*loaded.findings, *of_slices(told)]
    if not loaded.slices:
        return Report(tuple(dict.fromkeys(findings)))
    findings += check_quotes(places, library.texts)
    examples, reached = _examples(loaded.slices, places, library)
    tables = tuple(coverage(loaded.slices[0], checks, reached))
    findings += examples
    findings += without_example(loaded.slices[0], places, tables)
    return Report(tuple(dict.fromkeys(findings)), tables)


def _examples(
    slices: Sequence[Ruleset], places: Places, library: Library
) -> tuple[list[Finding], set[tuple[str, str]]]:
    """What the examples show, with the rows they reached; nothing can be run where a chain is refused."""
    findings: list[Finding] = []
    if not slices[0].examples:
        cure = "每一行都要有例子走到，请写 examples。"
        findings.append(places.find(Code.NO_EXAMPLES, 1, "例子", "规则集没有例子。", cure))
    try:
        compiled = [Compiled.of(part, library.basics.vocabulary) for part in slices]
    except RefusedError as refused:
        line = places.at("chains")
        findings += [
            places.find(Code.CHAIN_REFUSED, line, problem.place, problem.message, problem.cure)
            for problem in refused.problems
        ]
        return findings, set()
    run = run_examples(compiled, library.basics.vocabulary, library.calendar)
    return findings + run.findings, run.reached


def _vocabulary(path: Path, basics: Basics) -> Iterable[Finding]:
    node, _ = source.read_file(path, path.name)
    return guard_vocabulary(Places(path.name, node), basics.vocabulary) if node else ()


def _files(paths: Sequence[Path], rulesets: Path) -> Iterator[Path]:
    """Ruleset files among the given ones and below the given folders; basics and calendars are none."""
    calendars = (rulesets / CALENDAR).parent.resolve()
    for path in paths:
        for file in ruleset_files(path) if path.is_dir() else [path]:
            if file.name not in NOT_RULESETS and calendars not in file.resolve().parents:
                yield file
