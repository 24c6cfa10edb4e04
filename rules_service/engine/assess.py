"""Assesses a matter by several rulesets and merges what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce

from rules_service.calendar import WorkingCalendar
from rules_service.engine.bounds import Clocks
from rules_service.engine.case import Matter, Question, Request
from rules_service.engine.chains import ChainCase, Chained
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import in_time
from rules_service.engine.elapsed import tell_elapsed
from rules_service.engine.environment import Environment
from rules_service.engine.evaluate import evaluate_matter, papers_of
from rules_service.engine.happened import Happened
from rules_service.engine.outcome import (
    ENDED_EARLY,
    DutyOutcome,
    Outcome,
    PaperOutcome,
    PaperState,
)
from rules_service.engine.speaking import Speaker
from rules_service.engine.under import DutiesUnder, ends, tightness
from service_kit.serving.call import check_deadline

PAPERS_A_LOOK = 500


def clock_of(
    question: Question, matter: Matter, calendar: WorkingCalendar, clocks: Clocks | None = None
) -> Clock:
    """The clock by which a matter's duties run."""
    return Clock(question.at, matter.complete_until or question.at, calendar, clocks or Clocks())


def assess_matter(
    speakers: Sequence[Speaker],
    matter: Matter,
    question: Question,
    calendar: WorkingCalendar,
    clocks: Clocks | None = None,
) -> Outcome:
    """What the rulesets say about a matter, merged; CLOCKS are told how many of its clocks were run.

    Duties of one meaning and of the same terms, for one request and recipient, become one: the due time
    that is better for the petitioner wins and all citations stay. Chained rules look at duties before they
    are merged.
    """
    clock = clock_of(question, matter, calendar, clocks)
    outcome = Outcome(place=question.jurisdiction)
    happened = {
        request.id: Happened.to(matter, request.id, clock.at)
        for request in (matter.whole(), *matter.requests)
    }
    superseded = False
    for speaker in speakers:
        # A revision whose tables do not decide may still have started a clock.
        starters = speaker.compiled.starters
        if not (speaker.decides or starters.may_start(matter.events, clock, speaker.speaks_on)):
            continue
        superseded |= not speaker.decides
        evaluate_matter(speaker, matter, happened, clock, outcome, near=question.near)
    for speaker in speakers:
        if speaker.compiled.chains and speaker.decides:
            whole = (
                _whole(speaker, matter, happened[""], clock, outcome) if speaker.compiled.elapsed else None
            )
            names = whole.names if whole else {}
            found = speaker.compiled.chains.run(ChainCase(matter, clock, outcome.duties, names))
            if found.findings:
                outcome.use(speaker.compiled.ruleset)
                outcome.findings += found.findings
                whole = whole or _whole(speaker, matter, happened[""], clock, outcome)
                outcome.papers += _papers_of_chains(found, whole)
    if superseded:
        _name_deciding(speakers, outcome)
    merge(outcome, matter.requests, question.at)
    return outcome


def _name_deciding(speakers: Sequence[Speaker], outcome: Outcome) -> None:
    """Beside a revision that only answers for its clocks, the one that decides is named, even if silent.

    Else who pins what an answer names could not be told from who tries the older revision in its stead.
    """
    named = {ruleset.id for ruleset in outcome.rulesets.values()}
    for speaker in speakers:
        if speaker.decides and speaker.compiled.ruleset.id in named:
            outcome.use(speaker.compiled.ruleset)


def _whole(
    speaker: Speaker, matter: Matter, happened: Happened, clock: Clock, outcome: Outcome
) -> Environment:
    """What chained rules know of the matter as a whole."""
    compiled = speaker.compiled
    env = Environment(
        compiled.ruleset, matter.id, matter.whole(), happened, outcome.missing, speaker.speaks_on
    )
    if compiled.elapsed:
        tell_elapsed(env, clock, compiled.elapsed, outcome)
    return env


def _papers_of_chains(found: Chained, env: Environment) -> Iterator[PaperOutcome]:
    """The papers that chained findings call for; a finding about another matter calls for none."""
    chains = {chain.rule.id: chain for chain in env.ruleset.chains if chain.papers}
    for finding in found.findings:
        chain = chains.get(finding.rule)
        if chain is not None and finding.id in found.here:
            yield from papers_of(chain.papers, env, finding.rule, chain.citations)


