"""`huiyin rules index`: the articles of the regulation, the rules that rest on each, and their papers."""

from dataclasses import asdict
from pathlib import Path

from huiyin.cli.output import JsonOption, PageOption, RulesetsOption, part, print_json, print_page, refusals


def index(
    rulesets: RulesetsOption = Path("rulesets"),
    to: PageOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出条例每一条有哪些规则、出哪些文书。Articles, the rules on each, and their papers."""
    with refusals(as_json):
        articles = part("rules_service.analysis.articles", "rules")
        found = articles.article_index(rulesets)
    if as_json:
        print_json({"articles": [asdict(article) for article in found]})
    else:
        print_page(articles.page(found), to)
