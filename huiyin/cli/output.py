"""What every command prints with: results on standard output, what went wrong on standard error."""

import contextlib
import importlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from huiyin.cli.folding import fold
from service_kit.problems import Problem, RefusedError

RulesetsOption = Annotated[
    Path, typer.Option(envvar="HUIYIN_RULESETS", help="规则集文件夹。Folder of rulesets.")
]
PageOption = Annotated[
    Path | None, typer.Option("--out", help="写入这个文件，不写就显示出来。File to write.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取。JSON for programs.")]

# Piped output is not folded: a file or another program has no width.
out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

PAGE_COLUMNS = 100


def page() -> Console:
    """A console for running text: as wide as the terminal up to PAGE_COLUMNS, and that wide in a pipe."""
    width = min(out.width, PAGE_COLUMNS) if out.is_terminal else PAGE_COLUMNS
    return Console(highlight=False, markup=False, width=width)


def print_folded(console: Console, text: Text, indent: int = 0, hanging: int = 2) -> None:
    """Prints TEXT folded to the width of CONSOLE, from INDENT on; further lines hang by HANGING more."""
    for number, line in enumerate(fold(text, console.width - indent - hanging)):
        console.print(Text(" " * (indent + (hanging if number else 0))).append_text(line))


def print_page(text: str, to: Path | None) -> None:
    """Writes a page into the file TO, or prints it."""
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
        err.print(f"✓ 写入 {to}", style="green")


def print_json(value: object) -> None:
    """Prints VALUE as JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_problems(problems: Sequence[Problem]) -> None:
    """Prints PROBLEMS on standard error: place, what is wrong, cure, code."""
    for problem in problems:
        line = Text("✗ ", style="red")
        if problem.place:
            line.append(problem.place, style="bold").append("：")
        line.append(problem.message).append(problem.cure).append(f" [{problem.code}]", style="dim")
        err.print(line)


def problem_fields(problem: Problem) -> dict[str, str]:
    """PROBLEM as it stands in JSON output."""
    return {
        "code": problem.code,
        "place": problem.place,
        "message": problem.message,
        "cure": problem.cure,
    }


@contextlib.contextmanager
def refusals(as_json: bool = False) -> Iterator[None]:
    """Ends the command with status 1 and the problems printed where what it does is refused."""
    try:
        yield
    except RefusedError as refused:
        refuse(refused.problems, as_json)


def refuse(problems: Sequence[Problem], as_json: bool = False) -> NoReturn:
    """Prints PROBLEMS and ends the command with status 1."""
    if as_json:
        print_json({"problems": [problem_fields(problem) for problem in problems]})
    else:
        print_problems(problems)
    raise typer.Exit(1)


def part(module: str, extra: str) -> ModuleType:
    """Imports a part of Huiyin that comes with an extra, or says how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise RefusedError(
            [
                Problem(
                    "H001",
                    module,
                    f"这个命令要用的组件没有安装（缺少 {missing.name}）。",
                    f"请运行：pip install 'huiyin[{extra}]'",
                )
            ]
        ) from None
