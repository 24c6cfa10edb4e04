"""What a ruleset says of the facts alone, whatever has happened and whenever it is asked.

Its tables say what they say, and its duties apply or not, and for how long. Case systems tell the same few
facts again and again, so a ruling is kept under the values of the names that it looks at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from rules_service.engine.compiled import Compiled, Step
from rules_service.engine.environment import untold_of, value_of
from rules_service.engine.index import UNKNOWN, Cell, Unknown
from rules_service.engine.outcome import TableOutcome
from rules_service.engine.tables import Decided, State, decide
from rules_service.language.model.duties import Duty
from rules_service.language.model.references import Condition
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Row, Table

LONGEST_KEPT = 64

Untold = tuple[str, str]
"""A name without a value, and where it is asked for: the ruleset with its table or duty."""


class Part(NamedTuple):
    """Tables in their order, up to one with rows that call for more than its outputs."""

    outputs: Mapping[str, Cell]
    untold: Sequence[Untold]
    rows: Sequence[tuple[Table, Row]]


class Owing(NamedTuple):
    """A duty that applies, or would if more were told; `number` is its place among its like."""

    number: int
    duty: Duty
    untold: Sequence[Untold]
    applies: bool
    amount: int | None
    rests_on: frozenset[str]
    """The names on which it rests that it applies, and for how long."""


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """What the tables and the duties about one thing say; the tables as of no request."""

    tables: tuple[TableOutcome, ...]
    parts: tuple[Part, ...]
    outputs: Mapping[str, Cell]
    behind: Mapping[str, Sequence[str]]
    """The names without a value behind the outputs of undecided tables."""
    duties: tuple[Owing, ...]


def rule_on(compiled: Compiled, each: Each, names: Mapping[str, Cell], *, near: bool) -> Ruling:
    """What a revision says about one kind of thing of which these names are known.

    With `near` its tables tell their near misses. Raises ContradictionError where a table's rows contradict
    each other.
    """
    kept = compiled.rulings[each]
    values = tuple([names.get(name, UNKNOWN) for name in compiled.looks_at[each]])
    ruling = kept.get((near, values))
    if ruling is None:
        ruling = _rule(compiled, each, dict(names), near=near)
        if all(map(_may_be_kept, values)):
            kept.keep((near, values), ruling)
    return ruling


def _may_be_kept(value: Cell) -> bool:
    """Whether values that are equal are the same to the letter, and short."""
    return not isinstance(value, Decimal) and not (isinstance(value, str) and len(value) > LONGEST_KEPT)


def _rule(compiled: Compiled, each: Each, names: dict[str, Cell], *, near: bool) -> Ruling:
    tables: list[TableOutcome] = []
    parts: list[Part] = []
    outputs: dict[str, Cell] = {}
    behind: dict[str, Sequence[str]] = {}
    part = Part({}, [], [])
    for step in compiled.steps[each]:
        table = step.index.table
        values = tuple([names.get(name, UNKNOWN) for name in table.inputs])
        said = decide_table(compiled, step, values, near=near)
        tables.append(said)
        told = outputs_of(step, said.decided)
        place = f"{compiled.ruleset.id}/{table.id}"
        untold = _behind(behind, [table.inputs[column] for column in said.decided.open_columns])
        if said.decided.state is State.UNDECIDED:
            behind |= dict.fromkeys(told, untold)
        names |= told
        outputs |= told
        rows = [(table, table.rows[row]) for row in said.decided.rows if row in step.with_effects]
        part = Part(
            {**part.outputs, **told},
            [*part.untold, *((name, place) for name in untold)],
            rows,
        )
        if rows:
            parts.append(part)
            part = Part({}, [], [])
    if part.outputs or part.untold:
        parts.append(part)
    duties = _owings(compiled.ruleset, compiled.duties[each], names, behind)
    return Ruling(tuple(tables), tuple(parts), outputs, behind, tuple(duties))


def decide_table(compiled: Compiled, step: Step, values: tuple[Cell, ...], *, near: bool) -> TableOutcome:
    """What one table says of the values of its inputs, as of no request. Raises ContradictionError."""
    decided = decide(step.index, values, near=near)
    return TableOutcome(
        compiled.ruleset, step.index.table, compiled.readings, compiled.results, "", values, decided
    )


def outputs_of(step: Step, decided: Decided) -> dict[str, Cell]:
    """What a table's outputs are, by their names."""
    if decided.state is State.UNDECIDED:
        return dict.fromkeys(step.outputs, UNKNOWN)
    if step.index.table.aggregator:
        return dict.fromkeys(step.outputs, decided.aggregate)
    if not decided.rows:
        return dict.fromkeys(step.outputs)
    return dict(zip(step.outputs, step.index.table.rows[decided.rows[0]].outputs, strict=True))


def _behind(behind: Mapping[str, Sequence[str]], names: Sequence[str]) -> Sequence[str]:
    """Names without a value, and for an output of a table those for which the table is undecided."""
    return tuple(dict.fromkeys(fact for name in names for fact in behind.get(name, (name,))))


def _owings(
    ruleset: Ruleset,
    duties: Sequence[Duty],
    names: Mapping[str, Cell],
    behind: Mapping[str, Sequence[str]],
) -> Iterator[Owing]:
    """The duties that apply or may; an exception to a duty counts only where it is known to hold."""
    for number, duty in enumerate(duties):
        if any(untold_of(exemption.conditions, names) == [] for exemption in duty.unless):
            continue
        untold = untold_of(duty.when, names)
        if untold is None:
            continue
        applies = not untold
        amount = None
        reference = duty.period.amount
        if applies and reference is not None:
            value = value_of(reference, ruleset, names)
            amount = value if isinstance(value, int) else None
            applies = amount is not None
            if isinstance(value, Unknown):
                untold = [reference.name]
        if applies or untold:
            place = f"{ruleset.id}/{duty.id}"
            asked = [(name, place) for name in _behind(behind, untold)]
            yield Owing(number, duty, asked, applies, amount, _rests_on(duty, ruleset, names))


def _rests_on(duty: Duty, ruleset: Ruleset, names: Mapping[str, Cell]) -> frozenset[str]:
    """What its conditions and its length look at, and what refuses its exemptions.

    An exemption that plain facts refuse rests on nothing else.
    """
    found = {name for condition in duty.when for name in condition.names}
    if duty.period.amount is not None:
        found.add(duty.period.amount.name)
    made = {*ruleset.parameters, *(count.name for count in ruleset.counts)}
    for exemption in duty.unless:
        refused = [one.names for one in exemption.conditions if _refuses(one, names)]
        if all(one & made for one in refused):
            found.update(*refused)
    return frozenset(found)


def _refuses(condition: Condition, names: Mapping[str, Cell]) -> bool:
    value = names.get(condition.input, UNKNOWN)
    return not isinstance(value, Unknown) and not condition.test.allows(value)
