"""Reads the papers that rules call for."""

from rules_service.language.model.papers import PaperRule
from rules_service.language.references import read_reference
from rules_service.language.scope import Scope
from rules_service.language.source import Node, Text


def read_papers(node: Node | None, scope: Scope, place: str) -> tuple[PaperRule, ...]:
    """Reads `papers:`, a list of codes or of `{paper, variant, fields, …}`."""
    read = scope.reading
    result = []
    for item in read.items(node, place):
        if isinstance(item, Text):
            result.append(PaperRule(scope.code("paper", item, place)))
            continue
        values = read.record(item, place, "paper", "variant fields when under restricted lapses")
        fields = tuple(
            (name, found)
            for name, ref in read.entries(values.get("fields"), place).items()
            if (found := read_reference(ref, scope, f"{place} 字段 {name}")) is not None
        )
        result.append(
            PaperRule(
                scope.code("paper", values.get("paper"), place),
                read.text(values.get("variant"), place),
                fields,
                scope.conditions(values.get("when"), place),
                scope.code("concept", values.get("under"), place),
                read.text(values.get("restricted"), place) == "true",
                lapses=read.text(values.get("lapses"), place) == "true",
            )
        )
    return tuple(result)
