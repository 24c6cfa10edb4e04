"""Writes elapsed times into messages."""

from collections.abc import Callable, Iterable, Iterator

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2
from rules_service.commands.owed import UNITS
from rules_service.engine.outcome import ElapsedOutcome

Explained = Callable[[ElapsedOutcome], tuple[str, list[common_pb2.Citation]]]


def known(outcomes: Iterable[ElapsedOutcome], explained: Explained) -> Iterator[pb.Elapsed]:
    """The elapsed times that have a value, with the days between which they were counted."""
    for outcome in outcomes:
        number, first, last = outcome.number, outcome.first_day, outcome.last_day
        if isinstance(number, int) and first and last:
            label, citations = explained(outcome)
            yield pb.Elapsed(
                name=outcome.rule.name,
                label=label,
                request_id=outcome.request_id,
                number=number,
                unit=UNITS[outcome.rule.unit],
                first_day=first.isoformat(),
                last_day=last.isoformat(),
                ruleset=outcome.ruleset.id,
                revision=outcome.ruleset.revision,
                citations=citations,
            )
