"""The findings of one chained rule: what is the same in all of them, and what stands between the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules_service.commands import wire
from rules_service.commands.found import REASON, FindingWriter
from rules_service.commands.text import to_text
from rules_service.engine.chains import ChainRunner
from rules_service.engine.outcome import BETWEEN_PARTS
from rules_service.language.chain_rules import ChainRule, FieldRef, FindingConclusion
from rules_service.language.model.chains import ChainedRule

END = -1

Piece = tuple[bytes, int, int]
"""Bytes, and what follows them: the number of a pattern, and the place of a field of the fact that fills it
(both END in the last piece).
"""
Places = Sequence[Mapping[str, int]]
"""For each pattern the places of those fields of its kind that the engine can compare."""


@dataclass(frozen=True, slots=True)
class FindingTemplate:
    """IDENTITY is what the id is made of after the matter's key, BECAUSE are the reasons as JSON."""

    code: bytes
    rule: bytes
    reason: bytes
    citations: bytes
    reliances: dict[bytes, None]
    identity: Sequence[Piece]
    because: Sequence[Piece]
    is_plain: bool
    """Whether bytes say all that the rule calls for: papers take more."""

    @classmethod
    def of(
        cls, chains: ChainRunner, chained: ChainedRule, writer: FindingWriter, places: Places
    ) -> "FindingTemplate":
        """Writes once what `ChainRunner.run` and `FindingWriter.field` would write each time.

        The rule concludes a finding.
        """
        rule = chained.rule
        if not isinstance(rule.then, FindingConclusion):
            raise TypeError(rule.id)
        code = rule.then.code
        outcome = chains.outcome(rule.id, code, "", ({},))
        static = writer.static(outcome)
        return cls(
            static.code,
            static.rule,
            wire.text(REASON, outcome.reason),
            static.citations,
            static.reliances,
            _identity(rule, [chains.ruleset.id, rule.id, code], places),
            _because(rule, places),
            not chained.papers,
        )


def _identity(rule: ChainRule, parts: Sequence[str], places: Places) -> Sequence[Piece]:
    number_of = {pattern.alias: number for number, pattern in enumerate(rule.when)}
    pieces: list[Piece] = []
    before = BETWEEN_PARTS.join(["", *parts])
    for name, value in sorted(rule.then.fields.items()):
        if not isinstance(value, FieldRef):
            before += BETWEEN_PARTS.join(["", name, str(value)])
            continue
        number = number_of[value.alias]
        if value.field in places[number]:
            before += BETWEEN_PARTS.join(["", name, ""])
            pieces.append((before.encode(), number, places[number][value.field]))
            before = ""
    return [*pieces, (before.encode(), END, END)]


def _because(rule: ChainRule, places: Places) -> Sequence[Piece]:
    pieces: list[Piece] = []
    before = "["
    for number, pattern in enumerate(rule.when):
        members: dict[str, str | int] = {"alias": pattern.alias, "kind": pattern.kind, **places[number]}
        before += "," if number else ""
        for turn, name in enumerate(sorted(members)):
            before += f"{',' if turn else '{'}{to_text(name)}:"
            value = members[name]
            if isinstance(value, str):
                before += to_text(value)
            else:
                pieces.append((before.encode(), number, value))
                before = ""
        before += "}"
    return [*pieces, (f"{before}]".encode(), END, END)]
