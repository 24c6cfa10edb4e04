"""When the clock of a duty starts: by what is told, or as the law presumes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from rules_service.engine.bounds import check_length
from rules_service.engine.case import Event
from rules_service.engine.clock import Clock
from rules_service.engine.deadlines import deadline, in_time, late_from
from rules_service.engine.environment import Environment, value_of
from rules_service.engine.index import Unknown
from rules_service.engine.nearest import Nearest
from rules_service.engine.occasion import AT, Occasion
from rules_service.language.model.duties import Duty
from rules_service.language.model.periods import CountUnit, Period
from rules_service.language.model.references import RefKind
from rules_service.language.types import day_of, first_moment, midnight


class Start(NamedTuple):
    """The start of a clock. Where it is presumed, `presumed_from` is the moment it is presumed from."""

    at: datetime
    event_id: str = ""
    recipient_key: str = ""
    presumed_from: datetime | None = None
    occasion: Occasion | None = None
    """The event with which it starts, or from which it is presumed; None where a fact says when it starts."""

    @property
    def since(self) -> datetime:
        """From when events count: what was done before a presumed start was done all the same."""
        return self.presumed_from or self.at


@dataclass(frozen=True, slots=True)
class Starters:
    """What may start a clock of some duties, as far as the events alone can tell.

    `others` says that some start is told otherwise: by a fact, or presumed from one.
    """

    events: frozenset[str]
    presumed_from: frozenset[str]
    others: bool

    @classmethod
    def of(cls, duties: Sequence[Duty]) -> "Starters":
        """The starters of any of some duties."""
        starts = [duty.period.start for duty in duties]
        presumed = [duty.period.presumed.start for duty in duties if duty.period.presumed]
        return cls(
            frozenset(start.name for start in starts),
            frozenset(start.name for start in presumed),
            any(start.kind is not RefKind.EVENT_AT for start in (*starts, *presumed)),
        )

    def may_start(self, events: Sequence[Event], clock: Clock, speaks_on: Callable[[date], bool]) -> bool:
        """Whether a revision may have a word on one of the duties at all."""
        if not self.events:
            return False
        return (
            self.others
            or speaks_on(clock.today)
            or any(
                event.type in self.presumed_from
                or (event.type in self.events and speaks_on(day_of(event.at)))
                for event in events
            )
        )


def starts_of(duty: Duty, env: Environment, clock: Clock) -> tuple[list[Start], list[datetime]]:
    """The starts by the moment asked about, and the moments at which others will come of themselves.

    A start is presumed a while after something else happened to someone, where none that concerns him was
    recorded by then; a later record does not start the clock anew. What else happened again has a while of
    its own, as long as the revision in force on that day has it: so all revisions see the same starts. One
    record may serve several. Days run from the day on which a start is presumed, hours from the moment.
    """
    presumed = duty.period.presumed
    clock.clocks.take(1, env.subject_id)
    if _nothing_starts(duty.period, env) and (presumed is None or _nothing_starts(presumed, env)):
        return [], []
    named = list(_named_starts(duty.period, env, duty))
    bases = list(_named_starts(presumed, env, duty)) if presumed else []
    clock.clocks.take(max(len(named) + len(bases) - 1, 0), env.subject_id)
    told = [_while(duty, env, day_of(base.at)) for base in bases]
    whiles = [length for length in told if length is not None]
    if not bases or len(whiles) < len(bases):
        return [start for start in named if start.at <= clock.at], [
            start.at for start in named if start.at > clock.at
        ]
    return _or_presumed(duty, sorted(named, key=AT), list(zip(bases, whiles, strict=True)), clock)


def _or_presumed(
    duty: Duty, named: Sequence[Start], bases: Sequence[tuple[Start, tuple[int, CountUnit]]], clock: Clock
) -> tuple[list[Start], list[datetime]]:
    """The starts, each presumed a while after one of some BASES where none was recorded for it by then."""
    in_order = sorted(bases, key=lambda item: item[0].at)
    records = Nearest.of([(start.at, start.recipient_key) for start in named])
    happenings = Nearest.of([(base.at, base.recipient_key) for base, _ in in_order])
    silent = min(clock.at, clock.silent_until)
    starts: list[Start] = []
    waiting: list[datetime] = []
    belongs = [_happening_of(start, happenings) for start in named]
    early = {
        of
        for start, of in zip(named, belongs, strict=True)
        if of is not None and start.at < in_order[of][0].at
    }
    presumed_of: set[int | None] = set()
    for number, (base, (amount, unit)) in enumerate(in_order):
        recipient = base.recipient_key
        end = deadline(base.at, amount, unit, clock.calendar).due_at
        # What is recorded before anything else happened was recorded for the first that did.
        is_first = happenings.first(recipient) == number
        record = records.first(recipient) if is_first else records.first_since(recipient, base.at)
        if number in early or (record is not None and in_time(records.moments[record], end)):
            continue
        if in_time(silent, end):
            waiting += [late_from(end)] if in_time(clock.at, end) else []
            continue
        presumed_of.add(number)
        at = end if CountUnit.CLOCK_HOURS in {duty.period.unit, unit} else midnight(day_of(end))
        starts.append(Start(at, base.event_id, recipient, presumed_from=base.at, occasion=base.occasion))
    for start, of in zip(named, belongs, strict=True):
        if of not in presumed_of:
            if start.at <= clock.at:
                starts.append(start)
            else:
                waiting.append(start.at)
    return sorted(starts, key=lambda start: start.since), waiting


def _happening_of(start: Start, happenings: Nearest) -> int | None:
    """The place of the last happening that led up to a record, else of the first for its recipient."""
    led_up = happenings.last_until(start.recipient_key, start.at)
    return happenings.first(start.recipient_key) if led_up is None else led_up


def _while(duty: Duty, env: Environment, day: date) -> tuple[int, CountUnit] | None:
    """How long after something else happened on a DAY a start is presumed; None where that is unknown."""
    revision = env.revision_on(day) or env.ruleset
    presumed = next((one.period.presumed for one in revision.duties if one.id == duty.id), None)
    if presumed is None:
        revision, presumed = env.ruleset, duty.period.presumed
    if presumed is None or presumed.amount is None:
        return None
    amount = value_of(presumed.amount, revision, env.names)
    # The revision of that day may have looked at a table that there no longer is.
    if isinstance(amount, Unknown) and (
        presumed.amount.kind is RefKind.FACT or presumed.amount.name in env.names
    ):
        env.note_missing(presumed.amount.name, duty.id)
    if not isinstance(amount, int):
        return None
    check_length(amount, presumed, duty.title)
    return amount, presumed.unit


def _nothing_starts(period: Period, env: Environment) -> bool:
    """Whether a period starts with an event that has not happened, as most do."""
    return period.start.kind is RefKind.EVENT_AT and not env.events_of(period.start.name)


def _named_starts(period: Period, env: Environment, duty: Duty) -> Iterator[Start]:
    reference = period.start
    if reference.kind is RefKind.EVENT_AT:
        events = env.events_of(reference.name)
        for event in events:
            yield Start(event.at, event.id, event.recipient_key, occasion=Occasion(event, events))
        return
    if reference.kind is RefKind.EVENT_ATTRIBUTE:
        events = env.events_of(reference.name)
        for event in events:
            value = event.attributes.get(reference.member)
            if isinstance(value, date):
                occasion = Occasion(event, events)
                yield Start(first_moment(value), event.id, event.recipient_key, occasion=occasion)
        return
    moment = env.resolve(reference)
    if isinstance(moment, date):
        yield Start(first_moment(moment))
    elif isinstance(moment, Unknown):
        env.note_missing(reference.name, duty.id)
