"""What is made once for a rulebook and kept while it is in use: readers of facts and writers of answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from huiyin.rules.v1 import common_pb2
from rules_service.commands.plain import PlainAnswers
from rules_service.commands.writing import AnswerWriter
from rules_service.engine.compiled import Compiled
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.told import Reader


@dataclass(frozen=True, slots=True)
class Made:
    """The readers of what is told of a matter and beside it, and the writers by their views."""

    facts: Reader
    beside: Mapping[str, Reader]
    writers: dict[int, AnswerWriter] = field(default_factory=dict)
    plain: dict[tuple[object, ...], PlainAnswers] = field(default_factory=dict)


_MADE: WeakKeyDictionary[Rulebook, Made] = WeakKeyDictionary()


def made_for(rulebook: Rulebook) -> Made:
    """What there is for a rulebook."""
    made = _MADE.get(rulebook)
    if made is None:
        vocabulary = rulebook.vocabulary
        facts = {name: fact.type for name, fact in vocabulary.facts.items() if not fact.counted}
        beside = {kind.name: Reader(kind.fields, whole=True) for kind in vocabulary.kinds.values()}
        made = _MADE[rulebook] = Made(Reader(facts), beside)
    return made


def writer_for(rulebook: Rulebook, view: common_pb2.View.ValueType) -> AnswerWriter:
    """The writer for a view of a rulebook."""
    writers = made_for(rulebook).writers
    view = view or common_pb2.VIEW_REASONS
    writer = writers.get(view)
    if writer is None:
        writer = writers[view] = AnswerWriter(rulebook, view)
    return writer


def plain_answers(rulebook: Rulebook, compiled: Compiled, view: common_pb2.View.ValueType) -> PlainAnswers:
    """The answers of a timeless revision in a view."""
    made = made_for(rulebook)
    writer = writer_for(rulebook, view)
    key = (compiled.ruleset.name, compiled.ruleset.in_force_from, writer.view)
    plain = made.plain.get(key)
    if plain is None:
        plain = made.plain[key] = PlainAnswers(compiled, writer, made.facts, made.beside)
    return plain
