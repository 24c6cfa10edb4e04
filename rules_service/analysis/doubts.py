"""What is not sure of rulesets while the vocabulary or the register of sources has errors.

A name with an error in the vocabulary may come to mean anything, so nothing is said of what names it; what
is written against the form of the language is told all the same.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from rules_service.analysis.guard import guard_vocabulary, guard_words
from rules_service.analysis.places import Places, child, entries
from rules_service.analysis.whole import Marks, names_in, parts_of
from rules_service.engine.rulebook import Basics
from rules_service.language import source
from rules_service.language.findings import Code, Finding, errors
from rules_service.language.register import load_register
from rules_service.language.source import Node, Reading
from rules_service.language.vocabulary import Vocabulary, read_vocabulary

# What is written against the form of the language, whatever its words mean.
OF_FORM = frozenset(code for code in Code if code.value.startswith("S"))


@dataclass(frozen=True, slots=True)
class Doubts:
    """The names on which errors of the vocabulary bear; whether on all of it, or on the register."""

    names: frozenset[str] = frozenset()
    everything: bool = False
    sources: bool = False

    def sure(self, reading: Reading, node: Node) -> Reading:
        """What stays of a reading whatever the names in doubt will mean."""
        if not (self.names or self.everything or self.sources):
            return reading
        parts = [part for part in parts_of(node) if not self.names.isdisjoint(names_in(part))]
        within = {id(inner) for part in parts for inner in source.nodes(part)}
        told = [
            (finding, spot)
            for finding, spot in zip(reading.findings, reading.spots, strict=True)
            if finding.code_ in OF_FORM or not self._hangs(finding, spot, within)
        ]
        return Reading(reading.file, [finding for finding, _ in told], [spot for _, spot in told])

    def _hangs(self, finding: Finding, spot: Node | int, within: AbstractSet[int]) -> bool:
        if finding.code_ is Code.UNKNOWN_SOURCE:
            return self.sources
        return self.everything or id(spot) in within


NO_DOUBT = Doubts()


def basics_of(folder: Path) -> tuple[Basics, Doubts, list[Finding]]:
    """Reads the vocabulary and the register of sources, with what is in doubt and what is wrong."""
    path = folder / "vocabulary.yaml"
    node, reading = source.read_file(path, path.name)
    vocabulary = read_vocabulary(node, reading)
    sources, register = load_register(folder / "sources.yaml")
    findings = [*reading.findings, *register.findings]
    if node is not None:
        findings += guard_vocabulary(Places(path.name, node), vocabulary)
    findings += guarded(folder / "sources.yaml", vocabulary)
    names = frozenset(_in_doubt(node, Marks.of(reading), vocabulary)) if node else frozenset()
    doubts = Doubts(names, _all_in_doubt(node, reading), bool(errors(register.findings)))
    return Basics(vocabulary, sources), doubts, findings


def guarded(path: Path, vocabulary: Vocabulary) -> list[Finding]:
    """Banned words in a file that is no ruleset; that it cannot be read is told elsewhere."""
    node, _ = source.read_file(path, path.name)
    return list(guard_words(Places(path.name, node), vocabulary)) if node is not None else []


def _all_in_doubt(node: Node | None, reading: Reading) -> bool:
    """Whether an error stands outside of what has a name."""
    within = {
        id(inner)
        for section in entries(node).values()
        for entry in entries(section).values()
        for inner in source.nodes(entry)
    }
    return node is None or any(
        id(spot) not in within for spot in Marks.spots(reading) if not isinstance(spot, int)
    )


def _in_doubt(node: Node, marks: Marks, vocabulary: Vocabulary) -> Iterator[str]:
    wrong = set()
    for section, names in entries(node).items():
        for name, entry in entries(names).items():
            if marks.bear_on(entry):
                yield name
                if section == "enums":
                    wrong.add(name)
                    yield from entries(child(entry, "values"))
    yield from (name for name, fact in vocabulary.facts.items() if fact.type.enum in wrong)
    for name, event in vocabulary.events.items():
        if any(attribute.type.enum in wrong for attribute in event.attributes.values()):
            yield name
    for name, kind in vocabulary.kinds.items():
        if any(field.enum in wrong for field in kind.fields.values()):
            yield name
