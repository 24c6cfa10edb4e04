"""The tables of a ruleset that were read whole, where other parts of it have errors.

What is said of them holds whatever becomes of the other parts: they and all that they rest on are right.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from rules_service.analysis.places import child, entries, items
from rules_service.language.findings import Finding, errors
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Table
from rules_service.language.source import Entries, Node, Sequence, Text
from rules_service.language.vocabulary import Vocabulary


def read_whole(part: Ruleset, node: Node, findings: list[Finding], vocabulary: Vocabulary) -> Ruleset:
    """A ruleset as it was read, with only those of its tables on which no error of its file bears."""
    wrong = {finding.line for finding in errors(findings)}
    # A parameter's value hangs on the first day, and what times have in common on how they are counted.
    begins = child(node, "in_force_from")
    dated = begins is not None and not _bears(wrong, begins)
    parameters = {
        name for name, it in entries(child(node, "parameters")).items() if dated and not _bears(wrong, it)
    }
    elapsed = child(node, "elapsed")
    counted = elapsed is None or not _bears(wrong, elapsed)
    nodes = items(child(node, "tables"))
    kept: dict[str, Table] = {}
    for table in part.tables:
        own = [it for it in nodes if _is(table, it)]
        if len(own) != 1 or _bears(wrong, own[0]) or not table.parameters <= parameters:
            continue
        before = {name.partition(".")[0] for name in table.inputs if "." in name}
        facts = [vocabulary.facts[name] for name in table.inputs if "." not in name]
        if before <= kept.keys() and (counted or not any(fact.counted for fact in facts)):
            kept[table.id] = table
    return replace(part, tables=tuple(kept.values()))


def _is(table: Table, node: Node) -> bool:
    name = child(node, "id")
    return isinstance(name, Text) and name.value == table.id


def _bears(wrong: Collection[int], node: Node) -> bool:
    return any(line in wrong for line in _lines(node))


def _lines(node: Node) -> Iterator[int]:
    """The lines of a node and of all that it holds."""
    yield node.line
    match node:
        case Sequence():
            inner = node.items
        case Entries():
            inner = tuple(node.values.values())
        case Text():
            inner = ()
    for item in inner:
        yield from _lines(item)
