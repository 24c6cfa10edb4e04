"""`huiyin rules layers`: what the rules below the law make stricter, and what they add."""

from dataclasses import asdict
from pathlib import Path

from huiyin.cli.output import JsonOption, PageOption, RulesetsOption, part, print_json, print_page, refusals


def layers(
    rulesets: RulesetsOption = Path("rulesets"),
    to: PageOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出下位规则收紧了什么、新增了什么。What the rules below the law tighten or add."""
    with refusals(as_json):
        additions = part("rules_service.analysis.additions", "rules")
        found = additions.additions(rulesets)
    if as_json:
        print_json({"rules": [asdict(rule) for rule in found]})
    else:
        print_page(additions.page(found), to)
