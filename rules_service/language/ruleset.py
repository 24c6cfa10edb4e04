"""Reads a ruleset: one YAML file is one revision of one ruleset."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from rules_service.language import source
from rules_service.language.adoption import read_jurisdiction
from rules_service.language.chains import read_chains
from rules_service.language.counts import read_counts
from rules_service.language.days import check_order
from rules_service.language.duties import duty_ids, read_duties
from rules_service.language.elapsed import read_elapsed
from rules_service.language.figures import read_indexes, read_indicators
from rules_service.language.findings import Code, Finding, errors, of_slices
from rules_service.language.model.basis import SourceText
from rules_service.language.model.ruleset import Example, Layer, Ruleset
from rules_service.language.model.subjects import Subject
from rules_service.language.names import check_ruleset_id, check_twins
from rules_service.language.parameters import read_parameters
from rules_service.language.scope import Scope
from rules_service.language.source import Entries, Node, Reading, Text
from rules_service.language.spelling import nearest
from rules_service.language.tables import read_tables
from rules_service.language.types import parse_date
from rules_service.language.vocabulary import Vocabulary, refuse_banned

SUBJECTS = {subject.value: subject for subject in Subject}
LAYERS = {layer.value: layer for layer in Layer}
# What the service tells of every period without being asked to count it.
PERIOD_KIND = "period_kind"
REQUIRED = ("ruleset", "title", "subject", "layer", "source", "in_force_from", "inputs")
OPTIONAL = (
    "pack",
    "jurisdiction",
    "in_force_to",
    "parameters",
    "elapsed",
    "tables",
    "duties",
    "counts",
    "indicators",
    "indexes",
    "chain_facts",
    "chains",
    "examples",
    "note",
)
# Lists of parts, the key that names a part, and what it is called.
NAMED = (
    ("tables", "id", "表"),
    ("duties", "id", "时限"),
    ("counts", "as", "计数"),
    ("indicators", "id", "指标"),
    ("indexes", "id", "指数"),
    ("chains", "id", "链"),
)
# Where the order of keys means something: `then` is filled by the one, and a pattern may name only those
# before it.
MEANT_ORDERS = (("tables", "out"), ("chains", "when"))


def load_ruleset(
    path: Path, vocabulary: Vocabulary, sources: Mapping[str, SourceText], name: str = ""
) -> tuple[tuple[Ruleset, ...], list[Finding]]:
    """Reads a ruleset file.

    A parameter that changes while the revision is in force cuts it into slices, one a value, so that
    whatever is evaluated knows constants only. The slices come oldest first; they are empty where one of
    them has errors. All findings come in one pass.
    """
    node, read = source.read_file(path, name or path.name)
    if node is None:
        return (), read.findings
    slices = read_slices(node, read, vocabulary, sources, path.read_text(encoding="utf-8"))
    findings = said_of_slices(slices)
    return () if errors(findings) else tuple(one.ruleset for one in slices), findings


@dataclass(frozen=True, slots=True)
class Slice:
    """A ruleset from one day to another as it was read, whatever its errors.

    `node` is what it was read from, and what the spots of the reading's errors lie in.
    """

    ruleset: Ruleset
    node: Node
    reading: Reading


def said_of_slices(slices: Sequence[Slice]) -> list[Finding]:
    """What the reading of a ruleset's slices found, each once."""
    return of_slices(
        (one.ruleset.in_force_from if number else None, one.reading.findings)
        for number, one in enumerate(slices)
    )


def read_slices(
    node: Node, read: Reading, vocabulary: Vocabulary, sources: Mapping[str, SourceText], text: str
) -> tuple[Slice, ...]:
    """Reads the slices of a ruleset from YAML that has been read already, as `load_ruleset` does.

    They are there where there are errors too: what they lack is not to be relied on. Keys are read in one
    order however they were written, since the revision is the same.
    """
    node = _in_one_order(_respelt(node, read))
    unread = read.again()
    first = _slice(node, read, vocabulary, sources, text, None)
    cuts = {
        dated.in_force_from
        for parameter in first.parameters.values()
        for dated in parameter.values
        if dated.in_force_from and first.in_force_on(dated.in_force_from)
    } - {first.in_force_from}
    slices = [Slice(first, node, read)]
    for cut in sorted(cuts):
        later = unread.again()
        slices.append(Slice(_slice(node, later, vocabulary, sources, text, cut), node, later))
    return tuple(_ended(slices))


