"""The command line `huiyin`: one verb, one module."""

import os
import sys
import traceback

import typer

from huiyin.cli import (
    demo,
    docs_check,
    docs_fields,
    docs_preview,
    docs_render,
    doctor,
    health,
    rules_check,
    rules_evaluate,
    rules_fmt,
    rules_index,
    rules_layers,
    rules_list,
    rules_story,
    serve,
    token,
    up,
)
from huiyin.cli.output import err, print_problems
from service_kit.problems import RefusedError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"max_content_width": 100},
    help="回音 Huiyin：信访规则与文书。Rules and papers for Chinese petition offices.\n\n"
    "件件有着落，事事有回音。初次使用请先运行 huiyin doctor，再运行 huiyin demo。",
)
rules_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="检查规则集，评估事项。Rules.")
docs_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="制作文书。Papers.")

rules_app.command("list")(rules_list.list_)
rules_app.command("check")(rules_check.check)
rules_app.command("fmt")(rules_fmt.fmt)
rules_app.command("evaluate")(rules_evaluate.evaluate)
rules_app.command("assess")(rules_evaluate.assess)
rules_app.command("story")(rules_story.story)
rules_app.command("index")(rules_index.index)
rules_app.command("layers")(rules_layers.layers)

docs_app.command("list")(docs_fields.list_)
docs_app.command("fields")(docs_fields.fields)
docs_app.command("render")(docs_render.render)
docs_app.command("check")(docs_check.check)
docs_app.command("preview")(docs_preview.preview)

app.add_typer(rules_app, name="rules")
app.add_typer(docs_app, name="docs")
app.add_typer(serve.app, name="serve")
app.command("demo")(demo.demo)
app.command("up")(up.up)
app.command("token")(token.token)
app.command("health")(health.health)
app.command("doctor")(doctor.doctor)

WRONG_USAGE = 2


def main() -> None:
    """Runs the command line; whatever goes wrong ends in a sentence and a status, never a stack trace."""
    try:
        app()
    except SystemExit as end:
        # Typer says in English what is wrong with a command; a group by itself has shown its help.
        if end.code == WRONG_USAGE and sys.argv[1:] not in [
            [],
            *([group.name] for group in app.registered_groups),
        ]:
            err.print(
                "✗ 命令写得不对：没有这个命令或选项，或者缺了参数。命令后面加 --help 看怎么写。", style="red"
            )
        raise
    except RefusedError as refused:
        print_problems(refused.problems)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        if os.environ.get("HUIYIN_DEBUG"):
            traceback.print_exc()
        last = traceback.extract_tb(error.__traceback__)[-1]
        err.print(
            f"✗ 程序内部出错：{type(error).__name__}（{last.filename}:{last.lineno}）。"
            "请把这一行告诉开发者；设置 HUIYIN_DEBUG=1 再运行可看到详情。"
        )
        sys.exit(1)
