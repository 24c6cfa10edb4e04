"""What keeps a file from being YAML: slips of a Chinese keyboard, and the words of the parser, in Chinese.

The parser stops at the first thing it cannot read, often a line too late. So every line is looked at for the
slips that policy staff make, and all of them are told at once.
"""

import re
from collections.abc import Iterator

KEY = r"^\s*(?:- )?[A-Za-z_][\w-]*"
SLIPS = (
    (re.compile(r"^ *\t"), "缩进用了制表符。", "请改成空格，每层两个。"),
    (re.compile(KEY + "："), "键后面是全角冒号“：”。", "请改成半角冒号，后面空一格。"),
    (re.compile(KEY + r":[^\s/]"), "键的冒号后面没有空格。", "请在冒号后面空一格。"),
    (re.compile(r"[｛｝［］]"), "有全角括号。", "用来分层的括号请改成半角的 { } [ ]。"),
)
# What the parser says, by how it begins, and what has mostly happened.
SAID = (
    ("could not find expected ':'", "这一行或上一行不是“键: 值”。", "请看冒号是不是半角、后面有没有空格。"),
    (
        "mapping values are not allowed",
        "这里不能有冒号。",
        "请与同一层的上一行对齐；文字里有冒号的，整句加引号。",
    ),
    ("expected <block end>", "缩进与同一层的其他行不齐。", "请对齐，每层两个空格。"),
    ("expected ',' or ']'", "“[”没有配上“]”。", "请看上一行起的方括号、引号是不是成对。"),
    ("expected ',' or '}'", "“{”没有配上“}”。", "请看花括号、引号是不是成对；文字里有冒号的，整句加引号。"),
    ("found unexpected end of stream", "引号没有成对。", "请补上另一半。"),
    ("found character '\\t'", "用了制表符。", "请改成空格，每层两个。"),
    ("found character", "值不能这样开头。", "以 > % @ ` 开头的，外面加引号。"),
)


def slips(text: str) -> Iterator[tuple[int, str, str]]:
    """The slips of a text that is no YAML: line, message, cure."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, message, cure in SLIPS:
            if not line.lstrip().startswith("#") and pattern.search(line):
                yield number, message, cure


def in_chinese(said: str) -> tuple[str, str]:
    """What the parser's complaint means, and the cure."""
    for begin, message, cure in SAID:
        if said.startswith(begin):
            return message, cure
    return "从这里起读不懂。", "多半是缩进、冒号后缺空格或引号没有成对。"
