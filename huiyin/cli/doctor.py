"""`huiyin doctor`: what this machine has and lacks."""

from dataclasses import asdict

import typer
from rich.text import Text

from huiyin import doctor as checks
from huiyin.cli.output import JsonOption, out, print_json


def doctor(as_json: JsonOption = False) -> None:
    """检查本机是否具备运行条件。Check what this machine lacks."""
    report = checks.report()
    if as_json:
        print_json([asdict(check) for check in report])
    else:
        for check in report:
            line = Text("✓ " if check.ok else "✗ ", style="green" if check.ok else "red")
            line.append(check.name, style="bold").append(f"　{check.detail}")
            if check.cure:
                line.append(f"　{check.cure}", style="yellow")
            out.print(line)
    if not all(check.ok for check in report):
        raise typer.Exit(1)
