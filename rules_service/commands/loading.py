"""Loads the rulebook that commands work with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rules_service.analysis.binding import unlawful
from rules_service.engine.rulebook import Rulebook, load_rulebook
from service_kit.problems import RefusedError


def load(rulesets: Path, adoptions: Sequence[Path] = ()) -> Rulebook:
    """Reads a folder of rulesets, and adoption files or folders of them.

    Raises RefusedError with every error of every file, and with all that a lower layer may not do to a
    higher one: that is checked here, not when a question is asked.
    """
    files = [
        file for path in adoptions for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    ]
    rulebook = load_rulebook(rulesets, files, datetime.now(UTC))
    loaded = [part.ruleset for slices in rulebook.rulesets.values() for part in slices]
    if found := unlawful(loaded, rulebook.vocabulary, rulebook.calendar):
        raise RefusedError(finding.problem() for finding in found)
    return rulebook
