"""The two services meet in data: what rulesets say of a paper must fit the paper."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs_service.catalogue import shipped_catalogue
from docs_service.catalogue.model import Field, FieldKind
from rules_service.engine.rulebook import load_rulebook
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.references import Reference, RefKind
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.types import Kind, ValueType
from rules_service.language.vocabulary import Vocabulary

RULEBOOK = load_rulebook(Path("rulesets"), [], datetime.now(UTC))
CATALOGUE = {kind.code: kind for kind in shipped_catalogue().types.values()}
SHARED_LISTS = ("channel", "branch")
FITTING = {
    Kind.DATE: {FieldKind.DATE},
    Kind.INT: {FieldKind.INTEGER},
    Kind.ENUM: {FieldKind.CODE},
    Kind.STRING: {FieldKind.TEXT, FieldKind.NUMBER},
}


def paper_rules() -> list[tuple[Ruleset, PaperRule]]:
    found = []
    for slices in RULEBOOK.rulesets.values():
        for compiled in slices:
            ruleset = compiled.ruleset
            rows = [row for table in ruleset.tables for row in table.rows]
            carriers = [*ruleset.duties, *rows, *ruleset.chains]
            found += [(ruleset, rule) for carrier in carriers for rule in carrier.papers]
            found += [(ruleset, rule) for duty in ruleset.duties for rule in duty.finding_papers]
    return found


def type_of(reference: Reference, ruleset: Ruleset, vocabulary: Vocabulary) -> ValueType:
    match reference.kind:
        case RefKind.EVENT_AT | RefKind.DUE_AT:
            return ValueType(Kind.DATE)
        case RefKind.EVENT_ATTRIBUTE:
            return vocabulary.events[reference.name].attributes[reference.member].type
        case RefKind.FACT:
            return vocabulary.facts[reference.name].type
        case RefKind.PARAMETER:
            return ruleset.parameters[reference.name].type
        case RefKind.OUTPUT:
            table, _, output = reference.name.partition(".")
            outputs = next(it.outputs for it in ruleset.tables if it.id == table)
            return next(it.type for it in outputs if it.name == output)
        case _:
            return ValueType(Kind.STRING)


def test_every_paper_that_a_rule_calls_for_is_in_the_vocabulary():
    assert {rule.paper for _, rule in paper_rules()} <= set(RULEBOOK.vocabulary.codes["paper"])


def test_titles_of_papers_are_those_of_the_vocabulary():
    labels = RULEBOOK.vocabulary.codes["paper"]
    # Papers of the reserve are called for by no rule.
    titles = {code: kind.title for code, kind in CATALOGUE.items() if not code.startswith("R")}
    assert titles == {code: label.chinese for code, label in labels.items()}


@pytest.mark.parametrize("name", SHARED_LISTS)
def test_codes_that_rules_fill_in_are_codes_of_the_papers(name):
    shipped = shipped_catalogue()
    of_papers = {code.code for code in shipped.codes[name]}
    assert set(RULEBOOK.vocabulary.codes[name]) == of_papers


@pytest.mark.parametrize(
    ("ruleset", "rule"),
    [
        pytest.param(ruleset, rule, id=f"{ruleset.id}-{rule.paper}-{rule.variant}")
        for ruleset, rule in paper_rules()
        if rule.paper in CATALOGUE
    ],
)
def test_fields_that_rules_know_are_fields_of_the_paper(ruleset, rule):
    kind = CATALOGUE[rule.paper]
    variant = rule.variant or kind.variants[0].code
    assert kind.variant(variant) is not None
    fields: dict[str, Field] = {field.name: field for field in kind.fields_of(variant)}
    for name, reference in rule.fields:
        assert name in fields, name
        wanted = type_of(reference, ruleset, RULEBOOK.vocabulary)
        assert fields[name].kind in FITTING[wanted.kind], name
