"""`huiyin demo`: the examples, assessed and with their papers set."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from huiyin.cli.answer_view import AnswerView
from huiyin.cli.output import (
    JsonOption,
    RulesetsOption,
    err,
    page,
    part,
    print_folded,
    print_json,
    print_problems,
    problem_fields,
    refusals,
)
from huiyin.cli.rules_evaluate import as_data
from huiyin.cli.words import Labels
from service_kit.problems import Problem, Refusal, RefusedError

_MOST_COUNTED = 10


def demo(
    examples: Annotated[Path, typer.Option(help="示例文件夹。Folder of examples.")] = Path("examples"),
    rulesets: RulesetsOption = Path("rulesets"),
    out: Annotated[Path, typer.Option(help="文书和日志写到哪里。Where papers and logs go.")] = Path("out"),
    only: Annotated[str, typer.Option(help="只运行文件名含有这些字的示例。Only examples so named.")] = "",
    as_json: JsonOption = False,
) -> None:
    """演示：启动两个服务，评估示例，制作文书。Run the examples through both services."""
    with refusals(as_json):
        paths = [
            path for path in part("huiyin.examples", "rules").find_examples(examples) if only in path.stem
        ]
        if not paths:
            cure = "请在项目目录下运行，或用 --examples 指明文件夹。"
            raise RefusedError([Problem("H004", str(examples), "没有找到示例。", cure)], Refusal.NOT_FOUND)
        adoptions = [path for path in (examples / "adoptions.yaml",) if path.exists()]
        if not as_json:
            err.print("正在启动规则服务和文书服务… starting both services")
        with part("huiyin.demo", "rules").running(out, rulesets, adoptions) as started:
            outcomes = started.outcomes(paths)
            failed = _as_json(outcomes) if as_json else _show(outcomes, started, len(paths), out)
    if failed:
        raise typer.Exit(1)


def _as_json(outcomes: Iterable[Any]) -> int:
    told = [
        {
            "example": str(outcome.path),
            "title": outcome.title,
            "answer": as_data(outcome.answer) if outcome.answer else None,
            "counted": [as_data(matter) for matter in outcome.counted],
            "files": [str(file.path) for file in outcome.files],
            "problems": [problem_fields(problem) for problem in outcome.problems],
        }
        for outcome in outcomes
    ]
    print_json(told)
    return sum(bool(outcome["problems"]) for outcome in told)


def _show(outcomes: Iterable[Any], started: Any, count: int, out: Path) -> int:
    console = page()
    labels = Labels(started.codes)
    view = AnswerView(console, labels, started.papers)
    failed, files = 0, []
    for number, outcome in enumerate(outcomes, start=1):
        console.print()
        console.rule(Text(f"{number}/{count}  {outcome.title}", style="bold"), align="left", style="cyan")
        if outcome.note:
            print_folded(console, Text(outcome.note, style="dim"), 2, hanging=0)
        if outcome.answer is not None:
            view.print(outcome.answer)
        _show_counted(console, outcome, labels)
        _show_files(console, outcome)
        if outcome.problems:
            failed += 1
            print_problems(outcome.problems)
        files += outcome.files
    _show_end(console, count, failed, files, out)
    return failed


def _show_counted(console: Console, outcome: Any, labels: Labels) -> None:
    if not outcome.counted:
        return
    console.print(Text("  计入的事项", style="bold cyan"))
    for matter in outcome.counted[:_MOST_COUNTED]:
        told = Text(f"{matter.matter_id}　{'、'.join(map(labels.of, matter.counts))}")
        print_folded(console, told, 4, hanging=2)
    if len(outcome.counted) > _MOST_COUNTED:
        console.print(Text(f"    ……共 {len(outcome.counted)} 件"))


def _show_files(console: Console, outcome: Any) -> None:
    if outcome.files:
        console.print(Text("  制作的文书", style="bold cyan"))
    for paper, files in groupby(outcome.files, lambda file: (file.paper, file.title)):
        console.print(Text(f"    {paper[0]} {paper[1]}"))
        for file in files:
            pages = f"（{file.page_count} 页）" if file.page_count else ""
            console.print(Text(f"      → {file.path}{pages}", style="green"))


def _show_end(console: Console, count: int, failed: int, files: list[Any], out: Path) -> None:
    console.print()
    console.rule(style="cyan")
    substitutes = {it.role: it.family for file in files for it in file.substitutes}
    if substitutes:
        said = "；".join(f"{role}以 {family} 代替" for role, family in sorted(substitutes.items()))
        said = f"字体：{said}。装上单位自己的字库后不再代替，见 huiyin doctor。"
        print_folded(console, Text(said, style="dim"), 2, hanging=0)
    said = f"{count} 个示例，制作 {len(files)} 个文书文件，写入 {out}/"
    said += f"；{failed} 个示例有失败，服务的日志在 {out}/logs/" if failed else ""
    print_folded(console, Text(said, style="red" if failed else "bold"), 2, hanging=0)
    print_folded(console, Text("人物、单位、地点和文号均为虚构。", style="dim"), 2, hanging=0)