def merge(outcome: Outcome, requests: Sequence[Request], at: datetime) -> None:
    """Makes duties of one meaning one, and hangs the papers on what is left."""
    if outcome.duties or outcome.papers:
        stated = outcome.duties
        outcome.duties = _merged(stated)
        outcome.papers = _papers(outcome.papers, stated, outcome.duties, requests, at)
        outcome.duties = _with_papers(outcome.duties, outcome.papers)


def _merged(duties: Sequence[DutyOutcome]) -> list[DutyOutcome]:
    """One duty for each meaning, request, recipient, start and terms.

    INVARIANT: what another rule says never makes a duty look met, ended or owed by another. So duties are
    one only where the same side owes them and the same events start and meet them, while none has ended
    otherwise than the others; one that departs from what stands above stands beside it.
    """
    groups: dict[tuple[str, str, str, datetime | None], list[DutyOutcome]] = {}
    for duty in duties:
        key = (duty.duty.concept, duty.request_id, duty.recipient_key, duty.started_at)
        groups.setdefault(key, []).append(duty)
    merged: list[DutyOutcome] = []
    for group in groups.values():
        merged += group if len(group) == 1 else map(_one_of, _alike(group))
    return sorted(merged, key=tightness)


def _alike(duties: Sequence[DutyOutcome]) -> Iterable[list[DutyOutcome]]:
    """Those of some duties that may be one."""
    alike: dict[tuple[object, ...], list[DutyOutcome]] = {}
    for outcome in duties:
        duty = outcome.duty
        ended = outcome.state if outcome.state in ENDED_EARLY else None
        by_itself = outcome.id if duty.departs_from else ""
        alike.setdefault((duty.terms, outcome.presumed, ended, by_itself), []).append(outcome)
    return alike.values()


def _one_of(duties: Sequence[DutyOutcome]) -> DutyOutcome:
    """The duty that counts of several alike: an office's tightest, a petitioner's widest.

    It changes when the first of them does: a violation of another may be found later.
    """
    wins = _width if duties[0].duty.owed_by_petitioner else tightness
    first, *rest = sorted(duties, key=wins)
    if not rest:
        return first
    cited = dict.fromkeys(citation for duty in [first, *rest] for citation in duty.citations)
    changes = min((duty.next_change_at for duty in duties if duty.next_change_at), default=None)
    return first._replace(
        citations=tuple(cited),
        merged=tuple(duty.id for duty in rest),
        next_change_at=changes,
        one_of=(first, *rest),
    )


def _width(duty: DutyOutcome) -> tuple[float, float, str]:
    due, latest = ends(duty)
    return (-due, -latest, duty.id)


def _papers(
    papers: Sequence[PaperOutcome],
    stated: Sequence[DutyOutcome],
    duties: Sequence[DutyOutcome],
    requests: Sequence[Request],
    at: datetime,
) -> list[PaperOutcome]:
    """Paper calls with the due time of the duty they hang on, one for all that wait for the same paper.

    What is called for by a matter as a whole and by its only request is one call.
    """
    by_id = {loser: duty for duty in duties for loser in (duty.id, *duty.merged)}
    own = {duty.id: duty for duty in stated}
    under = DutiesUnder.of(stated)
    only = requests[0].id if len(requests) == 1 else ""
    called: dict[tuple[str, ...], PaperOutcome] = {}
    for number, paper in enumerate(papers):
        if not number % PAPERS_A_LOOK:
            check_deadline()
        hangs_on = paper.duty_id or under.id_for(paper)
        duty = by_id.get(hangs_on)
        if duty is not None:
            hangs = paper.under and not paper.candidate_id
            met = hangs and duty.met_at and (paper.since is None or duty.met_at >= paper.since)
            state = PaperState.ISSUED if met else paper.state
            # A tighter duty that it was made one with takes away no paper of this one's.
            ends_at = own[hangs_on].due_at
            lapses = paper.lapses and state is PaperState.CALLED
            if lapses and ends_at and not in_time(at, ends_at):
                continue
            paper = paper._replace(duty_id=duty.id, due_at=duty.due_at, state=state)
        about = (paper.request_id or only, paper.duty_id, paper.candidate_id, paper.violated)
        key = (paper.paper, paper.variant, *about)
        known = called.get(key)
        called[key] = _one_call(known, paper) if known else paper
    return _waiting_as_one(list(called.values()), duties, only)


