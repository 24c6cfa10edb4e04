"""Chained rules of a ruleset, and where their facts come from."""

from dataclasses import dataclass

from rules_service.language.chain_rules import ChainRule
from rules_service.language.model.basis import Citation
from rules_service.language.model.papers import PaperRule


@dataclass(frozen=True, slots=True)
class ChainSource:
    """Where facts of a kind come from before chained rules run.

    From each event of a type, or from a matter with a duty of a concept that is past its latest lawful
    time. `silent` pairs a field with the event whose having happened it tells, `elapsed` one with the
    elapsed time that it takes.
    """

    kind: str
    event: str = ""
    overdue_concept: str = ""
    matter_field: str = ""
    silent: tuple[tuple[str, str], ...] = ()
    elapsed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChainedRule:
    """A chained rule with its title, its citations, and the papers that its finding calls for."""

    rule: ChainRule
    title: str
    citations: tuple[Citation, ...]
    papers: tuple[PaperRule, ...] = ()
