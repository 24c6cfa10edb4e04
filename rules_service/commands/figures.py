"""Writes an office's figures: indicators and indexes into messages."""

from collections.abc import Iterable

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.engine.figures import points, points_of
from rules_service.engine.outcome import Figure, IndexOutcome, IndicatorOutcome
from rules_service.language.model.figures import AverageDays, CountTotal, IndicatorRule
from rules_service.language.vocabulary import Vocabulary


def indicator(
    outcome: IndicatorOutcome, label: str, citations: Iterable[common_pb2.Citation], vocabulary: Vocabulary
) -> pb.Indicator:
    """A figure with what it was counted from."""
    rule = outcome.rule
    return pb.Indicator(
        code=rule.id,
        label=label,
        numerator=outcome.figure.numerator,
        denominator=outcome.figure.denominator,
        unit=_unit(rule, vocabulary),
        ruleset=outcome.ruleset.id,
        revision=outcome.ruleset.revision,
        citations=citations,
        undecided=outcome.figure.undecided,
        wanted=pb.Wanted.Value(f"WANTED_{rule.wanted.value.upper() or 'UNSPECIFIED'}"),
        earlier=_figure(outcome.earlier) if outcome.earlier else None,
        movement=pb.Movement.Value(f"MOVEMENT_{outcome.movement.value.upper()}"),
    )


def _unit(rule: IndicatorRule, vocabulary: Vocabulary) -> str:
    match rule.figure:
        case AverageDays():
            return "日"
        case CountTotal(of=count):
            return vocabulary.facts[count].unit
        case _:
            return "%"


def _figure(figure: Figure) -> pb.Figure:
    return pb.Figure(numerator=figure.numerator, denominator=figure.denominator, undecided=figure.undecided)


def index(outcome: IndexOutcome, label: str, citations: Iterable[common_pb2.Citation]) -> pb.Index:
    """An index with its parts open to view."""
    return pb.Index(
        code=outcome.rule.id,
        label=label,
        value=points(outcome.value),
        earlier_value=points(outcome.earlier),
        parts=[
            pb.Index.Part(
                indicator=part.rule.id, weight=weight, value=points(points_of(part.rule, part.figure))
            )
            for part, weight in zip(outcome.parts, outcome.weights, strict=True)
        ],
        ruleset=outcome.ruleset.id,
        revision=outcome.ruleset.revision,
        citations=citations,
    )
