"""Names: what can stand in a cell, in a reference and in JSON as it is."""

import re
from collections.abc import Iterable

from rules_service.language.findings import Code
from rules_service.language.source import Entries, Node, Reading

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
RULESET = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Words that a cell understands as something else.
TAKEN = frozenset({"null", "not", "true", "false"})


def check_name(name: str, node: Node, read: Reading, place: str, code: Code = Code.WRONG_ID) -> None:
    """Notes a name that is none: a dot would point at an output, a number be a number, `null` no value."""
    if name in TAKEN:
        cure = "请换一个名称。"
        read.find(code, node, place, f"“{name}”在格里另有含义，不能作名称。", cure)
    elif name and not NAME.fullmatch(name):
        cure = "请写成 joint_count 这样。"
        read.find(code, node, place, f"名称“{name}”只能用英文字母、数字和下划线，不以数字开头。", cure)


def check_code(name: str, node: Node, read: Reading, place: str) -> None:
    """Notes a code of the vocabulary that no cell could name."""
    if name in TAKEN:
        read.find(Code.WRONG_NAME, node, place, f"“{name}”在格里另有含义，不能作代码。", "请换一个代码。")
    elif not CODE.fullmatch(name):
        cure = "请写成 joint_petition 或 1 这样。"
        read.find(Code.WRONG_NAME, node, place, f"代码“{name}”只能用英文字母、数字、下划线和连字符。", cure)


def check_twins(nodes: Iterable[Node], key: str, read: Reading, what: str) -> None:
    """Notes parts of one kind that have the same name; `key` is where it is written."""
    seen: set[str] = set()
    for node in nodes:
        name = read.text(node.values.get(key), what) if isinstance(node, Entries) else ""
        if name and name in seen:
            message = f"编号“{name}”用了两次。"
            read.find(Code.DUPLICATE_ID, node, f"{what} {name}", message, "请改其中一个。")
        seen.add(name)


def check_ruleset_id(name: str, node: Node, read: Reading) -> None:
    """Notes an id of a ruleset that could not stand before `@revision` and `/duty`."""
    if name and not RULESET.fullmatch(name):
        cure = "请写成 response-duty 这样。"
        read.find(
            Code.WRONG_ID, node, "ruleset", f"规则集的编号“{name}”只能用小写英文字母、数字和连字符。", cure
        )