def _waiting_as_one(
    papers: Sequence[PaperOutcome], duties: Sequence[DutyOutcome], only: str
) -> list[PaperOutcome]:
    """One call for a paper, variant, request and recipient; what was issued stays with its own duty.

    What was issued on one of several calls answers all that were made by then, so that a call that stood
    for others takes them with it.
    """
    own = {duty.id: duty for duty in duties}

    def asked_for(paper: PaperOutcome) -> tuple[str, ...]:
        recipient = own[paper.duty_id].recipient_key if paper.duty_id in own else ""
        return (paper.paper, paper.variant, paper.request_id or only, recipient, paper.candidate_id)

    issued: dict[tuple[str, ...], datetime] = {}
    for paper in papers:
        if paper.issued_at is not None:
            key = asked_for(paper)
            issued[key] = max(paper.issued_at, issued.get(key, paper.issued_at))
    alike: dict[tuple[str, ...], list[PaperOutcome]] = {}
    for paper in papers:
        key = asked_for(paper)
        since = paper.since or (own[paper.duty_id].since if paper.duty_id in own else None)
        if key in issued and (since is None or since <= issued[key]):
            paper = paper._replace(state=PaperState.ISSUED)
        apart = paper.id if paper.state is PaperState.ISSUED else ""
        alike.setdefault((*key, apart), []).append(paper)
    return [_one_of_waiting(calls, own) if len(calls) > 1 else calls[0] for calls in alike.values()]


def _one_of_waiting(calls: Sequence[PaperOutcome], own: Mapping[str, DutyOutcome]) -> PaperOutcome:
    """One call for several, hung on the tightest of their duties.

    Of a rule that calls more than once the tightest call says what is written: days of two starts never
    stand on one paper as if they were of one.
    """
    hung = sorted((own[call.duty_id] for call in calls if call.duty_id in own), key=ends)
    order = {duty.id: place for place, duty in enumerate(hung)}
    first_of_rules: dict[tuple[str, str], str] = {}
    telling = []
    for call in sorted(calls, key=lambda call: order.get(call.duty_id, len(order))):
        first = first_of_rules.setdefault((call.ruleset.id, call.rule), call.id)
        telling.append(call if call.id == first else call._replace(fields={}))
    one = reduce(_one_call, telling)
    return one._replace(duty_id=hung[0].id, also_for=tuple(duty.id for duty in hung[1:])) if hung else one


def _one_call(one: PaperOutcome, other: PaperOutcome) -> PaperOutcome:
    """Two calls for one paper; what the higher layer writes on it no lower one writes otherwise."""
    first, second = sorted((one, other), key=lambda paper: paper.ruleset.layer.rank)
    due = min((p.due_at for p in (first, second) if p.due_at), default=None)
    issued = PaperState.ISSUED in {first.state, second.state}
    return first._replace(
        due_at=due,
        duty_id=first.duty_id or second.duty_id,
        fields={**second.fields, **first.fields},
        restricted=first.restricted or second.restricted,
        state=PaperState.ISSUED if issued else first.state,
        issued_at=max((p.issued_at for p in (first, second) if p.issued_at), default=None),
        citations=tuple(dict.fromkeys((*first.citations, *second.citations))),
        rests_on=(*first.rests_on, *(one for one in second.rests_on if one[-1] not in first.fields)),
    )


def _with_papers(duties: Sequence[DutyOutcome], papers: Sequence[PaperOutcome]) -> list[DutyOutcome]:
    hung: dict[str, list[str]] = {}
    for paper in papers:
        for duty_id in (paper.duty_id, *paper.also_for):
            hung.setdefault(duty_id, []).append(paper.id)
    return [duty._replace(papers=tuple(hung[duty.id])) if duty.id in hung else duty for duty in duties]
