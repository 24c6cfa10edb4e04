"""`huiyin docs render`: one paper, set without a server."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from huiyin.cli.output import JsonOption, err, out, part, print_json, refusals
from service_kit.problems import Problem, RefusedError

FORMATS = ("pdf", "docx")


def render(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="文书代码，例如 N02。Code of the paper.")],
    data: Annotated[Path, typer.Option(help="文书内容（JSON 或 YAML）。Its fields, JSON or YAML.")],
    to: Annotated[Path, typer.Option("--out", help="写到哪个文件。File to write.")],
    form: Annotated[
        str, typer.Option("--format", help="pdf 或 docx，默认看文件名。Default: as the file's name says.")
    ] = "",
    variant: Annotated[str, typer.Option(help="文书的变体，默认第一种。Variant.")] = "",
    number: Annotated[str, typer.Option(help="文号，例如 云岭信〔2024〕36号。Number of the paper.")] = "",
    seal: Annotated[
        str, typer.Option(help="印章的代号，sample 为样章，默认不用印。Key of the seal to lay on it.")
    ] = "",
    seals: Annotated[
        Path | None,
        typer.Option(envvar="HUIYIN_SEALS", help="本单位印章的文件夹，默认只有样章。Folder of seals."),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="制作样稿，可以没有文号。A marked draft.")] = False,
    forbid: Annotated[
        list[str] | None,
        typer.Option(help="不得知悉的人员或者单位，可写多次。Who must not learn of it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """制作一份文书（不需要启动服务）。Render one paper, in process."""
    if seals is not None:
        os.environ["HUIYIN_SEALS"] = str(seals)
    with refusals(as_json):
        format_ = _format(form, to)
        data_json = _data_json(data)
        orders = part("docs_service.orders", "docs")
        order = orders.RenderOrder(
            type=type_,
            data_json=data_json,
            format=orders.Format(format_),
            variant=variant,
            number=number,
            seal=seal,
            draft=draft,
            forbidden_recipients=tuple(orders.Party(name=name) for name in forbid or ()),
        )
        paper = part("docs_service.render", "docs").render(order)
        write_file(to, paper.content)
    if as_json:
        print_json(_about(paper, to))
        return
    pages = f"（{paper.page_count} 页）" if paper.page_count else ""
    out.print(f"{to}{pages}")
    for substitute in paper.substitutes:
        err.print(f"! {substitute.role}以 {substitute.family} 代替：{substitute.reason}", style="yellow")


def _format(form: str, to: Path) -> str:
    named = (form or to.suffix.lstrip(".")).lower()
    if named not in FORMATS:
        problem = Problem("H005", str(to), "看不出要哪种格式。", "请写 --format pdf 或 --format docx。")
        raise RefusedError([problem])
    return named


def _data_json(path: Path) -> str:
    # Also for JSON the file is read as YAML first: its errors are told with line and column.
    content = part("huiyin.yaml_file", "docs").read_yaml(path)
    if path.suffix.lower() == ".json":
        return path.read_text(encoding="utf-8-sig")
    return json.dumps(content, ensure_ascii=False)


def write_file(path: Path, content: bytes) -> None:
    """Write a file, its folder too. Raises RefusedError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        problem = Problem("H006", str(path), f"文件写不了（{error.strerror}）。", "请换一个位置。")
        raise RefusedError([problem]) from None


def _about(paper: Any, path: Path) -> dict[str, Any]:
    names = ("media_type", "page_count", "template_revision", "data_digest", "content_digest")
    substitutes = [{"role": it.role, "family": it.family, "reason": it.reason} for it in paper.substitutes]
    about = {name: getattr(paper, name) for name in (*names, "renderer_fingerprint")}
    return {"file": str(path)} | about | {"substitutes": substitutes}
