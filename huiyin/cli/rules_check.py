"""`huiyin rules check FILE...`: everything that is wrong with rulesets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from huiyin.cli.output import JsonOption, err, out, part, print_json, refusals
from service_kit.problems import Problem, Refusal, RefusedError

MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "information": ("·", "dim")}


def check(
    files: Annotated[
        list[Path], typer.Argument(help="规则集文件，或装着规则集的文件夹。Rulesets or folders of them.")
    ],
    rulesets: Annotated[
        Path,
        typer.Option(envvar="HUIYIN_RULESETS", help="词汇表所在的规则集文件夹。Folder of rulesets."),
    ] = Path("rulesets"),
    sources: Annotated[
        Path | None,
        typer.Option(
            envvar="HUIYIN_SOURCES",
            help="来源原文的文件夹（编号.txt 或 .md），逐字核对引文用。Texts of sources, for quotes.",
        ),
    ] = None,
    info: Annotated[
        bool, typer.Option("--info", help="也列出不必处理的说明。List what asks for nothing, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """检查规则集：缺口、重叠、到不了的行、引文等，一次列出全部问题。Check rulesets, all findings at once."""
    with refusals(as_json):
        _all_there([*files, *([sources] if sources else [])])
        report = part("rules_service.analysis.check", "rules").check(files, rulesets, sources)
    count = Counter(finding.severity for finding in report.findings)
    if as_json:
        print_json(
            {
                "errors": count["error"],
                "warnings": count["warning"],
                "findings": [_fields(it) for it in report.findings],
                "coverage": [asdict(it) for it in report.coverage],
            }
        )
    else:
        _print([it for it in report.findings if info or it.severity != "information"])
        said = f"{'✗' if count['error'] else '✓'} {count['error']} 处错误，{count['warning']} 处提醒"
        if count["information"]:
            said += f"，{count['information']} 处说明" + ("" if info else "（--info 列出）")
        err.print(said, style="red" if count["error"] else "green")
    if count["error"]:
        raise typer.Exit(1)


def _all_there(given: Sequence[Path]) -> None:
    missing = [path for path in given if not path.exists()]
    if missing:
        problems = (Problem("H003", str(path), "没有这个文件。", "请检查路径。") for path in missing)
        raise RefusedError(problems, Refusal.NOT_FOUND)


def _print(findings: Sequence[Any]) -> None:
    for finding in findings:
        mark, style = MARKS[finding.severity]
        line = Text(f"{mark} ", style=style)
        line.append(f"{finding.file}:{finding.line}" if finding.line else str(finding.file), style="bold")
        line.append(f" {finding.place}：" if finding.place else " ")
        line.append(finding.message).append(finding.cure).append(f" [{finding.code}]", style="dim")
        out.print(line)


def _fields(finding: Any) -> dict[str, Any]:
    names = ("code", "severity", "place", "message", "cure", "line")
    return {"file": str(finding.file)} | {name: getattr(finding, name) for name in names}
