"""What is made once for a rulebook and kept while it is in use: readers of facts and writers of answers."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from huiyin.rules.v1 import common_pb2
from rules_service.commands.plain import PlainAnswers
from rules_service.commands.writing import AnswerWriter
from rules_service.engine.assess import Speaker
from rules_service.engine.quick import QuickReader
from rules_service.engine.rulebook import Rulebook
from rules_service.language.adoption import lies_in
from rules_service.language.model.subjects import Subject

_WRITERS: WeakKeyDictionary[Rulebook, dict[int, AnswerWriter]] = WeakKeyDictionary()
_READERS: WeakKeyDictionary[Rulebook, QuickReader] = WeakKeyDictionary()
_PLAIN: WeakKeyDictionary[Rulebook, dict[tuple[object, ...], PlainAnswers]] = WeakKeyDictionary()


def writer_for(rulebook: Rulebook, view: common_pb2.View.ValueType) -> AnswerWriter:
    """The writer for a view of a rulebook."""
    writers = _WRITERS.setdefault(rulebook, {})
    writer = writers.get(view)
    if writer is None:
        writer = writers[view] = AnswerWriter(rulebook, view)
    return writer


def quick_reader(rulebook: Rulebook) -> QuickReader:
    """The reader of facts for a rulebook's vocabulary."""
    reader = _READERS.get(rulebook)
    if reader is None:
        reader = _READERS[rulebook] = QuickReader.of_facts(rulebook.vocabulary)
    return reader


def plain_answers(
    rulebook: Rulebook, view: common_pb2.View.ValueType, speakers: Sequence[Speaker], place: str
) -> PlainAnswers | None:
    """The answers of one ruleset's slices about matters, all timeless, where one decides at a PLACE."""
    if not all(
        speaker.compiled.is_timeless and speaker.compiled.ruleset.subject is Subject.MATTER
        for speaker in speakers
    ):
        return None
    deciding = [speaker.compiled for speaker in speakers if speaker.decides]
    if len(deciding) != 1:
        return None
    ruleset = deciding[0].ruleset
    if ruleset.jurisdiction and not lies_in(place, ruleset.jurisdiction):
        return None  # each answer says where the ruleset comes from
    known = _PLAIN.setdefault(rulebook, {})
    key = (ruleset.name, ruleset.in_force_from, view)
    plain = known.get(key)
    if plain is None:
        plain = known[key] = PlainAnswers(deciding[0], writer_for(rulebook, view))
    return plain
