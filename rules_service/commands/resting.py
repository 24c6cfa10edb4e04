"""What answers rest on beside plain texts: conventions, unverified figures, unchecked quotes, departures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Protocol

from rules_service.engine.figures import counts_of
from rules_service.engine.index import Unknown
from rules_service.engine.keeping import Kept
from rules_service.engine.outcome import DutyOutcome, DutyState, Outcome, TableOutcome
from rules_service.engine.tables import Decided, State, ranked
from rules_service.language.model.basis import Citation, Departure
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import HitPolicy, Table

MOST_KEPT = 10_000
Reliances = Mapping[bytes, None]


class Relier(Protocol):
    """What turns citations into reliances."""

    def departure(self, place: str, departure: Departure) -> bytes:
        """What a rule departs from, serialised."""

    def reliance(self, place: str, citation: Citation) -> bytes | None:
        """What rests on a citation that is not the plain words of a source at hand, serialised."""


def cited_by(ruleset: Ruleset, name: str) -> Iterator[tuple[str, Citation]]:
    """The citations of a parameter, of a count with what it looks at, of an elapsed time; a fact has none."""
    place = f"{ruleset.id}/{name}"
    if name in ruleset.parameters:
        yield from ((place, citation) for citation in ruleset.parameters[name].citations)
    for elapsed in ruleset.elapsed:
        if elapsed.name == name:
            yield from ((place, citation) for citation in elapsed.citations)
    for count in ruleset.counts:
        if count.name == name:
            yield from ((place, citation) for citation in count.citations)
            looked_at = {inner for condition in count.where for inner in condition.names} - {name}
            for inner in sorted(looked_at):
                yield from cited_by(ruleset, inner)


def reliances(cite: Relier, cited: Iterable[tuple[str, Citation]]) -> dict[bytes, None]:
    """What rests on some citations, each with the place that has it."""
    found = (cite.reliance(place, citation) for place, citation in cited)
    return dict.fromkeys(reliance for reliance in found if reliance is not None)


@dataclass(frozen=True, slots=True)
class TableResting:
    """What the decisions of a table rest on: its rows by themselves, and each of their cells."""

    table: Table
    rows: tuple[Reliances, ...]
    cells: tuple[tuple[Reliances, ...], ...]
    looking: tuple[int, ...]
    """The rows with cells that rest on something, in their order."""

    @classmethod
    def of(cls, ruleset: Ruleset, table: Table, cite: Relier) -> "TableResting":
        """Works out once what there is to rest on."""
        rows = []
        for row in table.rows:
            place = f"{ruleset.id}/{table.id}/{row.id}"
            cited = [(place, citation) for citation in row.citations]
            for name in sorted(row.parameters):
                cited += cited_by(ruleset, name)
            found = reliances(cite, cited)
            if row.departs_from is not None:
                found[cite.departure(place, row.departs_from)] = None
            rows.append(found)

        def of_names(names: Iterable[str]) -> Reliances:
            return reliances(cite, (cited for name in sorted(names) for cited in cited_by(ruleset, name)))

        cells = tuple(
            tuple(
                {} if test.anything else of_names(test.parameters | {name})
                for name, test in zip(table.inputs, row.tests, strict=True)
            )
            for row in table.rows
        )
        looking = tuple(number for number, row in enumerate(cells) if any(row))
        return cls(table, tuple(rows), cells, looking)

    def on(self, outcome: TableOutcome) -> dict[bytes, None]:
        """What a decision rests on: the rows that were found, and the cells that kept others out.

        A row that a cell keeps out which rests on nothing is out whatever the others say.
        """
        found: dict[bytes, None] = {}
        for row in outcome.decided.rows:
            found |= self.rows[row]
            for cell in self.cells[row]:
                found |= cell
        for row in self._passed_over(outcome.decided):
            refusing = [
                cell
                for cell, test, value in zip(
                    self.cells[row], self.table.rows[row].tests, outcome.values, strict=True
                )
                if not isinstance(value, Unknown) and not test.allows(value)
            ]
            if all(refusing):
                for cell in refusing:
                    found |= cell
        return found

    def _passed_over(self, decided: Decided) -> Iterable[int]:
        """Of the rows that look at what rests on something, those that would have made another decision."""
        if decided.state is State.NO_MATCH:
            return self.looking
        if decided.state is State.UNDECIDED:
            return ()
        match self.table.hit:
            case HitPolicy.UNIQUE | HitPolicy.ANY:
                return ()
            case HitPolicy.FIRST:
                return takewhile(lambda row: row < decided.rows[0], self.looking)
            case HitPolicy.PRIORITY:
                order = ranked(self.table, [*self.looking, decided.rows[0]])
                return takewhile(lambda row: row != decided.rows[0], order)
            case _:
                return [row for row in self.looking if row not in decided.rows]


class Resting:
    """What is beside the tables of one rulebook's answers, worked out once for each rule."""

    def __init__(self, cite: Relier) -> None:
        """Takes what turns citations into reliances."""
        self._cite = cite
        self._names = Kept[tuple[str, date, str], Reliances](MOST_KEPT)
        self._duties = Kept[tuple[object, ...], Reliances](MOST_KEPT)

    def named(self, ruleset: Ruleset, name: str) -> Reliances:
        """What a name of a ruleset rests on."""
        key = (ruleset.revision, ruleset.in_force_from, name)
        found = self._names.get(key)
        if found is None:
            found = self._names.keep(key, reliances(self._cite, cited_by(ruleset, name)))
        return found

    def duty(self, outcome: DutyOutcome) -> dict[bytes, None]:
        """What a duty rests on, under each rule that became one in it; nothing where it has not started."""
        found: dict[bytes, None] = {}
        for stated in outcome.one_of or (outcome,):
            if stated.state is not DutyState.NOT_STARTED:
                found |= self._stated(stated)
        return found

    def _stated(self, outcome: DutyOutcome) -> Reliances:
        ruleset, duty = outcome.ruleset, outcome.duty
        ended = outcome.citations if outcome.citations is not duty.citations else ()
        key = (ruleset.revision, ruleset.in_force_from, duty.id, outcome.rests_on, ended)
        known = self._duties.get(key)
        if known is not None:
            return known
        place = f"{ruleset.id}/{duty.id}"
        found = reliances(self._cite, ((place, citation) for citation in outcome.citations))
        for name in sorted(outcome.rests_on):
            found |= self.named(ruleset, name)
        if duty.departs_from is not None:
            found[self._cite.departure(place, duty.departs_from)] = None
        return self._duties.keep(key, found)

    def papers(self, outcome: Outcome) -> dict[bytes, None]:
        """What the conditions and the fields of papers rest on."""
        found: dict[bytes, None] = {}
        for paper in outcome.papers:
            for ruleset, name, _ in paper.rests_on:
                found |= self.named(ruleset, name)
        return found

    def figures(self, outcome: Outcome) -> dict[bytes, None]:
        """What times that went by, indicators, groups, indexes and their weights rest on."""
        found: dict[bytes, None] = {}
        for one in outcome.elapsed.values():
            found |= self.named(one.ruleset, one.rule.name) if isinstance(one.number, int) else {}
        for figure in outcome.indicators:
            place = f"{figure.ruleset.id}/{figure.rule.id}"
            found |= reliances(self._cite, ((place, citation) for citation in figure.rule.citations))
            for name in counts_of(figure.rule.figure) if figure.is_decided else ():
                found |= self.named(figure.ruleset, name)
            for duty in figure.duties:
                found |= self.duty(duty)
        for group in outcome.groups:
            for name in (group.count.name, group.count.least.name if group.count.least else ""):
                found |= self.named(group.ruleset, name)
        for index in outcome.indexes:
            place = f"{index.ruleset.id}/{index.rule.id}"
            found |= reliances(self._cite, ((place, citation) for citation in index.rule.citations))
            for part in index.rule.parts:
                found |= self.named(index.ruleset, part.weight.name)
        return found
