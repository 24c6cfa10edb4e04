"""`huiyin rules layers`: what the rules below the law make stricter, and what they add."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from huiyin.cli.output import JsonOption, err, part, print_json, refusals


def layers(
    rulesets: Annotated[
        Path, typer.Option(envvar="HUIYIN_RULESETS", help="规则集文件夹。Folder of rulesets.")
    ] = Path("rulesets"),
    to: Annotated[
        Path | None, typer.Option("--out", help="写入这个文件，不写就显示出来。File to write.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出下位规则收紧了什么、新增了什么。What the rules below the law tighten or add."""
    with refusals(as_json):
        additions = part("rules_service.analysis.additions", "rules")
        found = additions.additions(rulesets)
    if as_json:
        print_json({"rules": [asdict(rule) for rule in found]})
    elif to is None:
        typer.echo(additions.page(found), nl=False)
    else:
        to.write_text(additions.page(found), encoding="utf-8")
        err.print(f"✓ 写入 {to}", style="green")
