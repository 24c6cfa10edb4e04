"""Reads on what authority a rule stands: what it cites, or why it is a convention."""

import re
from collections.abc import Mapping

from rules_service.language.findings import Code
from rules_service.language.model.basis import Basis, Citation, Departure
from rules_service.language.scope import Scope
from rules_service.language.source import Node

SHORTEST_QUOTE = 4
LONGEST_QUOTE = 120


def read_citations(values: Mapping[str, Node], node: Node, scope: Scope, place: str) -> tuple[Citation, ...]:
    """Reads `cite: [...]` or `basis: convention, note: …`; one of the two must be there."""
    read = scope.reading
    written = read.items(values.get("cite"), place)
    cited = tuple(citation for item in written if (citation := _citation(item, scope, place)) is not None)
    basis = read.choice(
        values.get("basis"), place, {b.value: b for b in Basis if b is not Basis.TEXT}, Basis.TEXT
    )
    note = read.text(values.get("note"), place)
    if basis is Basis.TEXT:
        if not written:
            read.find(
                Code.NO_CITATION,
                node,
                place,
                "没有写依据。",
                "请写 cite: [{source, article, quote}]；没有条文可引时写 basis: convention 和 note。",
            )
        return cited
    if not note:
        read.find(
            Code.CONVENTION_WITHOUT_REASON, node, place, "写了约定或未核实，却没有说明。", "请补 note。"
        )
    return (*cited, Citation("", basis=basis, note=note))


def _citation(node: Node, scope: Scope, place: str) -> Citation | None:
    read = scope.reading
    values = read.record(node, f"{place} 依据", "source quote", "article")
    name = read.text(values.get("source"), place)
    quote = read.text(values.get("quote"), place)
    article = read.text(values.get("article"), place)
    if name not in scope.sources:
        scope.unknown_source(name, node, place)
        return None
    length = len(quote.replace("…", "").replace(" ", ""))
    # Marks and blanks stand in every text.
    if sum(map(str.isalnum, quote)) < SHORTEST_QUOTE:
        read.find(Code.QUOTE_TOO_SHORT, node, place, f"引文“{quote}”太短，不能证明什么。")
    if length > LONGEST_QUOTE:
        read.find(Code.QUOTE_TOO_LONG, node, place, "引文太长。", "只引起作用的那半句。")
    _check_article(name, article, node, scope, place)
    return Citation(name, article, quote)


def _check_article(source: str, article: str, node: Node, scope: Scope, place: str) -> None:
    if source.startswith("REG") and not re.fullmatch(r"[0-9]+(\.[0-9]+)?(\([0-9]+\))?", article):
        message, cure = f"条号“{article}”看不懂。", "请写阿拉伯数字：34、23.3（款）、31(6)（项）。"
        scope.reading.find(Code.ARTICLE_FORM, node, place, message, cure)


def read_departure(node: Node | None, scope: Scope, place: str) -> Departure | None:
    """Reads `departs_from: {source, article, norm, reviewed_by}`."""
    if node is None:
        return None
    read = scope.reading
    place = f"{place} departs_from"
    values = read.record(node, place, "source article norm reviewed_by")
    words = {key: read.text(value, place) for key, value in values.items()}
    for key in ("source", "norm"):
        if key in words and words[key] not in scope.sources:
            scope.unknown_source(words[key], values[key], place)
    if words.get("article"):
        _check_article(words.get("source", ""), words["article"], values["article"], scope, place)
    return Departure(*(words.get(key, "") for key in ("source", "article", "norm", "reviewed_by")))
