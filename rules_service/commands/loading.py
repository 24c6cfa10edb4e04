"""Loads the rulebook that commands work with."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rules_service.analysis.binding import unlawful
from rules_service.analysis.catalogue import problem_with_cure
from rules_service.engine.rulebook import Rulebook, load_rulebook
from service_kit.problems import RefusedError


def places_told() -> tuple[Path, list[Path]]:
    """The folder of rulesets and the adoption files that the environment names.

    HUIYIN_RULESETS is the folder (default: ./rulesets), HUIYIN_ADOPTIONS files or folders.
    """
    folder = Path(os.environ.get("HUIYIN_RULESETS") or "rulesets")
    return folder, [Path(part) for part in os.environ.get("HUIYIN_ADOPTIONS", "").split(os.pathsep) if part]


def load(rulesets: Path, adoptions: Sequence[Path] = ()) -> Rulebook:
    """Reads a folder of rulesets, and adoption files or folders of them.

    Raises RefusedError with every error of every file, and with all that a lower layer may not do to a
    higher one: that is checked here, not when a question is asked.
    """
    files = [
        file for path in adoptions for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    ]
    try:
        rulebook = load_rulebook(rulesets, files, datetime.now(UTC))
    except RefusedError as refused:
        raise RefusedError(map(problem_with_cure, refused.problems), refused.refusal) from None
    loaded = [part.ruleset for slices in rulebook.rulesets.values() for part in slices]
    if found := unlawful(loaded, rulebook.vocabulary, rulebook.calendar):
        raise RefusedError(finding.problem() for finding in found)
    return rulebook
