"""Evaluates one ruleset on one matter: tables, then duties, then chained rules."""

from collections.abc import Iterator, Mapping, Sequence

from rules_service.engine.case import Matter, Request
from rules_service.engine.clock import Clock
from rules_service.engine.compiled import Compiled
from rules_service.engine.duties import run_duty, violation
from rules_service.engine.elapsed import tell_elapsed, until_elapsed
from rules_service.engine.environment import Environment
from rules_service.engine.happened import Happened
from rules_service.engine.index import Cell
from rules_service.engine.outcome import (
    ENDED_EARLY,
    FINDING,
    CandidateOutcome,
    DutyOutcome,
    DutyState,
    FindingOutcome,
    MissingFacts,
    Outcome,
    PaperOutcome,
    PaperState,
    Ruled,
    deterministic_id,
)
from rules_service.engine.ruling import Ruling, rule_on
from rules_service.engine.speaking import Speaker
from rules_service.language.model.basis import Citation
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Row, Table


def evaluate_matter(
    speaker: Speaker,
    matter: Matter,
    happened: Mapping[str, Happened],
    clock: Clock,
    outcome: Outcome,
    *,
    near: bool = True,
) -> None:
    """Adds what a ruleset says about a matter to an outcome.

    HAPPENED is told of each request and, with no id, of the matter as a whole. Where its tables do not
    decide only duties come out: so a revision no longer in force still answers for the clocks that started
    under it. What it would have liked to know is then nobody's concern.
    Raises ContradictionError where a table's rows contradict each other.
    """
    compiled, with_tables = speaker.compiled, speaker.decides
    ruleset = compiled.ruleset
    if not (with_tables or ruleset.duties):
        return
    said = len(outcome.rulings) + len(outcome.duties)
    missing = outcome.missing if with_tables else MissingFacts()

    whole: Environment | None = None
    outputs: Mapping[str, Cell] = {}

    def look(each: Each, request: Request) -> tuple[Environment, Ruling]:
        env = Environment(
            ruleset,
            matter.id,
            request,
            happened[request.id],
            missing,
            speaker.speaks_on,
            speaker.revision_on,
            whole=whole,
        )
        env.names |= outputs
        if compiled.elapsed:
            tell_elapsed(env, clock, compiled.elapsed, outcome, keep=with_tables)
        return env, run_tables(compiled, env, outcome, each, keep=with_tables, near=near)

    of_whole, of_requests = [], []
    if compiled.elapsed or compiled.speaks_of(Each.MATTER):
        of_whole = [look(Each.MATTER, matter.whole())]
        whole, outputs = of_whole[0][0], of_whole[0][1].outputs
    if compiled.speaks_of(Each.REQUEST):
        of_requests = [look(Each.REQUEST, request) for request in matter.requests]
    _take_duties([*_runs(of_whole, clock), *_runs(of_requests, clock)], outcome)
    if len(outcome.rulings) + len(outcome.duties) > said:
        outcome.use(ruleset)


def run_duties(env: Environment, ruling: Ruling, clock: Clock, outcome: Outcome) -> None:
    """Runs the duties that apply and adds what comes of them, violations and papers too."""
    _take_duties(_runs([(env, ruling)], clock), outcome)


def _runs(ruled: Sequence[tuple[Environment, Ruling]], clock: Clock) -> list[tuple[DutyOutcome, Environment]]:
    """The duties one by one, each for one request after the other.

    Nothing comes out where it is open whether a duty applies; what would have to be told for that is noted
    as missing.
    """
    owed = [(owing, env) for env, ruling in ruled for owing in ruling.duties]
    if len(ruled) > 1:
        owed.sort(key=lambda item: item[0].number)
    runs: list[tuple[DutyOutcome, Environment]] = []
    for owing, env in owed:
        if owing.untold:
            env.note_untold(owing.untold)
        if owing.applies:
            ran = run_duty(owing, env, clock)
            runs += [(until_elapsed(run, env), env) for run in ran]
    return runs


def _take_duties(runs: Sequence[tuple[DutyOutcome, Environment]], outcome: Outcome) -> None:
    # Papers come last: one may name the due time of a duty that stands further down.
    for run, env in runs:
        _take_duty(run, env, outcome)