def _ended(slices: list[Slice]) -> list[Slice]:
    return [
        replace(
            one,
            ruleset=replace(one.ruleset, in_force_to=after.ruleset.in_force_from - timedelta(days=1)),
        )
        for one, after in pairwise(slices)
    ] + slices[-1:]


def _slice(
    node: Node,
    read: Reading,
    vocabulary: Vocabulary,
    sources: Mapping[str, SourceText],
    text: str,
    first_day: date | None,
) -> Ruleset:
    values = read.record(
        node,
        "规则集",
        " ".join(REQUIRED),
        " ".join(OPTIONAL),
    )
    scope = Scope(read, vocabulary, sources)
    in_force_from = read.literal(values.get("in_force_from"), "in_force_from", parse_date, date.max)
    scope.in_force_from = first_day or in_force_from
    scope.inputs = _inputs(values.get("inputs"), scope)
    scope.parameters = read_parameters(values.get("parameters"), scope)
    for key, name, what in NAMED:
        check_twins(read.items(values.get(key), what), name, read, what)
    scope.duties = duty_ids(values.get("duties"), scope)
    refuse_banned(node, read, vocabulary)
    elapsed = read_elapsed(values.get("elapsed"), scope)
    tables = read_tables(values.get("tables"), scope)
    duties = read_duties(values.get("duties"), scope)
    counts = read_counts(values.get("counts"), scope)
    indicators = read_indicators(values.get("indicators"), counts, scope)
    indexes = read_indexes(values.get("indexes"), indicators, scope)
    chain_sources, chains = read_chains(values.get("chain_facts"), values.get("chains"), elapsed, scope)
    _check_counted(values, [rule.name for rule in elapsed], [count.name for count in counts], scope)
    for item in read.items(values.get("inputs"), "inputs"):
        if (word := read.text(item, "inputs")) in scope.inputs and word not in scope.used:
            read.find(Code.INPUT_UNUSED, item, "inputs", f"“{word}”没有用到。", "可以删去。")
    in_force_to = read.literal(values.get("in_force_to"), "in_force_to", parse_date, None)
    if in_force_from != date.max:
        check_order(in_force_from, in_force_to, values.get("in_force_to"), read, "in_force_to")
    name = read.text(values.get("ruleset"), "规则集")
    check_ruleset_id(name, values.get("ruleset", node), read)
    return Ruleset(
        id=name,
        revision=revision_of(node),
        title=read.text(values.get("title"), "规则集"),
        subject=_subject(values.get("subject"), scope),
        layer=read.choice(values.get("layer"), "layer", LAYERS, Layer.LOCAL),
        pack=scope.code("pack", values.get("pack"), "pack"),
        source=_source(values.get("source"), scope),
        in_force_from=scope.in_force_from,
        in_force_to=in_force_to,
        inputs=scope.inputs,
        parameters=scope.parameters,
        tables=tables,
        duties=duties,
        counts=counts,
        indicators=indicators,
        indexes=indexes,
        chain_sources=chain_sources,
        chains=chains,
        examples=tuple(_example(item, read) for item in read.items(values.get("examples"), "例子")),
        yaml=text,
        file=read.file,
        jurisdiction=_jurisdiction(values, read),
        elapsed=elapsed,
        told_only=tuple(name for name in scope.inputs if vocabulary.facts[name].told_only),
    )


def revision_of(node: Node) -> str:
    """The revision: a digest of what the file says, comments, layout and the order of keys left out."""
    said = [source.plain(node), *(_order(node, *place) for place in MEANT_ORDERS)]
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _respelt(node: Node, read: Reading) -> Node:
    """The same with misspelt sections under the names that were meant, noted as the errors they are.

    Else one slip would leave unread all that stands there, and find fault with whatever names it.
    """
    if not isinstance(node, Entries):
        return node
    # What has to be there is more likely to be what was meant.
    missing = [[key for key in keys if key not in node.values] for keys in (REQUIRED, OPTIONAL)]
    values: dict[str, Node] = {}
    for key, entry in node.values.items():
        meant = "" if key in (*REQUIRED, *OPTIONAL) else _meant(key, missing)
        if meant:
            # The error stands at the key, and not at what it holds.
            where, message = Text(key, entry.line), f"不认识“{key}”。"
            read.find(Code.UNKNOWN_KEY, where, "规则集", message, f"是不是“{meant}”？")
            missing = [[other for other in keys if other != meant] for keys in missing]
        values[meant or key] = entry
    return replace(node, values=values)


