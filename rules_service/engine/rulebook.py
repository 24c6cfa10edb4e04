"""The rulebook: every revision there is, the packs that were adopted, the vocabulary and the calendar."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

from rules_service.calendar import WorkingCalendar, load_calendar
from rules_service.engine.case import Question
from rules_service.engine.compiled import Compiled
from rules_service.engine.keeping import Kept
from rules_service.engine.speaking import Part, Speaker, alone, in_turn, pinned
from rules_service.engine.wrong import Wrong
from rules_service.language.adoption import Adoption, load_adoptions
from rules_service.language.findings import Code, Finding, errors
from rules_service.language.model.basis import SourceText
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Subject
from rules_service.language.register import load_register
from rules_service.language.ruleset import load_ruleset
from rules_service.language.types import day_of
from rules_service.language.vocabulary import Vocabulary, load_vocabulary
from service_kit.problems import Problem, Refusal, RefusedError

NOT_RULESETS = {"vocabulary.yaml", "sources.yaml"}
CALENDAR = Path("calendars/china.yaml")
MOST_KEPT = 256
JURISDICTION = re.compile(r"[0-9]{6}([0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Basics:
    """What every ruleset is read against."""

    vocabulary: Vocabulary
    sources: Mapping[str, SourceText]

    @property
    def sources_revision(self) -> str:
        """The revision of the register of sources: what it says, not how it is written."""
        return _revision_of(self.sources.values())


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Rulebook:
    """All there is to evaluate with. It never changes; a new one replaces it."""

    basics: Basics
    calendar: WorkingCalendar
    rulesets: Mapping[str, tuple[Compiled, ...]]
    adoptions: tuple[Adoption, ...]
    adoptions_revision: str
    loaded_at: datetime
    _speakers: Kept[tuple[Subject, date, str], Sequence[Speaker]] = field(
        default_factory=lambda: Kept(MOST_KEPT), init=False, repr=False
    )
    """Who speaks on a day of law in a place: the same few days and places are asked about."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary."""
        return self.basics.vocabulary

    def speakers(self, question: Question, subject: Subject) -> Sequence[Speaker]:
        """The revisions that may speak about a case of that subject, and when.

        Where the question pins revisions of a ruleset, its others are silent.
        """
        if question.pinned:
            return self._gathered(question, subject)
        key = (subject, question.as_of, question.jurisdiction)
        speakers = self._speakers.get(key)
        if speakers is None:
            speakers = self._speakers.keep(key, self._gathered(question, subject))
        return speakers

    def _gathered(self, question: Question, subject: Subject) -> Sequence[Speaker]:
        speakers: list[Speaker] = []
        for name, slices in self.rulesets.items():
            if slices[0].ruleset.subject is not subject:
                continue
            is_pinned = name in question.pinned
            parts = [
                (compiled, self._speaks_on(compiled.ruleset, question.jurisdiction))
                for compiled in slices
                if is_pinned or self._ever_awake(compiled.ruleset, question.jurisdiction)
            ]
            speakers += self._pinned(name, parts, question) if is_pinned else in_turn(parts, question.as_of)
        return speakers

    def _pinned(self, name: str, parts: Sequence[Part], question: Question) -> list[Speaker]:
        """The pinned revisions of a ruleset with the days of all its parts.

        One that has not been in force or awake so far can be in no answer: it is tried, on all days.
        """
        revisions = question.pinned[name]
        today = max(question.as_of, day_of(question.at))
        begins = {compiled.ruleset.in_force_from for compiled, _ in parts}
        begins |= {adoption.in_force_from for adoption in self.adoptions}
        if any(speaks_on(day) for day in begins if day <= today for _, speaks_on in parts):
            return pinned(parts, revisions, question.as_of)
        return alone(self.of_revisions(name, revisions), question.as_of)

    def named(self, name: str, question: Question) -> list[Speaker]:
        """One ruleset by name, or `name@revision`, whether or not its pack is adopted.

        Who asks for it by name wants to know what it says, and by `name@revision` what that one says on
        whatever day. Raises RefusedError where there is none.
        """
        ruleset, marked, revision = name.partition("@")
        slices = self.slices(ruleset)
        if marked:
            return alone(self.of_revisions(ruleset, {revision}), question.as_of)
        parts = [(part, part.ruleset.in_force_on) for part in slices]
        if ruleset in question.pinned:
            return self._pinned(ruleset, parts, question)
        return in_turn(parts, question.as_of)

    def _speaks_on(self, ruleset: Ruleset, jurisdiction: str) -> Callable[[date], bool]:
        """On which days a ruleset is in force and awake."""
        if not ruleset.pack:
            return ruleset.in_force_on
        return lambda day: ruleset.in_force_on(day) and self.awake(ruleset, jurisdiction, day)

    def _ever_awake(self, ruleset: Ruleset, jurisdiction: str) -> bool:
        return not ruleset.pack or any(
            adoption.pack == ruleset.pack and adoption.covers(jurisdiction) for adoption in self.adoptions
        )

    def awake(self, ruleset: Ruleset, jurisdiction: str, day: date) -> bool:
        """Whether a ruleset binds everywhere, or an office of the place has adopted its pack by then."""
        if not ruleset.pack:
            return True
        return any(
            adoption.pack == ruleset.pack and adoption.covers(jurisdiction) and adoption.in_force_on(day)
            for adoption in self.adoptions
        )

    def slices(self, name: str) -> tuple[Compiled, ...]:
        """All slices of a ruleset, oldest first; raises RefusedError where there is none of that name."""
        found = self.rulesets.get(name)
        if found is None:
            raise RefusedError(
                [
                    Problem(
                        Wrong.RULESET_UNKNOWN.name,
                        "ruleset",
                        f"没有规则集“{name}”。",
                        "ListRulesets 或者 huiyin rules list 会列出全部规则集。",
                    )
                ],
                Refusal.NOT_FOUND,
            )
        return found

    def revision(self, name: str, revision: str, day: date | None = None) -> Compiled:
        """One revision of a ruleset; of its slices that of the day, else the first."""
        same = self.of_revisions(name, {revision})
        return next((part for part in same if day and part.ruleset.in_force_on(day)), same[0])

    def of_revisions(self, name: str, revisions: Collection[str]) -> list[Compiled]:
        """The slices of some revisions of a ruleset, oldest first; RefusedError where one is not there."""
        slices = self.slices(name)
        if unknown := sorted(set(revisions) - {part.ruleset.revision for part in slices}):
            cure = "GetRuleset 会列出它的版本。"
            raise RefusedError(
                [
                    Problem(
                        Wrong.REVISION_UNKNOWN.name, "ruleset", f"规则集“{name}”没有版本“{revision}”。", cure
                    )
                    for revision in unknown
                ],
                Refusal.NOT_FOUND,
            )
        return [part for part in slices if part.ruleset.revision in revisions]


