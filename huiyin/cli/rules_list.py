"""`huiyin rules list`: which rulesets there are, and which of them speak."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from huiyin.cli.output import JsonOption, RulesetsOption, err, out, print_json, refusals
from huiyin.cli.rules_evaluate import Adoptions, AsOf, Jurisdiction, as_data, labels_of, load
from huiyin.rules.v1 import rules_service_pb2 as pb

_STATES: Mapping[int, tuple[str, str]] = {
    pb.RULESET_STATE_IN_FORCE: ("有效", "green"),
    pb.RULESET_STATE_SLEEPING: ("未采用", "yellow"),
    pb.RULESET_STATE_NOT_IN_FORCE: ("不在施行期", "dim"),
}


def list_(
    as_of: AsOf = None,
    jurisdiction: Jurisdiction = None,
    rulesets: RulesetsOption = Path("rulesets"),
    adoptions: Adoptions = "",
    as_json: JsonOption = False,
) -> None:
    """列出规则集，哪些有效，哪些未采用。List the rulesets, and whether they speak."""
    with refusals(as_json):
        commands, rulebook = load(rulesets, adoptions)
        found = list(_pages(commands, rulebook, as_of or "", jurisdiction or ""))
    if as_json:
        print_json({"rulesets": [as_data(ruleset) for ruleset in found]})
        return
    labels = labels_of(commands, rulebook)
    for ruleset in found:
        word, style = _STATES[ruleset.state]
        where = labels.of(ruleset.pack, "pack") if ruleset.pack else labels.of(ruleset.layer, "layer")
        line = Text(f"{ruleset.name}　").append(ruleset.title, style="bold").append(f"　{where}　")
        out.print(line.append(word, style=style))
    err.print("规则包由机关写采用文件以后才生效，见 docs/rulesets.zh.md。", style="dim")


def _pages(commands: Any, rulebook: Any, as_of: str, jurisdiction: str) -> Iterator[pb.Ruleset]:
    request = pb.ListRulesetsRequest(as_of=as_of, jurisdiction=jurisdiction)
    while True:
        page = commands.list_rulesets(rulebook, request, datetime.now(UTC))
        yield from page.rulesets
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
