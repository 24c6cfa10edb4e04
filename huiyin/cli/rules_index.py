"""`huiyin rules index`: the articles of the regulation, the rules that rest on each, and their papers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from huiyin.cli.output import JsonOption, err, part, print_json, refusals


def index(
    rulesets: Annotated[
        Path, typer.Option(envvar="HUIYIN_RULESETS", help="规则集文件夹。Folder of rulesets.")
    ] = Path("rulesets"),
    to: Annotated[
        Path | None, typer.Option("--out", help="写入这个文件，不写就显示出来。File to write.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出条例每一条有哪些规则、出哪些文书。Articles, the rules on each, and their papers."""
    with refusals(as_json):
        articles = part("rules_service.analysis.articles", "rules")
        found = articles.article_index(rulesets)
    if as_json:
        print_json({"articles": [asdict(article) for article in found]})
    elif to is None:
        typer.echo(articles.page(found), nl=False)
    else:
        to.write_text(articles.page(found), encoding="utf-8")
        err.print(f"✓ 写入 {to}", style="green")