def load_basics(folder: Path) -> tuple[Basics, list[Finding]]:
    """Reads the vocabulary and the register of sources."""
    vocabulary, read = load_vocabulary(folder / "vocabulary.yaml")
    sources, register_read = load_register(folder / "sources.yaml")
    return Basics(vocabulary, sources), [*read.findings, *register_read.findings]


def ruleset_files(folder: Path) -> list[Path]:
    """The ruleset files below a folder, in the order of their paths."""
    return sorted(
        path
        for path in folder.rglob("*.yaml")
        if path.name not in NOT_RULESETS and path.relative_to(folder).parts[0] != "calendars"
    )


def _read_rulesets(folder: Path, basics: Basics) -> tuple[list[Ruleset], list[Finding]]:
    slices: list[Ruleset] = []
    findings: list[Finding] = []
    for path in ruleset_files(folder):
        loaded, found = load_ruleset(path, basics.vocabulary, basics.sources, str(path.relative_to(folder)))
        slices += loaded
        findings += found
    return slices, findings


def load_rulesets(folder: Path) -> tuple[Basics, list[Ruleset]]:
    """Reads the rulesets below a folder by themselves, without calendar and adoptions.

    Raises RefusedError with every error of the vocabulary, the register and all files.
    """
    basics, findings = load_basics(folder)
    slices, found = _read_rulesets(folder, basics)
    if wrong := errors([*findings, *found]):
        raise RefusedError(finding.problem() for finding in wrong)
    return basics, slices


def load_rulebook(folder: Path, adoption_files: Sequence[Path], loaded_at: datetime) -> Rulebook:
    """Reads everything below a folder of rulesets, and adoption files.

    Raises RefusedError with every error of every file; a rulebook is never loaded in part.
    """
    basics, findings = load_basics(folder)
    if errors(findings):
        raise RefusedError(finding.problem() for finding in errors(findings))
    slices, found = _read_rulesets(folder, basics)
    findings += found
    findings += [*overlapping(slices), *disagreeing(slices)]
    adoptions: list[Adoption] = []
    for path in adoption_files:
        adopted, found = load_adoptions(path, basics.vocabulary)
        adoptions += adopted
        findings += found
    if errors(findings):
        raise RefusedError(finding.problem() for finding in errors(findings))
    by_name: dict[str, list[Compiled]] = {}
    for ruleset in sorted(slices, key=lambda part: (part.id, part.in_force_from)):
        by_name.setdefault(ruleset.id, []).append(Compiled.of(ruleset, basics.vocabulary))
    return Rulebook(
        basics,
        load_calendar(folder / CALENDAR),
        {name: tuple(parts) for name, parts in by_name.items()},
        tuple(adoptions),
        _revision_of(adoptions),
        loaded_at,
    )


def _revision_of(things: Iterable[object]) -> str:
    text = "\n".join(sorted(map(repr, things)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def disagreeing(slices: Sequence[Ruleset]) -> list[Finding]:
    """Revisions of one ruleset that differ in what a ruleset cannot change without being another."""
    found = []
    ordered = sorted(slices, key=lambda part: (part.id, part.in_force_from))
    for before, after in pairwise(ordered):
        differing = [
            name
            for name in ("subject", "layer", "pack")
            if before.id == after.id and getattr(before, name) != getattr(after, name)
        ]
        for one, other in ((before, after), (after, before)) if differing else ():
            found.append(
                Finding(
                    Code.REVISIONS_DIFFER,
                    one.file,
                    1,
                    differing[0],
                    f"与 {other.file} 是同一规则集的两个版本，{'、'.join(differing)} 却不同。",
                    "请改成一样；是另一个规则集的，请换一个编号。",
                )
            )
    return list(dict.fromkeys(found))


def overlapping(slices: Sequence[Ruleset]) -> list[Finding]:
    """Revisions of one ruleset that are in force on the same day."""
    found = []
    ordered = sorted(slices, key=lambda part: (part.id, part.in_force_from))
    for before, after in pairwise(ordered):
        if before.id == after.id and before.in_force_on(after.in_force_from):
            found.append(
                Finding(
                    Code.DATES_OVERLAP,
                    after.file,
                    1,
                    "in_force_from",
                    f"与 {before.file} 同时有效：都包含 {after.in_force_from}。",
                    "请给较早的一份写上 in_force_to。",
                )
            )
    return found
