"""Runs a ruleset's chained rules over a matter: gathers their facts and tells what they find."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rules_service.engine.case import Matter
from rules_service.engine.chaining import Finding, KeptFirings, open_engine
from rules_service.engine.clock import Clock
from rules_service.engine.index import Known, Unknown
from rules_service.engine.outcome import (
    FINDING,
    DutyOutcome,
    DutyState,
    FindingOutcome,
    deterministic_id,
)
from rules_service.language.chain_rules import ChainProgram, ChainRule, Fact, FactConclusion, FactKind, Scalar
from rules_service.language.chains import FIELD_TYPES
from rules_service.language.model.chains import ChainedRule, ChainSource
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.vocabulary import Vocabulary

SCALARS = (str, int, date)


@dataclass(frozen=True, slots=True)
class ChainCase:
    """What chained rules may look at."""

    matter: Matter
    clock: Clock
    duties: Sequence[DutyOutcome]
    names: Mapping[str, Known | Unknown]


class Chained(NamedTuple):
    """What chained rules found, and the ids of the findings that are about the matter itself."""

    findings: Sequence[FindingOutcome]
    here: Collection[str]


@dataclass(frozen=True, slots=True)
class ChainRunner:
    """The chained rules of one revision, ready to run."""

    ruleset: Ruleset
    rules: Mapping[str, ChainedRule]
    fields: Mapping[str, frozenset[str]]
    """The fields of each kind of fact that the rules speak of."""
    whole: frozenset[str]
    """The kinds of which these are all the fields there are."""
    matter_fields: frozenset[str]
    """The fields that say which matter something is about."""
    engine: KeptFirings

    @classmethod
    def of(cls, ruleset: Ruleset, vocabulary: Vocabulary) -> "ChainRunner":
        """Compiles the chained rules; raises RefusedError where the engine could not run them safely."""
        program = program_of(ruleset, vocabulary)
        return cls(
            ruleset,
            {chain.rule.id: chain for chain in ruleset.chains},
            {kind.name: frozenset(kind.fields) for kind in program.kinds},
            frozenset(
                kind.name
                for kind in program.kinds
                if len(kind.fields) == len(vocabulary.kinds[kind.name].fields)
            ),
            frozenset(source.matter_field for source in ruleset.chain_sources),
            KeptFirings(open_engine(program)),
        )

    def run(self, case: ChainCase) -> Chained:
        """What the rules find; several ways to the same finding are one finding."""
        facts = [
            fact
            for source in self.ruleset.chain_sources
            if source.kind in self.fields
            for fact in _facts(source, case)
        ]
        facts += [
            self.fact(related.kind, related.fields)
            for related in case.matter.related
            if related.kind in self.fields
        ]
        found: dict[str, FindingOutcome] = {}
        here = set()
        for rule, bound, concluded in self.engine.run(facts).findings():
            finding = self._finding(rule, bound, concluded, case.matter.id)
            found.setdefault(finding.id, finding)
            if self._is_about(case.matter.id, rule, bound, concluded):
                here.add(finding.id)
        return Chained(list(found.values()), here)

    def _is_about(self, matter_id: str, rule: ChainRule, bound: Sequence[Fact], concluded: Finding) -> bool:
        """Whether a finding is about a matter: as its conclusion says, or else one of its facts.

        Where no fact is taken from a matter, nothing tells which field names one, and any may.
        """
        names = self.matter_fields
        said = [name for name in rule.then.fields if not names or name in names]
        if said:
            return any(concluded.fields.get(name) == matter_id for name in said)
        return any(
            value == matter_id
            for fact in bound
            for name, value in fact.fields.items()
            if not names or name in names
        )

    def fact(self, kind: str, given: Mapping[str, Known]) -> Fact:
        """A fact beside a matter, with the values that the engine can compare."""
        if kind in self.whole:
            return Fact(kind, given)  # type: ignore[arg-type]  # all fields of the kind are scalars
        fields = self.fields[kind]
        return Fact(
            kind,
            {name: value for name, value in given.items() if name in fields and isinstance(value, SCALARS)},
        )

    def _finding(
        self, rule: ChainRule, bound: Sequence[Fact], concluded: Finding, matter_id: str
    ) -> FindingOutcome:
        parts = [matter_id, self.ruleset.id, rule.id, concluded.code]
        for name, value in sorted(concluded.fields.items()):
            parts += (name, str(value))
        because = tuple(
            [
                {"alias": pattern.alias, "kind": fact.kind, **fact.fields}
                for pattern, fact in zip(rule.when, bound, strict=True)
            ]
        )
        return self.outcome(rule.id, concluded.code, deterministic_id(FINDING, *parts), because)

    def outcome(
        self, rule: str, code: str, finding_id: str, because: tuple[Mapping[str, Scalar], ...]
    ) -> FindingOutcome:
        """What a rule finds, for what reasons."""
        chained = self.rules[rule]
        return FindingOutcome(
            id=finding_id,
            ruleset=self.ruleset,
            code=code,
            request_id="",
            duty_id="",
            rule=rule,
            reason=chained.title,
            because=because,
            citations=chained.citations,
        )


def program_of(ruleset: Ruleset, vocabulary: Vocabulary) -> ChainProgram:
    """The chained rules of a ruleset with the kinds of facts that they speak of."""
    rules = tuple(chain.rule for chain in ruleset.chains)
    named = {pattern.kind for rule in rules for pattern in rule.when}
    named |= {rule.then.kind for rule in rules if isinstance(rule.then, FactConclusion)}
    kinds = tuple(
        FactKind(
            name,
            {
                field: FIELD_TYPES[kind.kind]
                for field, kind in vocabulary.kinds[name].fields.items()
                if kind.kind in FIELD_TYPES
            },
        )
        for name in sorted(named)
    )
    return ChainProgram(kinds, rules)


def _facts(source: ChainSource, case: ChainCase) -> Iterator[Fact]:
    silent = _silent(source, case)
    if silent is None:
        return
    fields: dict[str, Scalar] = {source.matter_field: case.matter.id, **silent}
    for field, name in source.elapsed:
        # Without a number no condition on it ever holds.
        if isinstance(number := case.names.get(name), int):
            fields[field] = number
    if source.event:
        for event in case.matter.events:
            if event.type == source.event and event.at <= case.clock.at:
                yield Fact(source.kind, fields)
    # What a petitioner let pass is held against nobody.
    elif any(
        duty.duty.concept == source.overdue_concept
        and not duty.duty.owed_by_petitioner
        and duty.state is DutyState.OVERDUE
        and duty.past_latest_lawful
        for duty in case.duties
    ):
        yield Fact(source.kind, fields)


def _silent(source: ChainSource, case: ChainCase) -> dict[str, bool] | None:
    """Whether events have happened; None where silence is not known to mean that they have not."""
    told: dict[str, bool] = {}
    for field, event_type in source.silent:
        told[field] = any(
            event.type == event_type and event.at <= case.clock.at for event in case.matter.events
        )
        if not told[field] and case.clock.silent_until < case.clock.at:
            return None
    return told
