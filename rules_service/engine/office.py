"""Assesses an office over a period: what is counted of its matters, the figures, and what it owes itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules_service.calendar import WorkingCalendar
from rules_service.engine.assess import assess_matter, clock_of, merge
from rules_service.engine.case import Matter, Office, Question, Request, Span
from rules_service.engine.clock import Clock
from rules_service.engine.compiled import Compiled
from rules_service.engine.counts import (
    ONE_DAY,
    Counted,
    CountResult,
    Look,
    count_matters,
    period_facts,
    without_reports,
)
from rules_service.engine.elapsed import tell_elapsed
from rules_service.engine.environment import Environment
from rules_service.engine.evaluate import run_duties, run_tables
from rules_service.engine.figures import Material, counts_of, index, indicator
from rules_service.engine.groups import grouped
from rules_service.engine.happened import NOTHING_HAPPENED, Happened
from rules_service.engine.index import Known
from rules_service.engine.outcome import MissingFacts, Outcome
from rules_service.engine.shares import Began, Owed, OwedTo
from rules_service.engine.speaking import Speaker
from rules_service.language.model.figures import DutyShare
from rules_service.language.model.subjects import Each
from service_kit.serving.call import check_deadline

PERIOD_DAYS = ("period.first_day", "period.last_day")


@dataclass(slots=True)
class _Assessment:
    """One question about an office, and what has come of it so far."""

    office: Office
    matters: Sequence[Matter]
    matter_speakers: Callable[[Matter], Sequence[Speaker]]
    question: Question
    calendar: WorkingCalendar
    outcome: Outcome
    counted: list[Counted]
    all_owed: list[Owed] | None = None

    def owed(self) -> list[Owed]:
        """What the office's matters oblige it to."""
        if self.all_owed is None:
            to = OwedTo(self.office.id)
            self.all_owed = [self._owed(matter, to) for matter in self.matters]
        return self.all_owed

    def _owed(self, matter: Matter, to: OwedTo) -> Owed:
        check_deadline()
        speakers = self.matter_speakers(matter)
        return to.by(matter, speakers, assess_matter(speakers, matter, self.question, self.calendar))

    def _began(self, period: Span) -> Began:
        """Beside an earlier period, what started by its last day belongs to it and all else to the other."""
        earlier = self.office.earlier
        if earlier is None:
            return Began(None, None)
        return Began(None, earlier.last_day) if period is earlier else Began(earlier.last_day + ONE_DAY, None)

    def _look(self, compiled: Compiled) -> Look:
        """What counts know of a request: its facts, and what has elapsed for it."""
        ruleset = compiled.ruleset
        missing = MissingFacts()

        def look(matter: Matter, request: Request) -> Environment:
            if not compiled.elapsed:
                return Environment(ruleset, matter.id, request, NOTHING_HAPPENED, missing, _always)
            happened = Happened.to(matter, request.id, self.question.at)
            env = Environment(ruleset, matter.id, request, happened, missing, _always)
            clock = clock_of(self.question, matter, self.calendar)
            tell_elapsed(env, clock, compiled.elapsed, self.outcome, keep=False)
            return env

        return look

    def counts(self, compiled: Compiled, period: Span) -> dict[str, CountResult]:
        """What a ruleset counts in a period."""
        look = self._look(compiled)
        return {
            count.name: count_matters(count, self.matters, period, self.question.at, look)
            for count in compiled.ruleset.counts
        }

    def material(self, compiled: Compiled, period: Span) -> Material:
        """What a ruleset's figures of a period are made of."""
        counts = self.counts(compiled, period)
        shares = any(isinstance(rule.figure, DutyShare) for rule in compiled.ruleset.indicators)
        return Material(
            counts,
            self.owed() if shares else (),
            self._began(period),
            self.question.at,
            self.outcome.missing,
        )


def _always(_: date) -> bool:
    return True


