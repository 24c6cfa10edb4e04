"""What must hold before a ruleset may bind anyone: its subject, its layer and the guard.

Layers hang on all rulesets together, so this is asked when rulesets are loaded, never when one is evaluated.
"""

from collections.abc import Iterable, Iterator

from rules_service.analysis.guard import guard_ruleset
from rules_service.analysis.layers import LayerCheck, Others
from rules_service.analysis.parts import check_parts
from rules_service.analysis.places import Places
from rules_service.analysis.refusals import check_refusals
from rules_service.analysis.silence import check_silence
from rules_service.analysis.whole import Whole
from rules_service.analysis.words import Wording
from rules_service.calendar import WorkingCalendar
from rules_service.language import source
from rules_service.language.findings import Code, Finding, errors
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.subjects import Subject
from rules_service.language.vocabulary import Vocabulary

DATES = ("in_force_from", "in_force_to")


def binding_findings(
    whole: Whole,
    places: Places,
    others: Others,
    vocabulary: Vocabulary,
    calendar: WorkingCalendar | None,
) -> Iterator[Finding]:
    """What a ruleset may not say or ask, may not do in its layer, and cannot be about.

    What hangs on an entry of its head that has an error is not said, nor without a calendar what hangs on
    that.
    """
    ruleset, wording = whole.ruleset, Wording(whole.ruleset, vocabulary)
    of_office = ruleset.subject is Subject.OFFICE or not whole.stands("subject")
    for finding in guard_ruleset(places, wording, of_office):
        if finding.code_ is not Code.INTERFERENCE or whole.stands("layer"):
            yield finding
    for finding in check_parts(places, ruleset):
        if finding.code_ is not Code.WRONG_SUBJECT_SCOPE or whole.stands("subject"):
            yield finding
    yield from check_silence(places, wording, whole.in_doubt)
    if whole.stands("layer"):
        yield from check_refusals(places, wording)
    if calendar is not None and whole.stands("layer", *DATES):
        yield from LayerCheck(ruleset, places, others, vocabulary, calendar).run()


def unlawful(rulesets: Iterable[Ruleset], vocabulary: Vocabulary, calendar: WorkingCalendar) -> list[Finding]:
    """Everything that keeps rulesets from binding, taken together; empty where nothing does."""
    library = tuple(rulesets)
    found: dict[Finding, None] = {}
    for ruleset in library:
        node, _ = source.read(ruleset.yaml, ruleset.file)
        if node is not None:
            places = Places(ruleset.file, node)
            whole, others = Whole(ruleset), Others(library)
            found |= dict.fromkeys(binding_findings(whole, places, others, vocabulary, calendar))
    return errors(list(found))
