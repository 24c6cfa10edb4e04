"""What looks at an elapsed time, and so at which of its numbers something may change."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rules_service.language.behind import decides_duty, facts_behind
from rules_service.language.model.elapsed import Elapsed
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.unary import UnaryTest


@dataclass(frozen=True, slots=True)
class Watch:
    """An elapsed time with all that looks at it: what may change when it grows.

    `points` are the numbers that something tells apart from the number before, `begins` whether something
    tells nought from no value. `shown` says that its number itself goes into an answer or into chained
    rules, `lengthens` that some period is as long: then every number is told apart. `duties` hang on it.
    """

    rule: Elapsed
    points: tuple[int, ...]
    begins: bool
    shown: bool
    lengthens: bool
    duties: frozenset[str]

    @classmethod
    def of(cls, ruleset: Ruleset) -> tuple["Watch", ...]:
        """The elapsed times of a ruleset."""
        return tuple(_watch(rule, ruleset) for rule in ruleset.elapsed)

    def next_number(self, number: int | None, *, every: bool) -> int | None:
        """The next number that is told apart from this one, as `every` one may be; None without one."""
        if every or (number is None and self.begins):
            return 0 if number is None else number + 1
        after = bisect_right(self.points, number or 0)
        return self.points[after] if after < len(self.points) else None


def _watch(rule: Elapsed, ruleset: Ruleset) -> Watch:
    tests = list(_tests(rule.name, ruleset))
    return Watch(
        rule,
        tuple(sorted({point for test in tests for point in _points(test)})),
        any(test.allows(0) != test.allows(None) for test in tests),
        rule.name in _shown(ruleset),
        rule.name in _amounts(ruleset),
        frozenset(
            duty.id
            for duty in ruleset.duties
            if any(rule.name in facts_behind(name, ruleset) for name in decides_duty(duty))
        ),
    )


def _points(test: UnaryTest) -> Iterator[int]:
    """The numbers at which a test ceases to hold or begins to."""
    for interval in test.intervals:
        for bound in (interval.low, interval.high):
            for number in (bound, bound + 1) if isinstance(bound, int) else ():
                if number > 0 and test.allows(number) != test.allows(number - 1):
                    yield number


def _tests(name: str, ruleset: Ruleset) -> Iterator[UnaryTest]:
    """All that an elapsed time is compared with."""
    for table in ruleset.tables:
        for number, column in enumerate(table.inputs):
            if column == name:
                yield from (row.tests[number] for row in table.rows)
    conditions = [condition for duty in ruleset.duties for condition in duty.when]
    conditions += [
        condition
        for duty in ruleset.duties
        for exemption in duty.unless
        for condition in exemption.conditions
    ]
    conditions += [condition for paper in _papers(ruleset) for condition in paper.when]
    conditions += [condition for count in ruleset.counts for condition in count.where]
    yield from (condition.test for condition in conditions if condition.input == name)


def _shown(ruleset: Ruleset) -> frozenset[str]:
    """The names that go into an answer or into chained rules as they are."""
    chained = {name for source in ruleset.chain_sources for _, name in source.elapsed}
    return frozenset(
        chained | {reference.name for paper in _papers(ruleset) for _, reference in paper.fields}
    )


def _amounts(ruleset: Ruleset) -> frozenset[str]:
    """The names that are the length of a period."""
    periods = [period for duty in ruleset.duties for period in (duty.period, duty.period.presumed)]
    return frozenset(period.amount.name for period in periods if period and period.amount)


def _papers(ruleset: Ruleset) -> Iterator[PaperRule]:
    for table in ruleset.tables:
        for row in table.rows:
            yield from row.papers
    for duty in ruleset.duties:
        yield from (*duty.papers, *duty.finding_papers)
    for chain in ruleset.chains:
        yield from chain.papers