def _meant(key: str, missing: Iterable[list[str]]) -> str:
    # "duty" is less like "duties" than many a slip is like another section.
    spelt = (key.lower(), re.sub("y$", "ies", key.lower()))
    return next(filter(None, (nearest(word, keys) for keys in missing for word in spelt)), "")


def _in_one_order(node: Node, path: tuple[str, ...] = ()) -> Node:
    """The same with the keys of every mapping sorted, but for those whose order is part of the revision."""
    match node:
        case source.Sequence():
            return replace(node, items=tuple(_in_one_order(item, path) for item in node.items))
        case Entries():
            keys = node.values if path in MEANT_ORDERS else sorted(node.values)
            return replace(node, values={key: _in_one_order(node.values[key], (*path, key)) for key in keys})
        case Text():
            return node


def _order(node: Node, section: str, key: str) -> list[list[str]]:
    """The keys, in order, of one mapping in each part of a section."""
    parts = node.values.get(section) if isinstance(node, Entries) else None
    mappings = [
        part.values.get(key)
        for part in (parts.items if isinstance(parts, source.Sequence) else ())
        if isinstance(part, Entries)
    ]
    return [list(mapping.values) for mapping in mappings if isinstance(mapping, Entries)]


def _jurisdiction(values: Mapping[str, Node], read: Reading) -> str:
    """The place that a pack was written for."""
    node = values.get("jurisdiction")
    if node is not None and "pack" not in values:
        cure = "写明地方的规则集要采用才生效，请写 pack。"
        read.find(Code.MISSING_KEY, node, "jurisdiction", "缺少“pack”。", cure)
    return read_jurisdiction(node, read, "jurisdiction")


def _source(node: Node | None, scope: Scope) -> str:
    name = scope.reading.text(node, "source")
    if node is not None and name not in scope.sources:
        scope.unknown_source(name, node, "source")
    return name


def _subject(node: Node | None, scope: Scope) -> Subject:
    word = scope.reading.text(node, "subject")
    if word in SUBJECTS:
        return SUBJECTS[word]
    if node is not None:
        scope.reading.find(
            Code.PERSON_AS_SUBJECT,
            node,
            "subject",
            f"规则集不能以“{word}”为对象。",
            f"可以写：{'、'.join(SUBJECTS)}。规则约束机关，不评价、不管控任何人。",
        )
    return Subject.MATTER


def _inputs(node: Node | None, scope: Scope) -> tuple[str, ...]:
    facts = [scope.fact(item, "inputs") for item in scope.reading.items(node, "inputs")]
    return tuple(fact.name for fact in facts if fact)


def _check_counted(
    values: Mapping[str, Node], elapsed: Sequence[str], counts: Sequence[str], scope: Scope
) -> None:
    """What the service counts itself is counted once in the ruleset that looks at it, and somewhere."""
    for number, node in enumerate(scope.reading.items(values.get("elapsed"), "经过的时间")):
        if elapsed[number] in (*elapsed[:number], *counts):
            scope.reading.find(
                Code.WRONG_ELAPSED,
                node,
                f"经过的时间 {elapsed[number]}",
                f"“{elapsed[number]}”数了两次。",
                "请换一个名字。",
            )
    known = {*elapsed, *counts, PERIOD_KIND}
    for node in scope.reading.items(values.get("inputs"), "inputs"):
        name = scope.reading.text(node, "inputs")
        if name in scope.inputs and scope.vocabulary.facts[name].counted and name not in known:
            scope.reading.find(
                Code.COUNTED_BY_NOBODY,
                node,
                "inputs",
                f"“{name}”由服务来数，本规则集却没有数它。",
                "请在 counts 或 elapsed 里数它，或改用别的事实。",
            )


def _example(node: Node, read: Reading) -> Example:
    values = read.record(
        node,
        "例子",
        "name expect",
        "at as_of facts unknown_facts requests events related_facts office period earlier_period matters",
    )
    case = {key: source.plain(value) for key, value in values.items() if key not in {"name", "expect"}}
    expect = source.plain(values["expect"]) if isinstance(values.get("expect"), Entries) else {}
    return Example(
        read.text(values.get("name"), "例子"), node.line, case, expect if isinstance(expect, dict) else {}
    )
