"""`huiyin rules fmt FILE...`: ruleset files in their canonical form."""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from huiyin.cli.output import (
    JsonOption,
    err,
    out,
    part,
    print_json,
    print_problems,
    problem_fields,
    refusals,
)
from service_kit.problems import Problem, Refusal, RefusedError


def fmt(
    files: Annotated[
        list[Path], typer.Argument(help="规则集文件，或装着规则集的文件夹。Rulesets or folders of them.")
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="只检查，不改文件；有未整理的就以 1 退出。Only tell, change nothing."),
    ] = False,
    rulesets: Annotated[
        Path,
        typer.Option(envvar="HUIYIN_RULESETS", help="词汇表所在的规则集文件夹。Folder of rulesets."),
    ] = Path("rulesets"),
    as_json: JsonOption = False,
) -> None:
    """把规则集整理成统一的写法，意思和版本号都不变。Format rulesets; what they say stays the same."""
    with refusals(as_json):
        formed = _form(files, rulesets)
        changed = [it for it in formed if it.changed]
        if not check:
            for it in changed:
                replace_file(it.path, it.canonical)
    problems = [finding.problem() for it in formed for finding in it.findings]
    refused = [it for it in formed if it.findings]
    if as_json:
        print_json(
            {
                "changed": [str(it.path) for it in changed],
                "unchanged": [str(it.path) for it in formed if not it.changed and not it.findings],
                "refused": [str(it.path) for it in refused],
                "problems": [problem_fields(problem) for problem in problems],
            }
        )
    else:
        print_problems(problems)
        for it in changed:
            out.print(f"{it.path}：{'需要整理' if check else '已整理'}")
        _sum_up(len(changed), len(refused), len(formed), check=check)
    if refused or (check and changed):
        raise typer.Exit(1)


def _sum_up(changed: int, refused: int, all_: int, *, check: bool) -> None:
    words = [f"{changed} 个文件{'需要整理' if check else '已整理'}"] if changed else []
    words += [f"{refused} 个文件有错误，未改动"] if refused else []
    words += [f"{all_ - changed - refused} 个文件已经是统一写法"] if all_ - changed - refused else []
    wrong = refused or (check and changed)
    err.print(
        f"{'✗' if wrong else '✓'} {'，'.join(words) or '没有规则集文件'}。", style="red" if wrong else "green"
    )


def _form(given: Sequence[Path], rulesets: Path) -> list[Any]:
    """Every ruleset file once, however often it was named."""
    missing = [path for path in given if not path.exists()]
    if missing:
        problems = (Problem("H003", str(path), "没有这个文件。", "请检查路径。") for path in missing)
        raise RefusedError(problems, Refusal.NOT_FOUND)
    rulebook = part("rules_service.engine.rulebook", "rules")
    form = part("rules_service.language.form", "rules")
    basics, findings = rulebook.load_basics(rulesets)
    if wrong := [finding.problem() for finding in findings if finding.severity == "error"]:
        raise RefusedError(wrong)
    files = [file for path in given for file in (rulebook.ruleset_files(path) if path.is_dir() else [path])]
    return [
        form.form_file(file, basics.vocabulary, basics.sources)
        for file in dict.fromkeys(files)
        if file.name not in rulebook.NOT_RULESETS
    ]


def replace_file(path: Path, text: str) -> None:
    """Puts a text in a file's place at once: whoever looks sees the old one whole or the new one whole."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
