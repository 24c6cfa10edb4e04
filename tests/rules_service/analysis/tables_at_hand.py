"""Tables and rulesets made in a test, without files."""

from collections.abc import Sequence
from datetime import date

from rules_service.analysis.places import Places
from rules_service.analysis.words import Wording
from rules_service.language.model.ruleset import Layer, Ruleset
from rules_service.language.model.subjects import Subject
from rules_service.language.model.tables import Table
from rules_service.language.source import Entries
from rules_service.language.types import ValueType
from rules_service.language.vocabulary import FactDef, Label, Vocabulary

NOWHERE = Places("t.yaml", Entries({}, 1))


def wording(table: Table, types: Sequence[ValueType]) -> Wording:
    """A ruleset of one table over facts of some types."""
    facts = {
        name: FactDef(name, kind, Label(name, name), "")
        for name, kind in zip(table.inputs, types, strict=True)
    }
    vocabulary = Vocabulary("", facts, {}, {}, {}, {})
    ruleset = Ruleset(
        id="r",
        revision="",
        title="",
        subject=Subject.MATTER,
        layer=Layer.LOCAL,
        pack="",
        source="",
        in_force_from=date(2024, 1, 1),
        in_force_to=None,
        inputs=table.inputs,
        parameters={},
        tables=(table,),
        duties=(),
        counts=(),
        indicators=(),
        indexes=(),
        chain_sources=(),
        chains=(),
        examples=(),
        yaml="",
        file="t.yaml",
    )
    return Wording(ruleset, vocabulary)
