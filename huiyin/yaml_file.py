"""Reads a YAML file of data so that a scalar is what it looks like.

`no` stays a word, `2024-06-30` and `08:30` stay text, `010` keeps its zero; only true, false, null and plain
numbers are more than text. A key given twice is refused, and so is half of a surrogate pair, which only an
escape can write and which is no character.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from service_kit.problems import Problem, Refusal, RefusedError

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)$")
_NO_CHARACTER = re.compile(r"[\ud800-\udfff]")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$")


class _Loader(yaml.SafeLoader):
    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        text = str(super().construct_scalar(node))
        if half := _NO_CHARACTER.search(text):
            problem, cure = f"“\\u{ord(half[0]):04x}”不是一个字", "请直接写出这个字，不用“\\u”。"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark, cure)
        return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}”写了两次", key_node.start_mark, "请只留一处。"
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", re.compile(r"(?:true|false)$"), "tf"),
    ("null", re.compile(r"(?:null|~|)$"), ["n", "~", ""]),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))


def read_yaml(path: Path) -> Any:
    """The content of PATH; refuses what cannot be read, with the line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        problem = Problem("H101", str(path), "没有这个文件。", "请检查路径。")
        raise RefusedError([problem], Refusal.NOT_FOUND) from None
    except (OSError, UnicodeDecodeError):
        raise RefusedError(
            [Problem("H102", str(path), "文件读不了。", "请检查权限，并存为 UTF-8。")]
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path} 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else str(path)
        cure = error.note or "请对照旁边的行检查缩进和冒号。"
        raise RefusedError([Problem("H103", place, f"YAML 写法有误（{error.problem}）。", cure)]) from None
    except yaml.YAMLError:
        raise RefusedError(
            [Problem("H103", str(path), "YAML 写法有误。", "请检查文件里有没有不可见的字符。")]
        ) from None
