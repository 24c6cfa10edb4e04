"""Loads the rulebook that commands work with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rules_service.engine.rulebook import Rulebook, load_rulebook


def load(rulesets: Path, adoptions: Sequence[Path] = ()) -> Rulebook:
    """Reads a folder of rulesets, and adoption files or folders of them.

    Raises RefusedError with every error of every file.
    """
    files = [
        file for path in adoptions for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    ]
    return load_rulebook(rulesets, files, datetime.now(UTC))
