"""`huiyin rules story`: one matter's whole life, what is due and which papers are called for at each step."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from huiyin.cli import words
from huiyin.cli.output import JsonOption, RulesetsOption, page, part, print_folded, print_json, refusals
from huiyin.cli.rules_evaluate import Adoptions, as_data, labels_of, load
from huiyin.cli.words import Labels
from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2 as common

_OPEN = (
    pb.DUTY_STATE_PENDING,
    pb.DUTY_STATE_DUE_SOON,
    pb.DUTY_STATE_OVERDUE,
    pb.DUTY_STATE_SUSPENDED,
)


def story(
    file: Annotated[
        Path, typer.Argument(help="故事文件（YAML），写法见 examples/stories。A story, see examples.")
    ] = Path("examples/stories/one-matter.yaml"),
    rulesets: RulesetsOption = Path("rulesets"),
    adoptions: Adoptions = "",
    as_json: JsonOption = False,
) -> None:
    """逐步讲一件事项的一生：每一步什么到期，该出哪些文书。One matter's life, step by step."""
    with refusals(as_json):
        told = part("huiyin.stories", "rules").read_story(file)
        commands, rulebook = load(rulesets, adoptions)
        now = datetime.now(UTC)
        answers = [
            commands.assess(rulebook, step.example.assess_request(), now).answer for step in told.steps
        ]
    if as_json:
        steps = [
            {"holder": step.holder, "title": step.title, "answer": as_data(answer)}
            for step, answer in zip(told.steps, answers, strict=True)
        ]
        print_json({"title": told.title, "steps": steps})
        return
    console, labels = page(), labels_of(commands, rulebook)
    console.print(Text(told.title, style="bold"))
    print_folded(console, Text(told.note, style="dim"))
    before: frozenset[str] = frozenset()
    for step, answer in zip(told.steps, answers, strict=True):
        console.print()
        console.print(
            Text(f"{words.moment(answer.at)}　", style="cyan")
            .append(step.title, style="bold")
            .append(f"　{step.holder}", style="dim")
        )
        events = [
            event
            for event in step.example.matters[0].events
            if event.at.ToDatetime() <= answer.at.ToDatetime()
        ]
        happened = {f"{step.holder} {event.type} {event.at.ToJsonString()}": event for event in events}
        _happened(console, [event for key, event in happened.items() if key not in before], labels)
        before |= happened.keys()
        _step(console, answer)


def _happened(console: Console, events: list[common.Event], labels: Labels) -> None:
    said = [f"{words.day(event.at)} {labels.of(event.type, 'event')}" for event in events]
    _line(console, "经过", said)


def _step(console: Console, answer: pb.Answer) -> None:
    due = [duty for duty in answer.duties if duty.state in _OPEN]
    _line(console, "到期", [f"{duty.title}（{_when(duty)}）" for duty in due])
    called = [paper for paper in answer.papers if paper.state == pb.PAPER_CALL_STATE_CALLED]
    _line(console, "文书", [f"{paper.paper} {paper.title}" for paper in called])
    _line(console, "须由负责人决定", [candidate.label for candidate in answer.candidates])
    _line(console, "发现的问题", [finding.label for finding in answer.findings])


def _when(duty: pb.Duty) -> str:
    if duty.state == pb.DUTY_STATE_SUSPENDED:
        return "已中止"
    said = f"限 {words.due(duty.due_at)}" if duty.HasField("due_at") else "没有明文期限"
    return f"{said}，已逾期" if duty.state == pb.DUTY_STATE_OVERDUE else said


def _line(console: Console, head: str, said: list[str]) -> None:
    if said:
        line = Text(f"{head}　", style="yellow").append("；".join(dict.fromkeys(said)), style="default")
        print_folded(console, line, indent=2)
