"""The writers of answers, one for each rulebook and view, kept while the rulebook is in use."""

from weakref import WeakKeyDictionary

from huiyin.rules.v1 import common_pb2
from rules_service.commands.writing import AnswerWriter
from rules_service.engine.rulebook import Rulebook

_WRITERS: WeakKeyDictionary[Rulebook, dict[int, AnswerWriter]] = WeakKeyDictionary()


def writer_for(rulebook: Rulebook, view: common_pb2.View.ValueType) -> AnswerWriter:
    """The writer for a view of a rulebook."""
    writers = _WRITERS.setdefault(rulebook, {})
    writer = writers.get(view)
    if writer is None:
        writer = writers[view] = AnswerWriter(rulebook, view)
    return writer
