"""`huiyin up`: both services in the foreground."""

import signal
from collections.abc import Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Annotated

import typer

from huiyin.cli.output import err, out, refusals
from huiyin.processes import ServiceProcess, services

LOOK_SECONDS = 0.5

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="端口，默认见 huiyin serve。Port.")]


def up(rules_port: Port = None, docs_port: Port = None) -> None:
    """启动两个服务并保持运行，Ctrl-C 停止。Serve both services."""
    ports = {"rules": rules_port, "docs": docs_port}
    arguments = {name: ["--port", str(port)] if port else [] for name, port in ports.items()}
    # Unlike an Event, a SimpleQueue may be filled by a handler that interrupts the wait for it.
    told = SimpleQueue[int]()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signalled, _: told.put(signalled))
    with refusals(), services(arguments) as running:
        err.print("两个服务都已就绪，按 Ctrl-C 停止。Both are ready; Ctrl-C stops them.")
        while True:
            with suppress(Empty):
                told.get(timeout=LOOK_SECONDS)
                break
            _check(running.values())
    out.print("已停止 stopped")


def _check(running: Iterable[ServiceProcess]) -> None:
    for it in running:
        if it.process.poll() is not None:
            err.print(f"✗ 服务 {it.name} 意外停止，原因见上面的日志。{it.name} ended by itself.")
            raise typer.Exit(1)
