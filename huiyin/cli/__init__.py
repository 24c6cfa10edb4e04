"""The command line `huiyin`: one verb, one module."""

import os
import sys
import traceback

import typer

from huiyin.cli import serve
from huiyin.cli.output import err

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
    add_completion=False,
    help="回音 Huiyin：信访规则与文书。Rules and papers for Chinese petition offices.",
)
app.add_typer(serve.app, name="serve")


def main() -> None:
    """Runs the command line; whatever goes wrong ends in a sentence and a status, never a stack trace."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last line of defence
        if os.environ.get("HUIYIN_DEBUG"):
            traceback.print_exc()
        last = traceback.extract_tb(error.__traceback__)[-1]
        err.print(
            f"✗ 程序内部出错：{type(error).__name__}（{last.filename}:{last.lineno}）。"
            "请把这一行告诉开发者；设置 HUIYIN_DEBUG=1 再运行可看到详情。"
        )
        sys.exit(1)
