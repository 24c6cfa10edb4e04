"""The register of sources that citations name (`rulesets/sources.yaml`)."""

from collections.abc import Mapping
from pathlib import Path

from rules_service.language import source
from rules_service.language.model.basis import SourceText
from rules_service.language.source import Reading


def load_register(path: Path) -> tuple[Mapping[str, SourceText], Reading]:
    """Reads the register; whoever calls must refuse it where the reading has errors.

    `checked: false` marks a source whose text was not at hand when its quotes were taken; answers that
    rest on it say so.
    """
    node, read = source.read_file(path, path.name)
    result = {}
    for name, entry in read.entries(node, "来源").items():
        place = f"来源 {name}"
        values = read.record(entry, place, "title", "issuer in_force_from checked note")
        result[name] = SourceText(
            name,
            read.text(values.get("title"), place),
            read.text(values.get("issuer"), place),
            read.text(values.get("in_force_from"), place),
            checked=read.text(values.get("checked"), place) != "false",
        )
    return result, read
