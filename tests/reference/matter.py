"""Duties walked moment by moment: what a clerk with a calendar and the file would say; no code of the engine.

States are worked out for a moment from what had happened by then; when a state will change is found by asking
again at each later moment at which something could.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from tests.reference.deadlines import SHANGHAI, Interval, Off, end_of_hours, last_day, roll

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Happened:
    type: str
    at: datetime
    id: str = ""
    ended_at: datetime | None = None
    recipient: str = ""
    days: int | None = None
    until: date | None = None
    role: str = ""
    official: str = ""


@dataclass(frozen=True)
class PlainDuty:
    """A duty from an event; `unit` is clock_hours, calendar_days or working_days; amount None: no number.

    `extended_role` is who has to grant the days, `extended_at_most` None: as many as are granted;
    `extended_late`: also those granted when the period is over.
    """

    start: str
    amount: int | None
    unit: str
    met_by: tuple[str, ...]
    met_by_any: bool = False
    presumed_from: str = ""
    presumed_amount: int = 0
    presumed_unit: str = "calendar_days"
    extended_by: str = ""
    extended_at_most: int | None = 0
    extended_role: str = ""
    extended_late: bool = False
    pauses: tuple[str, ...] = ()
    discharged_by: tuple[str, ...] = ()
    void_by: tuple[str, ...] = ()
    lead: timedelta = timedelta(days=3)
    by_petitioner: bool = False


@dataclass(frozen=True)
class Ran:
    """One run of a duty at a moment."""

    state: str
    started_at: datetime | None = None
    event: str = ""
    recipient: str = ""
    amount: int = 0
    due: datetime | None = None
    latest: datetime | None = None
    met_at: datetime | None = None
    violated: bool = False
    changes: datetime | None = None
    start: str = field(default="", compare=False)
    """The event that it started by, or is presumed from."""


@dataclass(frozen=True)
class File:
    """What is known: events, up to when silence means that nothing happened, the days off."""

    events: tuple[Happened, ...]
    complete_until: datetime | None
    off: Off

    def known(self, at: datetime) -> datetime:
        return min(at, self.complete_until) if self.complete_until else at

    def happened(self, kind: str, at: datetime) -> list[Happened]:
        return [e for e in self.events if e.type == kind and e.at <= at]

    def happened_to(self, recipient: str, kind: str, at: datetime, since: datetime) -> list[Happened]:
        """What has happened since to a recipient, or to all; where there is none, to anyone."""
        events = [e for e in self.happened(kind, at) if e.at >= since]
        return [e for e in events if e.recipient in {"", recipient}] if recipient else events


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def in_time(moment: datetime, last: datetime) -> bool:
    """A last second lasts until the next begins."""
    return moment < last + SECOND


def ends(
    duty: PlainDuty, start: datetime, amount: int, pauses: Sequence[Interval], off: Off
) -> tuple[datetime, datetime]:
    if duty.unit == "clock_hours":
        end = end_of_hours(start, amount, pauses)
        return end, end
    last = last_day(start, amount, duty.unit == "working_days", off, pauses)
    rolled = roll(last, start, off, pauses)
    return end_of(rolled if duty.by_petitioner else last), end_of(rolled)


@dataclass(frozen=True)
class Start:
    at: datetime
    event: Happened
    counts_from: datetime
    presumed: bool = False


def concern_the_same(one: Happened, other: Happened) -> bool:
    """What is told to nobody in particular concerns everybody."""
    return not one.recipient or not other.recipient or one.recipient == other.recipient


def starts(duty: PlainDuty, file: File, at: datetime) -> list[Start]:
    """A happening gets its start presumed where none was recorded in its time, whatever else happened then.

    What is recorded for a happening whose start was presumed comes too late to start anything.
    """
    recorded = file.happened(duty.start, at)
    bases = file.happened(duty.presumed_from, at) if duty.presumed_from else []
    found = []
    late: list[Happened] = []
    for base in bases:
        is_first = next(one for one in bases if concern_the_same(one, base)) is base
        end = presumed_at(duty, base, file)
        began = any(
            concern_the_same(base, record) and (is_first or record.at >= base.at) and in_time(record.at, end)
            for record in recorded
        ) or any(record.at < base.at and happening_of(record, bases) is base for record in recorded)
        if began or in_time(file.known(at), end):
            continue
        by_hours = "clock_hours" in {duty.unit, duty.presumed_unit}
        found.append(
            Start(
                end if by_hours else datetime.combine(end.date(), time(), SHANGHAI),
                base,
                base.at,
                presumed=True,
            )
        )
        late += [record for record in recorded if happening_of(record, bases) is base]
    return found + [Start(e.at, e, e.at) for e in recorded if not any(e is one for one in late)]


def happening_of(record: Happened, bases: Sequence[Happened]) -> Happened | None:
    """The last happening that led up to a record, or the first at all."""
    near = [base for base in bases if concern_the_same(base, record)]
    before = [base for base in near if base.at <= record.at]
    return before[-1] if before else near[0] if near else None


def presumed_at(duty: PlainDuty, base: Happened, file: File) -> datetime:
    """The last moment at which the start could have been recorded."""
    if duty.presumed_unit == "clock_hours":
        return end_of_hours(base.at, duty.presumed_amount, ())
    return end_of(last_day(base.at, duty.presumed_amount, False, file.off, ()))


def done(duty: PlainDuty, file: File, at: datetime, start: Start) -> Happened | None:
    firsts = []
    for kind in duty.met_by:
        fitting = file.happened_to(start.event.recipient, kind, at, start.counts_from)
        firsts.append(fitting[0] if fitting else None)
    there = [e for e in firsts if e is not None]
    if duty.met_by_any:
        return min(there, key=lambda e: e.at) if there else None
    if not there or len(there) < len(firsts):
        return None
    return max(there, key=lambda e: e.at)


def granted(duty: PlainDuty, file: File, at: datetime, start: Start, by: datetime) -> int:
    days = 0
    for e in file.happened_to(start.event.recipient, duty.extended_by, at, start.counts_from):
        by_whom_it_takes = not duty.extended_role or (e.role == duty.extended_role and e.official != "")
        if in_time(e.at, by) and by_whom_it_takes:
            days += e.days or 0
    return days if duty.extended_at_most is None else min(days, duty.extended_at_most)


def state_at(duty: PlainDuty, file: File, at: datetime, start: Start) -> Ran:
    """As `_late_or_not` says; a petitioner who lets a window pass violates nothing."""
    ran = _late_or_not(duty, file, at, start)
    return replace(ran, violated=ran.violated and not duty.by_petitioner)


def _late_or_not(duty: PlainDuty, file: File, at: datetime, start: Start) -> Ran:
    """All but when it changes next."""
    stops = [e for kind in duty.pauses for e in file.happened_to(start.event.recipient, kind, at, start.at)]
    pauses = [(e.at, e.ended_at or at) for e in stops if e.at < (e.ended_at or at)]
    told_by = "" if start.presumed else start.event.id
    ran = Ran("pending", start.at, told_by, start.event.recipient, start=start.event.id)
    if duty.amount is not None:
        due, latest = ends(duty, start.at, duty.amount, pauses, file.off)
        bounds = (at, at) if duty.extended_late else (due, latest)
        amount, lawful = (duty.amount + granted(duty, file, at, start, by) for by in bounds)
        due, _ = ends(duty, start.at, amount, pauses, file.off)
        _, latest = ends(duty, start.at, lawful, pauses, file.off)
        ran = replace(ran, amount=amount, due=due, latest=latest)
    met = done(duty, file, at, start)
    ran = replace(ran, met_at=met.at if met else None)
    endings = [
        (e.at, state)
        for kinds, state in ((duty.discharged_by, "discharged"), (duty.void_by, "void"))
        for kind in kinds
        for e in file.happened_to(start.event.recipient, kind, at, start.counts_from)
        if met is None or e.at < met.at
    ]
    if endings:
        ended, state = min(endings, key=lambda item: item[0])
        late = ran.latest is not None and not in_time(ended, ran.latest) and state != "void"
        return replace(ran, state=state, violated=late)
    if met is not None:
        late = ran.latest is not None and not in_time(met.at, ran.latest)
        state = "met_late" if ran.due is not None and not in_time(met.at, ran.due) else "met"
        return replace(ran, state=state, violated=late)
    by_hours = duty.unit == "clock_hours"
    for e in stops:
        running = e.ended_at is None or e.ended_at > at
        begun = ran.due is None or (e.at < ran.due if by_hours else in_time(e.at, ran.due))
        if running and begun:
            return replace(ran, state="suspended")
    if ran.due is None or ran.latest is None:
        return ran
    known = file.known(at)
    if not in_time(known, ran.due):
        return replace(ran, state="overdue", violated=not in_time(known, ran.latest))
    return replace(ran, state="due_soon" if at >= ran.due - duty.lead else "pending")


def run(duty: PlainDuty, file: File, at: datetime) -> list[Ran]:
    """The duty once for each start, in any order, or once as not started."""
    told = replace(file, events=tuple(e for e in file.events if e.at <= at))
    found = [state_at(duty, told, at, start) for start in starts(duty, told, at)] or [Ran("not_started")]
    return [replace(ran, changes=next_change(duty, told, at, ran)) for ran in found]


def next_change(duty: PlainDuty, file: File, at: datetime, ran: Ran) -> datetime | None:
    """The first later moment at which the state or the violation is another, if nothing more happens.

    A pause that has not ended goes on; whoever knows only up to a moment learns nothing by waiting.
    """
    moments = {at + SECOND}
    if ran.due is not None and ran.latest is not None:
        moments |= {ran.due - duty.lead, ran.due, ran.due + SECOND, ran.latest + SECOND}
    moments |= {e.ended_at for e in file.events if e.ended_at}
    for base in file.happened(duty.presumed_from, at):
        moments.add(presumed_at(duty, base, file) + SECOND)
    for moment in sorted(moments):
        if moment > at:
            later = [state_at(duty, file, moment, start) for start in starts(duty, file, moment)]
            same = [run for run in later or [Ran("not_started")] if run.start == ran.start]
            if all((run.state, run.violated) != (ran.state, ran.violated) for run in same):
                return moment
    return None
