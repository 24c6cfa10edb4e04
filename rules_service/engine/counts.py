"""Counts the matters of an office over a period, and shares of their duties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rules_service.engine.case import Matter, Office
from rules_service.engine.environment import Environment
from rules_service.engine.evaluate import REPORT
from rules_service.engine.index import Known
from rules_service.engine.outcome import DutyOutcome, IndicatorOutcome, MissingFacts
from rules_service.language.model import Count, IndicatorRule, Ruleset
from rules_service.language.types import day_of


@dataclass(frozen=True, slots=True)
class Counted:
    """A matter that is in a count."""

    matter_id: str
    count: str


@dataclass(frozen=True, slots=True)
class CountResult:
    """The matters that count; uncertain where a matter's facts leave it open."""

    counted: tuple[Counted, ...]
    certain: bool


def without_reports(matter: Matter) -> Matter | None:
    """The matter without its requests that are reports (检举控告) and what happened to them.

    None where nothing is left.
    """
    name, report = REPORT
    if matter.facts.get(name) == report:
        return None
    kept = tuple(request for request in matter.requests if request.facts.get(name) != report)
    if not kept:
        return None
    named = {request.id for request in kept} | {""}
    return replace(
        matter, requests=kept, events=tuple(event for event in matter.events if event.request_id in named)
    )


def period_facts(office: Office) -> Mapping[str, Known]:
    """What the period is: a calendar month, quarter, year or something else."""
    first, after = office.first_day, office.last_day + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    whole = first.day == 1 and after.day == 1
    kinds = {1: "month", 3: "quarter", 12: "year"}
    kind = kinds.get(months, "other") if whole else "other"
    if (kind == "quarter" and first.month % 3 != 1) or (kind == "year" and first.month != 1):
        kind = "other"
    return {"period_kind": kind}


def count_matters(
    count: Count,
    matters: Sequence[Matter],
    office: Office,
    ruleset: Ruleset,
    missing: MissingFacts,
    at: datetime,
) -> CountResult:
    """Counts the matters one of whose requests qualifies and has an event of the named type in the period.

    What happens after the moment asked about has not happened.

    A matter whose facts leave it open makes the count uncertain, and the fact is noted as missing under
    the matter's id.
    """
    counted = []
    certain = True
    for matter in matters:
        happened = {
            event.request_id
            for event in matter.events
            if event.type == count.during and event.at <= at and _within(day_of(event.at), office)
        }
        if not happened:
            continue
        answers = [
            Environment(ruleset, matter.id, request, (), missing, lambda _: True).holds(count.where)
            for request in matter.requests
            if happened & {"", request.id}
        ]
        if True in answers:
            counted.append(Counted(matter.id, count.name))
        elif None in answers:
            certain = False
            for condition in count.where:
                if condition.input not in matter.facts:
                    missing.add(condition.input, matter.id, f"{ruleset.id}/{count.name}", unknown=False)
    return CountResult(tuple(counted), certain)


def _within(day: date, office: Office) -> bool:
    return office.first_day <= day <= office.last_day


def share(rule: IndicatorRule, ruleset: Ruleset, duties: Sequence[DutyOutcome]) -> IndicatorOutcome:
    """The share of duties of some concepts that stand in some states."""
    of = [duty.state.value for duty in duties if duty.duty.concept in rule.concepts]
    return IndicatorOutcome(
        ruleset,
        rule.id,
        sum(state in rule.part for state in of),
        sum(state in rule.whole for state in of),
        rule.citations,
    )
