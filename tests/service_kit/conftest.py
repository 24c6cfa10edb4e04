"""Servers to test with: one in this process, and whole ones under a supervisor."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc as pb_grpc
from service_kit.serving.server import Server
from service_kit.serving.settings import ServingSettings, load_settings
from tests.service_kit.toy import DEFINITION

ROOT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], Any], within: float = 60.0, what: str = "") -> Any:
    """Polls until CONDITION gives something true, and gives it."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within} s: {what or condition}")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the second where it ends while it is read
        return False


@pytest.fixture
def serve() -> Iterator[Callable[..., grpc.Channel]]:
    """Starts a server in this process with the settings given; gives a channel to it."""
    servers: list[Server] = []
    channels: list[grpc.Channel] = []

    def start(**arguments: Any) -> grpc.Channel:
        settings: ServingSettings = load_settings(port=0, drain_seconds=0, stop_seconds=0, **arguments)
        server = Server(DEFINITION, settings)
        servers.append(server)
        channels.append(grpc.insecure_channel(f"127.0.0.1:{server.start()}"))
        return channels[-1]

    yield start
    for channel in channels:
        channel.close()
    for server in servers:
        server.stop()


def evaluate(channel: grpc.Channel, ruleset: str, **call: Any) -> pb.EvaluateResponse:
    return pb_grpc.RulesServiceStub(channel).Evaluate(pb.EvaluateRequest(ruleset=ruleset), **call)


@dataclass
class Supervised:
    """The toy service as it runs in earnest."""

    process: subprocess.Popen[str]
    ready_file: Path
    log: Path

    def state(self) -> dict[str, Any]:
        return json.loads(self.ready_file.read_text())

    def workers(self) -> set[int]:
        return set(self.state()["workers"])

    def channel(self) -> grpc.Channel:
        """A connection of its own, so that any worker may answer."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        return grpc.insecure_channel(f"127.0.0.1:{self.state()['port']}", options)

    def ask(self, ruleset: str = "pid", timeout: float = 30.0) -> str:
        """Asks over a new connection."""
        with self.channel() as channel:
            return evaluate(channel, ruleset, timeout=timeout).answer.decision_id

    def answering(self, count: int = 12) -> set[int]:
        """The workers that answer over COUNT new connections."""
        return {int(self.ask()) for _ in range(count)}

    def replaced(self, pid: int, within: float = 60.0) -> None:
        wait_until(lambda: pid not in self.workers(), within, f"worker {pid} replaced")


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    """Starts the toy service under a supervisor and waits until it is ready."""
    started: list[Supervised] = []

    def start(wait: bool = True, environment: dict[str, str] | None = None, **settings: Any) -> Supervised:
        ready_file, log = tmp_path / f"ready{len(started)}", tmp_path / f"log{len(started)}"
        fixed = {"port": 0, "workers": 2, "drain_seconds": 0, "stop_seconds": 5} | settings
        arguments = [f"{name}={value}" for name, value in fixed.items()]
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.service_kit.run_toy", str(ready_file), *arguments],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
                stderr=stderr,
                text=True,
            )
        service = Supervised(process, ready_file, log)
        started.append(service)
        if wait:
            wait_until(lambda: ready_file.exists() or process.poll() is not None, 90, "ready")
            assert process.poll() is None, log.read_text()
        return service

    yield start
    for service in started:
        if service.process.poll() is None:
            service.process.send_signal(signal.SIGTERM)
            try:
                service.process.wait(15)
            except subprocess.TimeoutExpired:
                service.process.kill()
                service.process.wait()