def run_tables(
    compiled: Compiled,
    env: Environment,
    outcome: Outcome,
    each: Each,
    *,
    keep: bool = True,
    near: bool = True,
) -> Ruling:
    """Decides the tables about one kind of thing; their outputs become names of the environment.

    Without `keep` nothing else comes of the tables.
    """
    ruling = rule_on(compiled, each, env.names, near=near and keep)
    env.behind = ruling.behind
    if not keep:
        env.names |= ruling.outputs
        return ruling
    if ruling.tables:
        outcome.rulings.append(Ruled(env.request.id, ruling))
    for part in ruling.parts:
        env.names |= part.outputs
        env.note_untold(part.untold)
        for table, row in part.rows:
            _take_row(compiled, table, row, env, outcome)
    return ruling


def _take_row(compiled: Compiled, table: Table, row: Row, env: Environment, outcome: Outcome) -> None:
    rule = f"{table.id}/{row.id}"
    reason = compiled.readings[table.id, row.id]
    for code in row.candidates:
        outcome.candidates.append(
            CandidateOutcome(
                _candidate_id(env, rule, code),
                env.ruleset,
                code,
                env.request.id,
                rule,
                reason,
                row.citations,
            )
        )
    for code in row.findings:
        outcome.findings.append(
            FindingOutcome(
                deterministic_id(FINDING, env.subject_id, env.request.id, env.ruleset.id, rule, code),
                env.ruleset,
                code,
                env.request.id,
                "",
                rule,
                reason,
                (),
                row.citations,
            )
        )
    outcome.papers += papers_of(row.papers, env, rule, row.citations)


def _candidate_id(env: Environment, rule: str, code: str) -> str:
    return deterministic_id("c", env.subject_id, env.request.id, env.ruleset.id, rule, code)


def _take_duty(run: DutyOutcome, env: Environment, outcome: Outcome) -> None:
    outcome.duties.append(run)
    if run.untold:
        place = f"{env.ruleset.id}/{run.duty.id}"
        unknown = run.untold in env.request.unknown
        outcome.missing.add(run.untold, env.request.id, place, unknown=unknown)
    if run.state is DutyState.NOT_STARTED:
        return
    if run.duty.papers and run.state not in ENDED_EARLY:
        outcome.papers += papers_of(run.duty.papers, env, run.duty.id, run.duty.citations, duty=run)
    found = violation(run, env)
    if found:
        outcome.findings.append(found)
        duty = run.duty
        rule = f"{duty.id}/{duty.finding}"
        outcome.papers += papers_of(duty.finding_papers, env, rule, duty.finding_citations, violated=run)


def papers_of(
    rules: Sequence[PaperRule],
    env: Environment,
    rule_id: str,
    citations: tuple[Citation, ...],
    duty: DutyOutcome | None = None,
    violated: DutyOutcome | None = None,
) -> Iterator[PaperOutcome]:
    """The papers that a row, a duty or a finding calls for, with the fields that are known.

    With a duty, or with one that was VIOLATED, fields are of the events that belong to its start, where
    things happened more than once.
    A paper of a candidate is never called for here: it follows only if an official so decides.
    """
    ran = duty or violated
    occasion = ran.occasion if ran else None
    start = violated.id if violated else occasion.event.id if occasion else ""
    for rule in rules:
        if env.holds(rule.when, rule_id) is not True:
            continue
        key = [rule_id, rule.paper, rule.variant, start]
        if rule.candidate:
            key.append(rule.candidate)
        call = deterministic_id("p", env.subject_id, env.request.id, env.ruleset.id, *key)
        issued_at = env.happened.paper_calls.get(call)
        issued = (duty is not None and duty.met_at is not None) or issued_at is not None
        waiting = PaperState.CANDIDATE if rule.candidate else PaperState.CALLED
        yield PaperOutcome(
            id=call,
            ruleset=env.ruleset,
            paper=rule.paper,
            variant=rule.variant,
            request_id=env.request.id,
            state=PaperState.ISSUED if issued else waiting,
            rule=rule_id,
            duty_id=duty.id if duty else "",
            due_at=duty.due_at if duty else None,
            fields=env.known(rule.fields, occasion),
            restricted=rule.restricted or env.request.of_report,
            citations=citations,
            under=rule.under,
            lapses=rule.lapses,
            issued_at=issued_at,
            violated=violated.id if violated else "",
            since=violated.latest_lawful_at if violated else duty.since if duty else None,
            candidate_id=_candidate_id(env, rule_id, rule.candidate) if rule.candidate else "",
            rests_on=tuple([(env.ruleset, name, field) for name, field in rule.looks_at]),
        )