def assess_office(
    office_speakers: Iterable[Speaker],
    matter_speakers: Callable[[Matter], Sequence[Speaker]],
    office: Office,
    question: Question,
    calendar: WorkingCalendar,
) -> tuple[Outcome, list[Counted]]:
    """What the rulesets say about an office, and the list behind every count.

    Reports are taken out before anything is counted, so that neither a figure nor a list can disclose
    one (REG22 art. 30.3). What was withdrawn, merged or closed since stays counted.
    """
    matters = [kept for matter in office.matters if (kept := without_reports(matter)) is not None]
    outcome = Outcome(place=question.jurisdiction)
    about = _Assessment(office, matters, matter_speakers, question, calendar, outcome, [])
    for speaker in office_speakers:
        if speaker.decides:
            _decide(speaker, about)
        elif speaker.compiled.duties[Each.OFFICE]:
            _run_clocks(speaker, about)
    merge(about.outcome, (), question.at)
    return about.outcome, about.counted


def _decide(speaker: Speaker, about: _Assessment) -> None:
    compiled, outcome, office = speaker.compiled, about.outcome, about.office
    ruleset = compiled.ruleset
    now = about.material(compiled, office.period)
    for count in ruleset.counts:
        result = now.counts[count.name]
        about.counted += [Counted(one.matter.id, count.name) for one in result.qualified]
        if count.by:
            outcome.groups.append(grouped(count, result, ruleset, outcome.missing))
    env = _environment(speaker, about, now.counts, outcome.missing)
    tell_elapsed(env, _clock(about), compiled.elapsed, outcome)
    ruling = run_tables(compiled, env, outcome, Each.OFFICE, near=about.question.near)
    run_duties(env, ruling, _clock(about), outcome)
    earlier = about.material(compiled, office.earlier) if office.earlier else None
    figures = [indicator(rule, ruleset, now, earlier) for rule in ruleset.indicators]
    outcome.indicators += figures
    outcome.indexes += [index(rule, ruleset, figures) for rule in ruleset.indexes]
    shown = {name for rule in ruleset.indicators for name in counts_of(rule.figure)}
    for count in ruleset.counts:
        asked = outcome.missing.take(count.name)
        if asked or count.by or count.name in shown:
            outcome.missing.join(now.counts[count.name].missing)
        if earlier and count.name in shown:
            outcome.missing.join(earlier.counts[count.name].missing)
    outcome.use(ruleset)


def _run_clocks(speaker: Speaker, about: _Assessment) -> None:
    """A revision no longer in force still answers for the clocks that started under it."""
    missing = MissingFacts()
    counts = about.counts(speaker.compiled, about.office.period)
    env = _environment(speaker, about, counts, missing)
    tell_elapsed(env, _clock(about), speaker.compiled.elapsed, about.outcome, keep=False)
    ruling = run_tables(speaker.compiled, env, about.outcome, Each.OFFICE, keep=False)
    before = len(about.outcome.duties)
    run_duties(env, ruling, _clock(about), about.outcome)
    if len(about.outcome.duties) > before:
        about.outcome.use(speaker.compiled.ruleset)


def _clock(about: _Assessment) -> Clock:
    return Clock(about.question.at, about.office.complete_until or about.question.at, about.calendar)


def _environment(
    speaker: Speaker, about: _Assessment, counts: Mapping[str, CountResult], missing: MissingFacts
) -> Environment:
    """What a ruleset knows of the office: its facts, its counts, the period's days, its own events."""
    office, ruleset = about.office, speaker.compiled.ruleset
    facts: dict[str, Known] = {**office.facts, **period_facts(office.period)}
    facts |= dict(zip(PERIOD_DAYS, office.period, strict=True))
    facts |= {name: result.number for name, result in counts.items() if result.certain}
    happened = Happened.of(event for event in office.events if event.at <= about.question.at)
    request = Request("", facts, office.unknown)
    # A count left open is noted as missing where something hangs on it; what it was left open by then takes
    # its place.
    return Environment(ruleset, office.id, request, happened, missing, speaker.speaks_on, speaker.revision_on)
