"""The share of an office's duties that stand in given states, and what leaves it open."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from rules_service.engine.case import Matter
from rules_service.engine.outcome import (
    ENDED_EARLY,
    UNDECIDED,
    DutyOutcome,
    DutyState,
    Figure,
    MissingFacts,
    Outcome,
)
from rules_service.engine.speaking import Speaker
from rules_service.language.model.duties import Duty
from rules_service.language.model.figures import DutyShare
from rules_service.language.model.periods import Period
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.types import day_of, last_second

_OVER = ENDED_EARLY | {DutyState.MET, DutyState.MET_LATE}


class Unsaid(NamedTuple):
    """A fact that was not told, on which it hangs whether a duty applies."""

    duty: Duty
    name: str
    unknown: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """What a matter obliges the office to, and what it may."""

    matter: Matter
    duties: Sequence[DutyOutcome]
    unsaid: Sequence[Unsaid]


@dataclass(slots=True)
class OwedTo:
    """Finds what matters oblige one office to."""

    office_id: str
    _duties: dict[str, list[Duty]] = field(default_factory=dict)
    """The duties of the rulesets met so far, by the place that a missing fact names."""
    _known: set[str] = field(default_factory=set)

    def by(self, matter: Matter, speakers: Iterable[Speaker], said: Outcome) -> Owed:
        """What a matter obliges the office to, after what the rulesets SAID about it."""
        duties = [duty for duty in said.duties if duty.obliged_office in {"", self.office_id}]
        if not said.missing.places:
            return Owed(matter, duties, ())
        self._meet(speakers)
        unsaid = [
            Unsaid(duty, name, said.missing.told_unknown[name, request_id])
            for (name, request_id), places in said.missing.places.items()
            for place in places
            for duty in self._duties.get(place, ())
            if self._obliged(duty, matter, request_id)
        ]
        return Owed(matter, duties, unsaid)

    def _meet(self, speakers: Iterable[Speaker]) -> None:
        for speaker in speakers:
            ruleset = speaker.compiled.ruleset
            if ruleset.name not in self._known:
                self._known.add(ruleset.name)
                for duty in ruleset.duties:
                    self._duties.setdefault(f"{ruleset.id}/{duty.id}", []).append(duty)

    def _obliged(self, duty: Duty, matter: Matter, request_id: str) -> bool:
        request = next((one for one in matter.requests if one.id == request_id), matter.whole())
        return request.facts.get(duty.obliged) in {None, self.office_id}


class Began(NamedTuple):
    """The days on which the duties of a period began; without an end those that may yet begin too."""

    first: date | None
    last: date | None

    def holds(self, started_at: datetime | None) -> bool:
        """Whether a duty that started then, or has not, is of the period."""
        if started_at is None:
            return self.last is None
        day = day_of(started_at)
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def share(
    figure: DutyShare, owed: Iterable[Owed], began: Began, at: datetime, place: str, missing: MissingFacts
) -> Figure:
    """The share of some duties that stand in the states of its part among those in the states of its whole.

    Undecided where a fact that was not told leaves open whether there is such a duty, or where one that is
    not over may be by now without that having been told. What would decide it is noted in MISSING; PLACE is
    where the share stands.
    """
    part = whole = 0
    decided = True
    for one in owed:
        for duty in _looked_at(figure, one, began):
            part += duty.state.value in figure.part
            whole += duty.state.value in figure.whole
        if _may_have_moved(figure, one, began, at):
            decided = False
            missing.add(place.rpartition("/")[2], one.matter.id, place, unknown=False)
        for unsaid in _open(figure, one, began, at):
            decided = False
            missing.add(unsaid.name, one.matter.id, place, unknown=unsaid.unknown)
    return Figure(part, whole) if decided else UNDECIDED


def shared(figure: DutyShare, owed: Iterable[Owed], began: Began) -> Iterator[DutyOutcome]:
    """The duties that a share looks at, one of a kind."""
    seen = set()
    for one in owed:
        for duty in _looked_at(figure, one, began):
            for stated in duty.one_of or (duty,):
                kind = (stated.ruleset.name, stated.ruleset.in_force_from, stated.duty.id, stated.rests_on)
                if kind not in seen:
                    seen.add(kind)
                    yield stated


def _looked_at(figure: DutyShare, one: Owed, began: Began) -> Iterator[DutyOutcome]:
    for duty in one.duties:
        if duty.duty.concept in figure.concepts and began.holds(duty.started_at):
            yield duty


def _may_have_moved(figure: DutyShare, one: Owed, began: Began, at: datetime) -> bool:
    """Whether a duty may stand elsewhere, or have begun in time, by what was not told."""
    begun_by = at if began.last is None else min(at, last_second(began.last))
    return any(
        not one.matter.is_told_until(at if began.holds(duty.started_at) else begun_by)
        for duty in one.duties
        if duty.duty.concept in figure.concepts
        and duty.state not in _OVER
        and (duty.started_at is None or began.holds(duty.started_at))
    )


def _open(figure: DutyShare, one: Owed, began: Began, at: datetime) -> Iterator[Unsaid]:
    """The facts on which a duty hangs that may have begun in time."""
    for unsaid in one.unsaid:
        if unsaid.duty.concept in figure.concepts and _may_have_begun(unsaid.duty, one.matter, began, at):
            yield unsaid


def _may_have_begun(duty: Duty, matter: Matter, began: Began, at: datetime) -> bool:
    """Whether a duty can have begun on the days of a period, were it known to apply."""
    period = duty.period
    if any(it is not None and it.kind is not RefKind.EVENT_AT for it in (period.start, *_bases(period))):
        return True
    kinds = {it.name for it in (period.start, *_bases(period))}
    started = [event.at for event in matter.events if event.type in kinds and event.at <= at]
    # A start may be presumed a while after what happened.
    first = None if _bases(period) else began.first
    if any(Began(first, began.last or date.max).holds(moment) for moment in started):
        return True
    return not matter.is_told_until(at if began.last is None else min(at, last_second(began.last)))


def _bases(period: Period) -> Sequence[Reference]:
    return [period.presumed.start] if period.presumed else []
