"""The page on the language of rulesets: every example on it is checked and run, and it leaves nothing out."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from rules_service.analysis.check import check_files
from rules_service.engine.rulebook import load_basics
from rules_service.language import adoption
from rules_service.language.chains import OPERATORS
from rules_service.language.form import canonical
from rules_service.language.form.shapes import ruleset_shape
from rules_service.language.form.tree import read_tree
from rules_service.language.model.periods import CountUnit
from rules_service.language.model.ruleset import Layer
from rules_service.language.model.subjects import Subject
from rules_service.language.model.tables import Aggregator, HitPolicy
from rules_service.language.types import Kind

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "ruleset-language.zh.md"
TEXT = PAGE.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)[ ]?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: what it holds, a ruleset where it says nothing, and the line it begins on."""

    kind: str
    text: str
    line: int


BLOCKS = [
    Block(match[2] or "ruleset", match[3], TEXT.count("\n", 0, match.start()) + 2)
    for match in FENCE.finditer(TEXT)
    if match[1] == "yaml"
]
RULESETS = [block for block in BLOCKS if block.kind == "ruleset"]


def of_kind(kind: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind == kind]


@pytest.fixture(scope="module")
def rulesets(tmp_path_factory) -> Path:
    """The shipped rulesets with the page's own words added to the vocabulary."""
    folder = tmp_path_factory.mktemp("page") / "rulesets"
    shutil.copytree(ROOT / "rulesets", folder)
    path = folder / "vocabulary.yaml"
    words = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    for block in of_kind("vocabulary"):
        for section, entries in yaml.load(block.text, yaml.BaseLoader).items():
            words[section] |= entries
    path.write_text(yaml.dump(words, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def name_of(block: Block) -> str:
    return block.text.splitlines()[0].removeprefix("ruleset: ")


@pytest.mark.parametrize("block", RULESETS, ids=name_of)
def test_every_ruleset_on_the_page_is_without_errors_and_warnings_and_its_examples_hold(
    block, rulesets, tmp_path
):
    file = tmp_path / "block.yaml"
    file.write_text(block.text, encoding="utf-8")
    told = [
        f"{PAGE.name}:{block.line + finding.line - 1} {finding.place} {finding.message} [{finding.code}]"
        for finding in check_files([file], rulesets)
        if finding.severity != "information"
    ]
    assert told == []


@pytest.mark.parametrize("block", RULESETS, ids=name_of)
def test_every_ruleset_on_the_page_stands_in_its_form(block, rulesets):
    basics, _ = load_basics(rulesets)
    assert canonical(block.text, basics.vocabulary) == block.text


def test_no_two_rulesets_on_the_page_have_one_name():
    names = [name_of(block) for block in RULESETS]
    assert len(names) == len(set(names))


def test_adoptions_on_the_page_can_be_read(rulesets, tmp_path):
    basics, _ = load_basics(rulesets)
    assert of_kind("adoption")
    for block in of_kind("adoption"):
        file = tmp_path / "adoption.yaml"
        file.write_text(block.text, encoding="utf-8")
        adopted, findings = adoption.load_adoptions(file, basics.vocabulary)
        assert findings == []
        assert adopted


def test_there_is_nothing_else_on_the_page():
    assert {block.kind for block in BLOCKS} == {"ruleset", "vocabulary", "adoption"}
    assert TEXT.count("```") == 2 * len(list(FENCE.finditer(TEXT)))


def test_the_page_names_every_key_and_every_word_of_the_language(rulesets):
    basics, _ = load_basics(rulesets)
    words = {it.value for kind in (Aggregator, CountUnit, Layer, Subject, Kind) for it in kind}
    words |= {policy.name.replace("_", " ") for policy in HitPolicy} | set(OPERATORS)
    for block in RULESETS:
        words |= _keys(ruleset_shape(read_tree(block.text), basics.vocabulary))
    spoken = set(re.findall(r"[A-Za-z][A-Za-z0-9_-]*", TEXT)) | set(re.findall(r"[<>!=]+", TEXT))
    spoken |= {policy for policy in words if " " in policy and policy in TEXT}
    assert sorted(words - spoken - set(basics.vocabulary.facts)) == []


def _keys(shape) -> set[str]:
    inner = [*shape.entries.values(), *shape.columns, *([shape.each] if shape.each else [])]
    own = set(shape.entries) if shape.fixed else set()
    return own.union(*map(_keys, inner)) if inner else own


def test_every_heading_is_in_the_table_of_contents_and_every_link_leads_somewhere():
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}
    linked = set(re.findall(r"\]\(#([^)]*)\)", TEXT))
    assert linked <= anchors
    assert anchors - linked == {"目录"}
    for file in re.findall(r"\]\(([^#)]+)\)", TEXT):
        assert (PAGE.parent / file).exists()
