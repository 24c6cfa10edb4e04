"""`huiyin rules check FILE...`: everything that is wrong with rulesets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from huiyin.cli.output import JsonOption, err, out, part, print_json, refusals
from service_kit.problems import Problem, Refusal, RefusedError


def check(
    files: Annotated[
        list[Path], typer.Argument(help="规则集文件，或装着规则集的文件夹。Rulesets or folders of them.")
    ],
    rulesets: Annotated[
        Path,
        typer.Option(envvar="HUIYIN_RULESETS", help="词汇表所在的规则集文件夹。Folder of rulesets."),
    ] = Path("rulesets"),
    as_json: JsonOption = False,
) -> None:
    """检查规则集：缺口、重叠、到不了的行、引文等，一次列出全部问题。Check rulesets, all findings at once."""
    with refusals(as_json):
        _all_there(files)
        findings = part("rules_service.analysis.check", "rules").check_files(files, rulesets)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"errors": errors, "findings": [_fields(it) for it in findings]})
    else:
        _print(findings)
        said = f"{'✗' if errors else '✓'} {errors} 处错误，{len(findings) - errors} 处提醒"
        err.print(said, style="red" if errors else "green")
    if errors:
        raise typer.Exit(1)


def _all_there(given: Sequence[Path]) -> None:
    missing = [path for path in given if not path.exists()]
    if missing:
        problems = (Problem("H003", str(path), "没有这个文件。", "请检查路径。") for path in missing)
        raise RefusedError(problems, Refusal.NOT_FOUND)


def _print(findings: Sequence[Any]) -> None:
    for finding in findings:
        wrong = finding.severity == "error"
        line = Text("✗ " if wrong else "! ", style="red" if wrong else "yellow")
        line.append(f"{finding.file}:{finding.line}" if finding.line else str(finding.file), style="bold")
        line.append(f" {finding.place}：" if finding.place else " ")
        line.append(finding.message).append(finding.cure).append(f" [{finding.code}]", style="dim")
        out.print(line)


def _fields(finding: Any) -> dict[str, Any]:
    names = ("code", "severity", "place", "message", "cure", "line")
    return {"file": str(finding.file)} | {name: getattr(finding, name) for name in names}
