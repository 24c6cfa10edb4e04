"""Whether quotes stand word for word in the article that they name, of sources whose text is at hand.

An article that a ruleset departs from has to be there as well.
"""

from collections.abc import Container, Iterator, Mapping

from rules_service.analysis.places import Places, entries, items
from rules_service.analysis.sources import SourceWords, nearest, stands_in
from rules_service.language.findings import Code, Finding
from rules_service.language.source import Entries, Node, Text


def check_quotes(
    places: Places, texts: Mapping[str, SourceWords] | None, registered: Container[str]
) -> Iterator[Finding]:
    """Quotes that are not found, and registered sources without a text to look in.

    Nothing where no TEXTS were given.
    """
    if texts is None:
        return
    without: dict[str, list[int]] = {}
    for cited in _citations(places.node):
        source, quote = _text(cited, "source"), _text(cited, "quote")
        if quote and source in texts:
            yield from _check(places, cited.line, source, _text(cited, "article"), quote, texts[source])
        elif quote and source in registered:
            without.setdefault(source, []).append(cited.line)
    for source, lines in without.items():
        message = f"没有来源 {source} 的原文，引它的 {len(lines)} 句没有核对。"
        cure = f"请把原文存成 {source}.txt 或 {source}.md，放在 --sources 的文件夹里。"
        yield places.find(Code.SOURCE_WITHOUT_TEXT, lines[0], "依据", message, cure)
    for departed in _departures(places.node):
        source, article = _text(departed, "source"), _text(departed, "article")
        if source in texts and texts[source].place(article) is None:
            yield _no_article(places, departed.line, "departs_from", source, article)


def _departures(node: Node) -> Iterator[Entries]:
    for key, inner in entries(node).items():
        if key == "departs_from" and isinstance(inner, Entries):
            yield inner
    for inner in (*entries(node).values(), *items(node)):
        yield from _departures(inner)


def _citations(node: Node) -> Iterator[Entries]:
    if isinstance(node, Entries) and {"source", "quote"} <= set(node.values):
        yield node
        return
    for inner in (*entries(node).values(), *items(node)):
        yield from _citations(inner)


def _text(node: Entries, key: str) -> str:
    found = node.values.get(key)
    return found.value if isinstance(found, Text) else ""


def _no_article(places: Places, line: int, place: str, source: str, article: str) -> Finding:
    message = f"来源 {source} 没有第 {article} 条（款、项）。"
    return places.find(
        Code.ARTICLE_NOT_FOUND, line, place, message, "请核对条号：34、23.3（款）、31(6)（项）。"
    )


def _check(
    places: Places, line: int, source: str, article: str, quote: str, words: SourceWords
) -> Iterator[Finding]:
    text = words.place(article)
    if text is None:
        yield _no_article(places, line, "依据", source, article)
        return
    if stands_in(quote, text):
        return
    where = f"来源 {source}" + (f" 第 {article} 条" if words.articles and article else "")
    elsewhere = words.article_with(quote)
    near = nearest(quote, text)
    if elsewhere is not None:
        cure = f"这句话在第 {elsewhere} 条，请改条号。"
    elif near:
        cure = f"最接近的是“{near}”。请逐字照抄起作用的半句。"
    else:
        cure = "请逐字照抄起作用的半句。"
    yield places.find(Code.QUOTE_NOT_FOUND, line, "依据", f"{where}里没有“{quote}”。", cure)
