"""`huiyin docs preview`: a paper's own example as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from huiyin.cli.docs_render import write_file
from huiyin.cli.output import JsonOption, out, part, print_json, refusals
from service_kit.problems import Problem, Refusal, RefusedError


def preview(
    type_: Annotated[str, typer.Argument(metavar="CODE", help="文书代码，例如 N02。Code of the paper.")],
    to: Annotated[Path, typer.Option("--out", help="写到哪个 PNG 文件。PNG file to write.")],
    case: Annotated[str, typer.Option(help="哪个示例，默认第一个。Case, default: the first.")] = "",
    seal: Annotated[str, typer.Option(help="印章：sample 为样章；默认为样稿。Seal; default: a draft.")] = "",
    resolution: Annotated[int, typer.Option("--dpi", min=24, max=300, help="分辨率。Resolution.")] = 96,
    as_json: JsonOption = False,
) -> None:
    """把文书自带的示例画成图片，各页并排（内容都是虚构的）。Picture of one of a paper's own cases."""
    with refusals(as_json):
        kind = part("docs_service.catalogue", "docs").shipped_catalogue().types.get(type_)
        if kind is None:
            problem = Problem("H008", type_, "没有这种文书。", "请用 huiyin docs list 查看。")
            raise RefusedError([problem], Refusal.NOT_FOUND)
        previewing = part("docs_service.preview", "docs")
        write_file(to, previewing.preview(previewing.case_order(kind, case, seal=seal), resolution))
    if as_json:
        print_json({"file": str(to)})
    else:
        out.print(str(to))
