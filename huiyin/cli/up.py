"""`huiyin up`: both services in the foreground."""

import signal
import threading
from collections.abc import Iterable

import typer

from huiyin.cli.output import err, out, refusals
from huiyin.processes import ServiceProcess, services
from huiyin.services import SERVICES


def up() -> None:
    """启动两个服务并保持运行，Ctrl-C 停止。Serve both services."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with refusals(), services(tuple(SERVICES)) as running:
        err.print("两个服务都已就绪，按 Ctrl-C 停止。Both are ready; Ctrl-C stops them.")
        while not stop.wait(0.5):
            _check(running.values())
    out.print("已停止 stopped")


def _check(running: Iterable[ServiceProcess]) -> None:
    for it in running:
        if it.process.poll() is not None:
            err.print(f"✗ 服务 {it.name} 意外停止，原因见上面的日志。{it.name} ended by itself.")
            raise typer.Exit(1)
