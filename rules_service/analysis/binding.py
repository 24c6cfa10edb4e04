"""What must hold before a ruleset may bind anyone: its subject, its layer and the guard.

Layers hang on all rulesets together, so this is asked when rulesets are loaded, never when one is evaluated.
"""

from collections.abc import Iterable, Iterator, Sequence

from rules_service.analysis.guard import guard_ruleset
from rules_service.analysis.layers import LayerCheck
from rules_service.analysis.parts import check_parts
from rules_service.analysis.places import Places
from rules_service.analysis.words import Wording
from rules_service.calendar import WorkingCalendar
from rules_service.language import source
from rules_service.language.findings import Finding, errors
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.vocabulary import Vocabulary


def binding_findings(
    ruleset: Ruleset,
    places: Places,
    library: Sequence[Ruleset],
    vocabulary: Vocabulary,
    calendar: WorkingCalendar,
) -> Iterator[Finding]:
    """What a ruleset may not say or ask, may not do in its layer, and cannot be about."""
    yield from guard_ruleset(places, Wording(ruleset, vocabulary))
    yield from check_parts(places, ruleset)
    yield from LayerCheck(ruleset, places, library, vocabulary, calendar).run()


def unlawful(rulesets: Iterable[Ruleset], vocabulary: Vocabulary, calendar: WorkingCalendar) -> list[Finding]:
    """Everything that keeps rulesets from binding, taken together; empty where nothing does."""
    library = tuple(rulesets)
    found: dict[Finding, None] = {}
    for ruleset in library:
        node, _ = source.read(ruleset.yaml, ruleset.file)
        if node is not None:
            places = Places(ruleset.file, node)
            found |= dict.fromkeys(binding_findings(ruleset, places, library, vocabulary, calendar))
    return errors(list(found))
