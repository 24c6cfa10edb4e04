"""The services as processes of this machine: started, waited for, stopped."""

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service_kit.problems import Problem, RefusedError

_START_SECONDS = 120.0
_STOP_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A service that runs: its supervisor and where it listens."""

    name: str
    process: subprocess.Popen[bytes]
    address: str


@contextlib.contextmanager
def services(
    arguments: Mapping[str, Sequence[str]],
    environment: Mapping[str, str] | None = None,
    logs: Path | None = None,
) -> Iterator[dict[str, ServiceProcess]]:
    """Starts `huiyin serve NAME ...` with its ARGUMENTS for all names at once; stops them in the end.

    Each logs into a file of the folder LOGS; without one, to this process's own outputs.
    """
    with tempfile.TemporaryDirectory(prefix="huiyin-") as folder, contextlib.ExitStack() as stack:
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, own in arguments.items():
                log = stack.enter_context((logs / f"{name}.log").open("wb")) if logs else None
                command = [sys.executable, "-P", "-m", "huiyin", "serve", name]
                command += ["--end-with-stdin", "--ready-file", str(Path(folder) / name), *own]
                started[name] = subprocess.Popen(  # noqa: S603 - this interpreter, this package
                    command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    process_group=0,
                )
            yield {
                name: ServiceProcess(name, process, _address(name, process, Path(folder) / name, logs))
                for name, process in started.items()
            }
        finally:
            _stop(started.values())


def _address(name: str, process: subprocess.Popen[bytes], ready_file: Path, logs: Path | None) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            cure = _last_lines(logs / f"{name}.log") if logs else "原因见上面的输出。"
            raise RefusedError([Problem("H002", f"huiyin serve {name}", "服务没有启动起来。", cure)])
        time.sleep(0.02)
    state = json.loads(ready_file.read_text(encoding="utf-8"))
    return f"{state['host']}:{state['port']}"


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    return "\n".join((f"日志 {log} 的最后几行：", *lines))


def _stop(started: Iterable[subprocess.Popen[bytes]]) -> None:
    running = [process for process in started if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
