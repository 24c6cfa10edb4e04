"""What an office's counts and duties give as figures: indicators, their movement, and indexes over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from rules_service.engine.counts import CountResult
from rules_service.engine.outcome import (
    UNDECIDED,
    Figure,
    IndexOutcome,
    IndicatorOutcome,
    MissingFacts,
    Movement,
)
from rules_service.engine.shares import Began, Owed, share, shared
from rules_service.engine.waits import average
from rules_service.language.model.figures import (
    AverageDays,
    CountShare,
    CountTotal,
    DutyShare,
    IndexRule,
    IndicatorRule,
    Wanted,
)
from rules_service.language.model.references import Reference
from rules_service.language.model.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Material:
    """What figures of one period are made of; `counts` by their names."""

    counts: Mapping[str, CountResult]
    owed: Sequence[Owed]
    began: Began
    at: datetime
    missing: MissingFacts


def counts_of(figure: DutyShare | CountShare | CountTotal | AverageDays) -> tuple[str, ...]:
    """The counts that a figure is made of, by their names."""
    match figure:
        case CountShare(part, whole):
            return part, whole
        case CountTotal(of) | AverageDays(of):
            return (of,)
        case DutyShare():
            return ()


def indicator(
    rule: IndicatorRule, ruleset: Ruleset, now: Material, earlier: Material | None
) -> IndicatorOutcome:
    """An indicator over a period, beside that of an earlier period where one is asked for."""
    figure = _figure(rule, ruleset, now)
    before = _figure(rule, ruleset, earlier) if earlier else None
    duties = [
        duty
        for of, found in ((now, figure), (earlier, before))
        if of and found and not found.undecided and isinstance(rule.figure, DutyShare)
        for duty in shared(rule.figure, of.owed, of.began)
    ]
    return IndicatorOutcome(
        ruleset, rule, figure, before, _movement(rule.wanted, figure, before), tuple(duties)
    )


def _figure(rule: IndicatorRule, ruleset: Ruleset, of: Material) -> Figure:
    match rule.figure:
        case DutyShare():
            return share(rule.figure, of.owed, of.began, of.at, f"{ruleset.id}/{rule.id}", of.missing)
        case CountShare(part, whole):
            parts, wholes = of.counts[part], of.counts[whole]
            if not (parts.certain and wholes.certain):
                return UNDECIDED
            return Figure(parts.number, wholes.number)
        case CountTotal(of=name):
            counted = of.counts[name]
            return Figure(counted.number, 1) if counted.certain else UNDECIDED
        case AverageDays(of=name):
            counted = of.counts[name]
            if not counted.certain:
                return UNDECIDED
            return average(rule.figure, counted, ruleset, of.at, rule.id, of.missing)


def _movement(wanted: Wanted, now: Figure, before: Figure | None) -> Movement:
    if before is None or wanted is Wanted.NOT_SAID or now.value is None or before.value is None:
        return Movement.NOT_SAID
    if now.value == before.value:
        return Movement.UNCHANGED
    return Movement.AS_WANTED if (now.value > before.value) is (wanted is Wanted.UP) else Movement.AGAINST


def index(rule: IndexRule, ruleset: Ruleset, indicators: Sequence[IndicatorOutcome]) -> IndexOutcome:
    """The weighted mean of some indicators from 0 to 100; no value where one of them has none.

    What is wanted to go down counts by what is left of the whole; a share above the whole counts as it.
    """
    by_name = {outcome.rule.id: outcome for outcome in indicators}
    parts = [by_name[part.indicator] for part in rule.parts]
    weights = [_weight(part.weight, ruleset) for part in rule.parts]
    return IndexOutcome(
        ruleset,
        rule,
        _mean([points_of(part.rule, part.figure) for part in parts], weights),
        _mean([points_of(part.rule, part.earlier) for part in parts], weights),
        tuple(parts),
        tuple(weights),
    )


def points(value: Fraction | None) -> str:
    """A value of an index as decimals with two places, a half rounded up; empty where there is none."""
    if value is None:
        return ""
    hundredths = (value * 100 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _weight(reference: Reference, ruleset: Ruleset) -> int:
    value = ruleset.parameters[reference.name].at(ruleset.in_force_from)
    return value if isinstance(value, int) else 0


def points_of(rule: IndicatorRule, figure: Figure | None) -> Fraction | None:
    """What an indicator gives to an index, from 0 to 100; None where it has no value."""
    if figure is None or figure.value is None:
        return None
    share = min(figure.value, Fraction(1))
    return 100 * (share if rule.wanted is Wanted.UP else 1 - share)


def _mean(points: Sequence[Fraction | None], weights: Sequence[int]) -> Fraction | None:
    known = [point for point in points if point is not None]
    if not points or len(known) < len(points):
        return None
    return sum((p * w for p, w in zip(known, weights, strict=True)), Fraction(0)) / sum(weights)
