"""Answers of rulesets that say the same at any moment, about matters that tell facts and nothing else.

What a table says of the same values is the same bytes each time: so they are kept, as many as a bound
allows. What calls for more than bytes (a fact not told, a row with candidates, findings or papers, a chained
rule that calls for papers) gives None, and the question takes the way that all others take.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from rules_service.commands.writing import AnswerWriter
from rules_service.engine.compiled import Compiled, Step
from rules_service.engine.index import UNKNOWN, Cell, Known
from rules_service.engine.outcome import Outcome
from rules_service.engine.ruling import decide_table, may_be_kept, outputs_of
from rules_service.engine.tables import ContradictionError, State
from rules_service.language.model.subjects import Each
from service_kit.problems import RefusedError

MOST_KEPT = 1024

Values = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a table says of some values."""

    decision: bytes
    reliances: Mapping[bytes, None]
    outputs: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class _PlainStep:
    step: Step
    values: Callable[[Mapping[str, Cell]], Values]
    told_on: bool
    """Whether a later table looks at what this one says."""
    said: dict[Values, _Said] = field(default_factory=dict)


class PlainAnswers:
    """The decisions of one revision in one view."""

    def __init__(self, compiled: Compiled, writer: AnswerWriter) -> None:
        """Takes a revision for which `is_timeless` holds."""
        self._compiled = compiled
        self._told_only = tuple(compiled.ruleset.told_only)
        self._writer = writer
        steps = [step for each in (Each.MATTER, Each.REQUEST) for step in compiled.steps[each]]
        looked_at = {name for step in steps for name in step.index.table.inputs}
        self._steps = [
            _PlainStep(step, _values_of(step.index.table.inputs), not looked_at.isdisjoint(step.outputs))
            for step in steps
        ]
        self._with_papers = {chain.rule.id for chain in compiled.ruleset.chains if chain.papers}
        nobody, somebody = Outcome(), Outcome()
        somebody.use(compiled.ruleset)
        self._having_said = writer.ending(somebody)
        self._having_found_nothing = self._having_said if self._steps else writer.ending(nobody)

    @property
    def chained_kinds(self) -> Collection[str]:
        """The kinds of facts beside a matter that the chained rules look at."""
        return self._compiled.chains.fields if self._compiled.chains else ()

    def answer(
        self,
        key: bytes,
        names: dict[str, Cell],
        related: Sequence[tuple[str, Mapping[str, Known]]],
        head: bytes,
        asked: bytes,
    ) -> bytes | None:
        """The answer, serialised, as `AnswerWriter.answer` gives it.

        KEY is the matter's, with its tag and length. NAMES, the facts told, are used up. Of the facts beside
        the matter those of other kinds than `chained_kinds` may be left out.
        """
        for name in self._told_only:
            names.setdefault(name, None)
        decisions = []
        reliances: dict[bytes, None] = {}
        for plain in self._steps:
            try:
                values = plain.values(names)
            except KeyError:
                values = tuple(names.get(name, UNKNOWN) for name in plain.step.index.table.inputs)
            said = plain.said.get(values) or self._say(plain, values)
            if said is None:
                return None
            decisions.append(said.decision)
            if said.reliances:
                reliances |= said.reliances
            if plain.told_on:
                names |= said.outputs
        ending = self._having_found_nothing
        if related and (chains := self._compiled.chains) is not None:
            facts = [chains.fact(kind, fields) for kind, fields in related]
            try:
                findings = chains.find(key[2:].decode(), facts)
            except RefusedError:
                return None
            for finding in findings:
                if finding.rule in self._with_papers:
                    return None
                decisions.append(self._writer.findings.field(finding))
                reliances |= self._writer.findings.reliances(finding)
            if findings:
                ending = self._having_said
        said_on = b"".join(reliances) if self._writer.reasons else b""
        return self._writer.joined(ending, head, asked, b"".join(decisions), said_on)

    def _say(self, plain: _PlainStep, values: Values) -> _Said | None:
        step = plain.step
        try:
            table = decide_table(self._compiled, step, values, near=self._writer.full)
        except ContradictionError:
            return None
        decided = table.decided
        if decided.state is State.UNDECIDED or not step.with_effects.isdisjoint(decided.rows):
            return None
        said = _Said(
            self._writer.decision(table), self._writer.reliances_of(table), outputs_of(step, decided)
        )
        if len(plain.said) < MOST_KEPT and all(map(may_be_kept, values)):
            plain.said[values] = said
        return said


def _values_of(names: tuple[str, ...]) -> Callable[[Mapping[str, Cell]], Values]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda known: tuple(known[name] for name in names)
