"""Evaluates one ruleset on one matter: tables, then duties, then chained rules."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rules_service.engine.case import Matter
from rules_service.engine.clock import Clock
from rules_service.engine.compiled import Compiled, Step
from rules_service.engine.duties import run_duty, violation
from rules_service.engine.elapsed import tell_elapsed, until_elapsed
from rules_service.engine.environment import Environment
from rules_service.engine.index import UNKNOWN, Known, Unknown
from rules_service.engine.outcome import (
    ENDED_EARLY,
    CandidateOutcome,
    DutyOutcome,
    DutyState,
    FindingOutcome,
    MissingFacts,
    Outcome,
    PaperOutcome,
    PaperState,
    TableOutcome,
    deterministic_id,
)
from rules_service.engine.tables import Decided, State, decide
from rules_service.language.model.basis import Citation
from rules_service.language.model.duties import Duty
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Row, Table

# A paper on a report must never reach the accused, whatever a ruleset says of it (REG22 art. 30.3).
REPORT = ("category", "report")


def evaluate_matter(
    compiled: Compiled,
    matter: Matter,
    clock: Clock,
    speaks_on: Callable[[date], bool],
    outcome: Outcome,
    *,
    with_tables: bool = True,
    near: bool = True,
) -> None:
    """Adds what a ruleset says about a matter to an outcome.

    Without tables only duties come out: so a revision no longer in force still answers for the clocks
    that started under it. What it would have liked to know is then nobody's concern.
    Raises ContradictionError where a table's rows contradict each other.
    """
    ruleset = compiled.ruleset
    if not (with_tables or any(compiled.duties.values())):
        return
    said = len(outcome.tables) + len(outcome.duties)
    missing = outcome.missing if with_tables else MissingFacts()
    whole = Environment.of_request(ruleset, matter, matter.whole(), clock.at, missing, speaks_on)
    if compiled.elapsed:
        tell_elapsed(whole, clock, compiled.elapsed, outcome, keep=with_tables)
    outputs = run_tables(compiled, whole, outcome, Each.MATTER, keep=with_tables, near=near)
    environments: dict[Each, list[Environment]] = {Each.MATTER: [whole], Each.REQUEST: []}
    if compiled.steps[Each.REQUEST] or compiled.duties[Each.REQUEST]:
        for request in matter.requests:
            env = Environment.of_request(ruleset, matter, request, clock.at, missing, speaks_on)
            env.names |= outputs
            if compiled.elapsed:
                tell_elapsed(env, clock, compiled.elapsed, outcome, keep=with_tables)
            run_tables(compiled, env, outcome, Each.REQUEST, keep=with_tables, near=near)
            environments[Each.REQUEST].append(env)
    runs = [run for each, envs in environments.items() for run in _runs(compiled.duties[each], envs, clock)]
    _take_duties(runs, outcome)
    if len(outcome.tables) + len(outcome.duties) > said:
        outcome.use(ruleset)


def run_duties(
    duties: Sequence[Duty], environments: Sequence[Environment], clock: Clock, outcome: Outcome
) -> None:
    """Runs duties in some environments and adds what comes of them, violations and papers too."""
    _take_duties(list(_runs(duties, environments, clock)), outcome)


def _runs(
    duties: Sequence[Duty], environments: Sequence[Environment], clock: Clock
) -> Iterator[tuple[DutyOutcome, Environment]]:
    return (
        (until_elapsed(run, env), env)
        for duty in duties
        for env in environments
        for run in run_duty(duty, env, clock)
    )


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
) -> dict[str, Known | Unknown]:
    """Decides the tables about one kind of thing; their outputs become names of the environment.

    Returns these outputs. Without `keep` nothing else comes of the tables.
    """
    outputs: dict[str, Known | Unknown] = {}
    names = env.names
    for step in compiled.steps[each]:
        table = step.index.table
        values = tuple([names.get(name, UNKNOWN) for name in table.inputs])
        decided = decide(step.index, values, near=near and keep)
        named = outputs_of(step, decided)
        outputs |= named
        names |= named
        for column in decided.open_columns:
            env.note_missing(table.inputs[column], table.id)
        if not keep:
            continue
        outcome.tables.append(
            TableOutcome(
                compiled.ruleset,
                table,
                compiled.readings,
                compiled.results,
                env.request.id,
                values,
                decided,
            )
        )
        for number in decided.rows:
            if number in step.with_effects:
                _take_row(compiled, table, table.rows[number], env, outcome)
    return outputs


def outputs_of(step: Step, decided: Decided) -> dict[str, Known | Unknown]:
    """What a table's outputs are, by their names."""
    if decided.state is State.UNDECIDED:
        return dict.fromkeys(step.outputs, UNKNOWN)
    if step.index.table.aggregator:
        return dict.fromkeys(step.outputs, decided.aggregate)
    if not decided.rows:
        return dict.fromkeys(step.outputs)
    return dict(zip(step.outputs, step.index.table.rows[decided.rows[0]].outputs, strict=True))


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
                deterministic_id("f", env.subject_id, env.request.id, env.ruleset.id, rule, code),
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
    papers: list[PaperOutcome] = []
    if run.state is not DutyState.NOT_STARTED and run.state not in ENDED_EARLY:
        papers = list(papers_of(run.duty.papers, env, run.duty.id, run.duty.citations, run))
    outcome.papers += papers
    outcome.duties.append(run)
    found = violation(run, env)
    if found:
        outcome.findings.append(found)
        duty = run.duty
        rule = f"{duty.id}/{duty.finding}"
        outcome.papers += papers_of(duty.finding_papers, env, rule, duty.finding_citations, start=run.id)


def papers_of(
    rules: Sequence[PaperRule],
    env: Environment,
    rule_id: str,
    citations: tuple[Citation, ...],
    duty: DutyOutcome | None = None,
    start: str = "",
) -> Iterator[PaperOutcome]:
    """The papers that a row, a duty or a finding calls for, with the fields that are known.

    A paper of a candidate is never called for here: it follows only if an official so decides.
    """
    for rule in rules:
        if env.holds(rule.when, rule_id) is not True:
            continue
        key = [rule_id, rule.paper, rule.variant, duty.started_by if duty else start]
        if rule.candidate:
            key.append(rule.candidate)
        call = deterministic_id("p", env.subject_id, env.request.id, env.ruleset.id, *key)
        issued = (duty is not None and duty.met_at is not None) or any(
            event.paper_call_id == call for event in env.events
        )
        waiting = PaperState.CANDIDATE if rule.candidate else PaperState.CALLED
        name, report = REPORT
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
            fields=env.known(rule.fields),
            restricted=rule.restricted or env.value(name) == report,
            citations=citations,
            under=rule.under,
            lapses=rule.lapses,
            candidate_id=_candidate_id(env, rule_id, rule.candidate) if rule.candidate else "",
        )
