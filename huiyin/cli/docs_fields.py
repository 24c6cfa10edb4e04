"""`huiyin docs list` and `huiyin docs fields TYPE`: which papers there are, and what goes into one."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from huiyin.cli.output import JsonOption, err, out, part, print_json, refusals
from service_kit.problems import Problem, Refusal, RefusedError


def list_(as_json: JsonOption = False) -> None:
    """列出能制作的文书。List the papers that can be rendered."""
    with refusals(as_json):
        catalogue = part("docs_service.catalogue", "docs")
        kinds = [kind for _, kind in sorted(catalogue.shipped_catalogue().types.items())]
    if as_json:
        print_json([_about(kind) for kind in kinds])
        return
    for kind in kinds:
        out.print(Text(f"{kind.code} ").append(kind.title, style="bold").append(f"　{kind.issued_when}"))
        for variant in kind.variants if len(kind.variants) > 1 else ():
            out.print(
                Text(f"    --variant {variant.code}　{variant.title}：{variant.issued_when}", style="dim")
            )
    err.print(catalogue.CATALOGUE_NOTE, style="dim")


def fields(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="文书代码，例如 N02。Code of the paper.")],
    variant: Annotated[str, typer.Option(help="文书的变体，默认第一种。Variant.")] = "",
    as_json: JsonOption = False,
) -> None:
    """输出一份可以照着填写的内容文件。A YAML file to fill in; with --json, the JSON Schema."""
    with refusals(as_json):
        catalogue = part("docs_service.catalogue", "docs")
        kind = catalogue.shipped_catalogue().types.get(type_)
        chosen = kind.variant(variant) if kind else None
        if kind is None or chosen is None:
            what = "没有这种文书" if kind is None else "这种文书没有这个变体"
            problem = Problem("H008", variant if kind else type_, f"{what}。", "请用 huiyin docs list 查看。")
            raise RefusedError([problem], Refusal.NOT_FOUND)
    if as_json:
        print_json(catalogue.fields_schema(kind))
        return
    typer.echo(
        f"# {kind.code} {chosen.title}。人名、单位和编号都是示例，请改成实际内容；# 开头的行可以不填。"
    )
    for field in kind.fields_of(chosen.code):
        typer.echo("\n".join(_lines(field)))


def _about(kind: Any) -> dict[str, Any]:
    variants = [{"code": it.code, "title": it.title} for it in kind.variants]
    return {"code": kind.code, "title": kind.title, "english": kind.english, "variants": variants}


def _lines(field: Any) -> Iterator[str]:
    """A field with its example, commented out where it may be left out."""
    yield f"\n# {_explained(field)}"
    mark = "" if field.required or field.needed_when else "# "
    for line in _entry(field):
        yield f"{mark}{line}"


def _explained(field: Any) -> str:
    conditions = (f"{name} 为 {'、'.join(codes)} 时必填" for name, codes in field.needed_when.items())
    need = "必填" if field.required else "；".join(conditions) or "选填"
    parts = [field.label, need, field.hint]
    parts.append("、".join(f"{code.code} {code.label}" for code in field.codes))
    return "　".join(filter(None, parts))


def _entry(field: Any) -> Iterator[str]:
    if field.item is not None:
        yield f"{field.name}:"
        yield from (f"  {line}" for line in _item(field.item))
    elif field.fields:
        yield f"{field.name}:"
        yield from (f"  {line}" for part_ in field.fields for line in _entry(part_) if part_.required)
    else:
        yield f"{field.name}: {_value(field)}"


def _item(field: Any) -> Iterator[str]:
    if not field.fields:
        yield f"- {_value(field)}"
        return
    lines = [line for part_ in field.fields for line in _entry(part_) if part_.required]
    yield f"- {lines[0]}"
    yield from (f"  {line}" for line in lines[1:])


def _value(field: Any) -> str:
    return json.dumps(field.example, ensure_ascii=False)
