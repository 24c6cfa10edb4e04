"""`huiyin docs check`: what is wrong with the templates of papers, before they are used."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from huiyin.cli.output import JsonOption, err, out, part, print_json, problem_fields, refusals
from service_kit.problems import Problem, Refusal, RefusedError

_CODE = re.compile(r"[A-Z][0-9]{2}")


def check(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE|FILE.docx]...", help="文书代码或者模板文件，默认全部。Default: all."),
    ] = None,
    type_: Annotated[
        str, typer.Option("--type", metavar="CODE", help="模板文件是哪种文书，默认看文件名。Paper of a file.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """检查文书模板：字段、标签、版式、字体和最长内容，一次列出全部问题。Check templates, all at once."""
    with refusals(as_json):
        catalogue = part("docs_service.catalogue", "docs").shipped_catalogue()
        wanted = [_wanted(name, type_, catalogue.types) for name in what or sorted(catalogue.types)]
        check_template = part("docs_service.check", "docs").check_template
        reports = [(name, check_template(kind, template)) for name, kind, template in wanted]
    if as_json:
        print_json([_fields(name, report) for name, report in reports])
    else:
        for name, report in reports:
            _print(name, report)
    if any(report.problems for _, report in reports):
        raise typer.Exit(1)


def _wanted(name: str, type_: str, types: Any) -> tuple[str, Any, bytes | None]:
    """Name, type and, where a file is meant, its content."""
    is_file = name.lower().endswith(".docx")
    code = _code_of(Path(name), type_) if is_file else name
    kind = types.get(code)
    if kind is None:
        message = "看不出是哪种文书的模板。" if is_file else "没有这种文书。"
        cure = "请写 --type 代码；代码用 huiyin docs list 查看。"
        raise RefusedError([Problem("H008", name, message, cure)], Refusal.NOT_FOUND)
    return name, kind, _read(Path(name)) if is_file else None


def _code_of(path: Path, type_: str) -> str:
    named = _CODE.match(path.name) or _CODE.fullmatch(path.absolute().parent.name)
    return type_ or (named.group() if named else "")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem("H003", str(path), f"文件读不了（{error.strerror}）。", "请检查路径。")
        raise RefusedError([problem], Refusal.NOT_FOUND) from None


def _print(name: str, report: Any) -> None:
    _print_each(name, report.problems, "✗", "red")
    _print_each(name, report.notes, "·", "dim")
    if not report.problems:
        err.print(f"✓ {name} 模板没有问题", style="green")


def _print_each(name: str, findings: Sequence[Problem], mark: str, style: str) -> None:
    for finding in findings:
        line = Text(f"{mark} ", style=style).append(name, style="bold")
        line.append(f" {finding.place}：" if finding.place else "：")
        line.append(finding.message).append(finding.cure).append(f" [{finding.code}]", style="dim")
        out.print(line)


def _fields(name: str, report: Any) -> dict[str, Any]:
    return {
        "template": name,
        "problems": [problem_fields(problem) for problem in report.problems],
        "notes": [problem_fields(note) for note in report.notes],
    }
