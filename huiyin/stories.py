"""Reads a story: one matter's whole life, as the offices that hold it in turn come to ask about it.

title: 一件信访事项的一生
jurisdiction: "640425"
parts:
  - holder: 县信访局
    facts: {receiver: petition_department}
    events: [{type: received, at: 2024-01-02T09:00}]
    steps:
      - {title: 收到当天, at: 2024-01-02T12:00}

A step knows the facts of its part, and of its part's events those that have happened by then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huiyin.examples import Example, example_of
from huiyin.yaml_file import read_yaml
from service_kit.problems import Problem, RefusedError


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of the story: who asks, and what is known then."""

    holder: str
    title: str
    example: Example


@dataclass(frozen=True, slots=True)
class Story:
    """A matter's life in steps, in the order of the file."""

    title: str
    note: str
    steps: tuple[Step, ...]


def read_story(path: Path) -> Story:
    """Reads the story at PATH; refuses it with the place of what is wrong."""
    content = _mapping(read_yaml(path), path, "", ("title", "note", "jurisdiction", "parts"))
    steps = [
        step
        for number, part in enumerate(_list(content.get("parts"), path, "parts"))
        for step in _steps(part, path, f"parts[{number}]", content.get("jurisdiction"))
    ]
    return Story(str(content.get("title") or path.stem), str(content.get("note") or ""), tuple(steps))


def _steps(told: Any, path: Path, place: str, jurisdiction: Any) -> Iterator[Step]:
    part = _mapping(told, path, place, ("holder", "facts", "events", "steps"))
    events = _list(part.get("events", []), path, f"{place}.events")
    matter = {"matter_id": "story", "facts": part.get("facts"), "events": events}
    for number, item in enumerate(_list(part.get("steps"), path, f"{place}.steps")):
        step = _mapping(item, path, f"{place}.steps[{number}]", ("title", "at"))
        asked = {"title": step.get("title"), "at": step.get("at"), "jurisdiction": jurisdiction}
        example = example_of(asked | {"matter": matter}, path)
        yield Step(str(part.get("holder") or ""), example.title, example)


def _mapping(value: Any, path: Path, place: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    where = f"{path} {place}".rstrip()
    if not isinstance(value, dict):
        raise RefusedError([Problem("H104", where, "这里要写“名称: 值”的对照。", "")])
    unknown = [str(name) for name in value if name not in known]
    if unknown:
        cure = f"可用的项：{'、'.join(known)}。"
        raise RefusedError([Problem("H106", where, f"没有这一项：{'、'.join(unknown)}。", cure)])
    return value


def _list(value: Any, path: Path, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise RefusedError([Problem("H104", f"{path} {place}", "这里要写一个列表。", "")])
    return value
