"""Checks ruleset files: everything that is wrong with them, in one pass."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rules_service.analysis.binding import DATES, binding_findings
from rules_service.analysis.catalogue import with_cure
from rules_service.analysis.coverage import TableCoverage, coverage, without_example
from rules_service.analysis.doubts import NO_DOUBT, Doubts, basics_of, guarded
from rules_service.analysis.examples import run_examples
from rules_service.analysis.layers import Others
from rules_service.analysis.places import Places, entries, items
from rules_service.analysis.quotes import check_quotes
from rules_service.analysis.sources import SourceWords, read_sources
from rules_service.analysis.tables import TableCheck, check_tables
from rules_service.analysis.whole import Whole
from rules_service.analysis.words import Wording
from rules_service.calendar import WorkingCalendar, calendar_of
from rules_service.engine.compiled import Compiled
from rules_service.engine.rulebook import (
    CALENDAR,
    NOT_RULESETS,
    Basics,
    disagreeing,
    overlapping,
    ruleset_files,
)
from rules_service.language import source
from rules_service.language.adoption import read_adoptions
from rules_service.language.findings import Code, Finding, of_slices
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.ruleset import read_slices, said_of_slices
from rules_service.language.spelling import nearest
from rules_service.language.vocabulary import Vocabulary
from service_kit.problems import RefusedError


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and the coverage of every table that could be read."""

    findings: tuple[Finding, ...]
    coverage: tuple[TableCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read: of a ruleset the slices, each with those parts on which no error bears."""

    file: str
    findings: tuple[Finding, ...]
    places: Places | None = None
    slices: tuple[Whole, ...] = ()
    text: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file was left out."""
        return bool(self.slices) and not any(whole.wrong for whole in self.slices)


@dataclass(frozen=True, slots=True)
class Library:
    """What rulesets are checked against: the vocabulary, the calendar, other rulesets, texts of sources.

    Where there is no calendar, because it has errors, nothing is said that hangs on it. `unread` are
    the ruleset files that were not read whole.
    """

    basics: Basics
    calendar: WorkingCalendar | None
    rulesets: tuple[Ruleset, ...]
    texts: Mapping[str, SourceWords] | None
    unread: tuple[Loaded, ...]

    def others(self, file: str) -> Others:
        """What a ruleset of one file is held against."""
        unread = [one for one in self.unread if one.file != file]
        unnamed = [one.text for one in unread if not all(it.stands("ruleset") for it in one.slices)]
        return Others(self.rulesets, [one.text for one in unread], unnamed)

    @classmethod
    def of(
        cls,
        basics: Basics,
        calendar: WorkingCalendar | None,
        checked: Sequence[Loaded],
        beside: Sequence[Loaded],
        texts: Mapping[str, SourceWords] | None,
    ) -> "Library":
        """What some files are checked against, with those beside them that they do not stand for."""
        own = tuple(_binding(checked))
        begun = {(part.id, part.in_force_from) for part in own}
        others = (part for part in _binding(beside) if (part.id, part.in_force_from) not in begun)
        unread = tuple(one for one in (*checked, *beside) if not one.is_whole)
        return cls(basics, calendar, (*own, *others), texts, unread)


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
    basics, doubts, findings = basics_of(rulesets)
    words: Mapping[str, SourceWords] | None = None
    if texts is not None:
        words, unread = read_sources(texts)
        findings += unread
    named: dict[Path, Path] = {}
    for file in _files(paths, rulesets):
        named.setdefault(file.resolve(), file)
    checked = [load(file, basics, doubts) for file in named.values()]
    beside = [load(file, basics, doubts) for file in ruleset_files(rulesets) if file.resolve() not in named]
    calendar, wrong = calendar_of(rulesets / CALENDAR)
    findings += [*wrong, *guarded(rulesets / CALENDAR, basics.vocabulary)]
    library = Library.of(basics, calendar, checked, beside, words)
    tables: list[TableCoverage] = []
    for one in checked:
        report = check_ruleset(one, library)
        findings += sorted(report.findings, key=lambda finding: finding.line)
        tables += report.coverage
    names = {one.file for one in checked}
    said = {one.file for one in (*checked, *beside) if all(it.stands("subject", "pack") for it in one.slices)}
    between = [
        *overlapping(library.rulesets),
        *disagreeing([ruleset for ruleset in library.rulesets if ruleset.file in said]),
    ]
    findings += [it for it in between if it.file in names]
    return Report(tuple(map(with_cure, findings)), tuple(tables))


def _binding(loaded: Iterable[Loaded]) -> Iterator[Ruleset]:
    """The rulesets of which it is sure what they are, and when they bind."""
    for one in loaded:
        for whole in one.slices:
            if whole.stands("ruleset", "layer", *DATES):
                yield whole.ruleset


def load(path: Path, basics: Basics, doubts: Doubts = NO_DOUBT) -> Loaded:
    """Reads a ruleset file with the places of its parts; an adoption file leaves its findings only."""
    file = str(path)
    node, reading = source.read_file(path)
    if node is None:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        return Loaded(file, tuple(reading.findings), text=text)
    text = path.read_text(encoding="utf-8")
    keys = entries(node)
    if "adoptions" in keys or ("ruleset" not in keys and any(nearest(key, ["adoptions"]) for key in keys)):
        read_adoptions(node, reading, basics.vocabulary)
        return Loaded(file, tuple(doubts.sure(reading, node).findings))
    read = read_slices(node, reading, basics.vocabulary, basics.sources, text)
    sure = [replace(one, reading=doubts.sure(one.reading, one.node)) for one in read]
    findings = tuple(said_of_slices(sure))
    if doubts.everything:
        return Loaded(file, findings, text=text)
    slices = tuple(Whole.of(one, doubts.names) for one in sure)
    return Loaded(file, findings, Places(file, sure[0].node), slices, text)


def check_ruleset(loaded: Loaded, library: Library) -> Report:
    """What is wrong with one ruleset; where parts of it have errors, with those and with all others."""
    places = loaded.places
    if places is None:
        return Report(tuple(dict.fromkeys(loaded.findings)))
    checks: list[list[TableCheck]] = []
    told: list[tuple[date | None, list[Finding]]] = []
    vocabulary, others = library.basics.vocabulary, library.others(loaded.file)
    for number, whole in enumerate(loaded.slices):
        ruleset = whole.ruleset
        checks.append(list(check_tables(Wording(ruleset, vocabulary), places, whole.in_doubt)))
        said = [finding for table in checks[-1] for finding in table.findings]
        said += binding_findings(whole, places, others, vocabulary, library.calendar)
        told.append((ruleset.in_force_from if number else None, said))
    quotes = check_quotes(places, library.texts, library.basics.sources)
    findings = [*loaded.findings, *of_slices(told), *quotes]
    findings += _without_examples(loaded.slices[0], places)
    compiled, refused = _compiled(loaded.slices, places, vocabulary)
    findings += refused
    tables: tuple[TableCoverage, ...] = ()
    if library.calendar is not None and all(whole.stands(*DATES) for whole in loaded.slices):
        run = run_examples(compiled, vocabulary, library.calendar)
        findings += run.findings
        if all(whole.stands("examples") for whole in loaded.slices):
            decided = compiled[0].ruleset
            tables = tuple(coverage(decided, checks, run.reached))
            findings += without_example(decided, places, tables)
    return Report(tuple(dict.fromkeys(findings)), tables)


def _without_examples(whole: Whole, places: Places) -> Iterator[Finding]:
    file = entries(places.node)
    if file and not items(file.get("examples")) and whole.stands("examples"):
        cure = "每一行都要有例子走到，请写 examples。"
        yield places.find(Code.NO_EXAMPLES, 1, "例子", "规则集没有例子。", cure)


def _compiled(
    slices: Sequence[Whole], places: Places, vocabulary: Vocabulary
) -> tuple[list[Compiled], list[Finding]]:
    """What the examples are tried on: the tables that are decided, and chains unless they are refused."""
    try:
        return [Compiled.of(whole.decided, vocabulary) for whole in slices], []
    except RefusedError as refused:
        line = places.at("chains")
        findings = [
            places.find(Code.CHAIN_REFUSED, line, problem.place, problem.message, problem.cure)
            for problem in refused.problems
        ]
    return [Compiled.of(whole.without_chains().decided, vocabulary) for whole in slices], findings


def _files(paths: Sequence[Path], rulesets: Path) -> Iterator[Path]:
    """Ruleset files among the given ones and below the given folders; basics and calendars are none."""
    calendars = (rulesets / CALENDAR).parent.resolve()
    for path in paths:
        for file in ruleset_files(path) if path.is_dir() else [path]:
            if file.name not in NOT_RULESETS and calendars not in file.resolve().parents:
                yield file
