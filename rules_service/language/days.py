"""Days that have to follow each other."""

from datetime import date

from rules_service.language.findings import Code
from rules_service.language.source import Node, Reading


def check_order(first: date, later: date | None, node: Node | None, read: Reading, place: str) -> None:
    """Notes a day that stands before the first day in force; `node` is where the later one is written."""
    if node is not None and later is not None and later < first:
        message = f"“{later}”早于 in_force_from（{first}）。"
        read.find(Code.WRONG_LITERAL, node, place, message, "请改其中一个日期。")
