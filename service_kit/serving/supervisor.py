"""Keeps the worker processes of one service on one port (SO_REUSEPORT): replaces the dead and the hanging.

SIGTERM or Ctrl-C drains and ends them; a second one ends them at once. SIGHUP puts a generation of fresh
workers, with certificates, tokens and data read anew, in the place of the old one without refusing a call:
once all of it are ready, the old ones take no more connections and go on with those they have until the last
is closed at its age.

A generation answers from the same data and knows the same tokens. Where a worker has loaded others than those
beside it, a new generation begins with it; where a generation cannot be completed, its workers go and the old
ones stay.
"""

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType

from service_kit.problems import Problem, RefusedError
from service_kit.serving.control import work_order
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.settings import ServingSettings
from service_kit.serving.worker_process import PROBE_SECONDS, WorkerProcess

_LOGGER = logging.getLogger("huiyin.serving")
_LONGEST_BACK_OFF = 30.0
_START_ATTEMPTS = 3
_SPARE_SECONDS = 10.0
_LIFELINE = object()
_NO_START = Problem("K011", "", "服务启动不了，原因见上面的日志。", "请先运行 huiyin doctor 检查安装。")


class Supervisor:
    """Runs one service until it is told to stop."""

    def __init__(
        self,
        definition: ServiceDefinition,
        settings: ServingSettings,
        ready_file: Path | None = None,
        on_ready: Callable[[ServingSettings], None] = lambda _: None,
        lifeline: int | None = None,
    ) -> None:
        """LIFELINE is a file descriptor to read from: its end is the end of who started this, and of this."""
        self._reserved, port = reserve(settings, definition.default_port)
        self._settings = settings.model_copy(update={"port": port})
        self._order = work_order(definition, self._settings)
        self._ready_file = ready_file
        self._on_ready = on_ready
        self._selector = selectors.DefaultSelector()
        if lifeline is not None:
            self._selector.register(lifeline, selectors.EVENT_READ, _LIFELINE)
        self._workers: list[WorkerProcess] = []
        self._generation = 0
        self._failed_starts = 0
        self._next_start = 0.0
        self._next_probe = 0.0
        self._announced = False
        self._reported: list[int] = []
        self._signals: list[int] = []
        self._stopping = False
        self._failure: RefusedError | None = None

    def run(self) -> None:
        """Serves until told to stop; refuses where no worker could start at all."""
        with self._reserved, self._woken_by_signals():
            try:
                while self._workers or not self._stopping:
                    self._obey()
                    self._fill()
                    self._listen()
                    self._probe()
                    self._reap()
                    self._report()
            finally:
                for worker in self._workers:
                    worker.kill()
        if self._failure is not None:
            raise self._failure

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[None]:
        waking, woken = socket.socketpair()
        waking.setblocking(False)
        woken.setblocking(False)
        self._selector.register(woken, selectors.EVENT_READ, None)
        before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
        handlers = {number: signal.signal(number, self._note) for number in wanted}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            self._selector.close()
            waking.close()
            woken.close()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)

    def _obey(self) -> None:
        while self._signals:
            number = self._signals.pop(0)
            if number == signal.SIGHUP:
                self._renew()
            elif number in (signal.SIGTERM, signal.SIGINT):
                self._stop(at_once=self._stopping)

    def _stop(self, at_once: bool = False) -> None:
        self._stopping = True
        for worker in self._workers:
            if at_once or not worker.ready:
                worker.kill()
            else:
                worker.stop(self._end_seconds())

    def _end_seconds(self) -> float:
        return self._settings.drain_seconds + self._settings.stop_seconds + _SPARE_SECONDS

    def _staying(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if not worker.leaving]

    def _current(self) -> list[WorkerProcess]:
        return [worker for worker in self._staying() if worker.generation == self._generation]

    def _outdated(self) -> list[WorkerProcess]:
        return [worker for worker in self._staying() if worker.generation < self._generation]

    def _complete(self) -> bool:
        return sum(worker.ready for worker in self._current()) == self._settings.workers

    def _dismiss(self, workers: Iterable[WorkerProcess]) -> None:
        for worker in workers:
            worker.leave(self._settings.see_off_seconds + self._end_seconds())

    def _renew(self, first: WorkerProcess | None = None) -> None:
        """Begins a generation, with FIRST in it. The workers that are ready stay until it is complete."""
        # INVARIANT: outdated workers are ready and of one generation, so that they have the same data.
        incomplete = bool(self._outdated())
        current = [worker for worker in self._current() if worker is not first]
        self._dismiss(worker for worker in current if incomplete or not worker.ready)
        self._generation += 1
        self._failed_starts = 0
        self._next_start = 0.0
        if first is not None:
            first.generation = self._generation

    def _fill(self) -> None:
        current = self._current()
        while not self._stopping and len(current) < self._settings.workers:
            if time.monotonic() < self._next_start:
                return
            worker = WorkerProcess(self._order, self._generation)
            self._selector.register(worker.control, selectors.EVENT_READ, worker)
            self._workers.append(worker)
            current.append(worker)

    def _listen(self) -> None:
        for key, _ in self._selector.select(PROBE_SECONDS / 2):
            worker = key.data
            if worker is None:
                _empty(key.fileobj)  # type: ignore[arg-type]
                continue
            if worker is _LIFELINE:
                if not os.read(key.fd, 4096):
                    self._selector.unregister(key.fileobj)
                    self._stop()
                continue
            was_ready = worker.ready
            if not worker.listen():
                self._selector.unregister(worker.control)
            if worker.ready and not was_ready and not worker.leaving:
                self._welcome(worker)

    def _welcome(self, worker: WorkerProcess) -> None:
        self._failed_starts = 0
        _LOGGER.info("worker ready", extra={"fields": {"worker": worker.pid}})
        if any(other.ready and other.data_digest != worker.data_digest for other in self._current()):
            _LOGGER.warning("data or tokens have changed since others loaded them; all workers are replaced")
            self._renew(worker)
        if self._complete():
            self._dismiss(self._outdated())

    def _probe(self) -> None:
        now = time.monotonic()
        if now < self._next_probe:
            return
        self._next_probe = now + PROBE_SECONDS
        for worker in self._workers:
            why = worker.hangs(self._settings.hang_seconds, self._settings.start_seconds)
            if why:
                _LOGGER.error("worker killed", extra={"fields": {"worker": worker.pid, "why": why}})
                worker.kill()
            else:
                worker.probe()

    def _reap(self) -> None:
        for worker in list(self._workers):
            status = worker.exit_status()
            if status is None:
                continue
            self._workers.remove(worker)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(worker.control)
            worker.close()
            if worker.leaving or self._stopping:
                continue
            _LOGGER.error("worker ended", extra={"fields": {"worker": worker.pid, "status": status}})
            if not worker.ready:
                self._mourn_start(worker)

    def _mourn_start(self, worker: WorkerProcess) -> None:
        """A worker that died before it served: try again ever more slowly, or say that it is no use."""
        self._failed_starts += 1
        back_off = min(_LONGEST_BACK_OFF, 0.25 * 2**self._failed_starts)
        self._next_start = time.monotonic() + back_off
        for problem in worker.refused if self._announced else ():
            _LOGGER.error("refused", extra={"fields": {"problem": str(problem)}})
        if not self._announced and (worker.refused or self._failed_starts >= _START_ATTEMPTS):
            self._failure = RefusedError(worker.refused or [_NO_START])
            self._stop()
        elif self._outdated() and (worker.refused or self._failed_starts >= _START_ATTEMPTS):
            _LOGGER.error("what was to be loaded anew cannot be; the old workers go on")
            self._keep_old()

    def _keep_old(self) -> None:
        outdated = self._outdated()
        self._dismiss(self._current())
        for worker in outdated:
            worker.generation = self._generation

    def _report(self) -> None:
        serving = sorted(worker.pid for worker in self._current())
        if self._stopping or serving == self._reported or not self._complete():
            return
        self._reported = serving
        if self._ready_file is not None:
            state = {
                "host": self._settings.host,
                "port": self._settings.port,
                "pid": os.getpid(),
                "workers": serving,
            }
            _replace(self._ready_file, json.dumps(state) + "\n")
        if not self._announced:
            self._announced = True
            self._on_ready(self._settings)


def reserve(settings: ServingSettings, default_port: int) -> tuple[socket.socket, int]:
    """Holds the port for the workers, also while none of them lives, and gives its number.

    Bound but not listening, the socket takes no connection from them.
    """
    port = default_port if settings.port is None else settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        if port:
            # Without SO_REUSEPORT first: otherwise two services would share a port without a word.
            with socket.socket(family) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
                trial.listen()
        reserved = socket.socket(family)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(address)
    except OSError as error:
        raise RefusedError(
            [
                Problem(
                    "K010",
                    f"{settings.host}:{port}",
                    f"这个地址不能监听（{error.strerror}）。",
                    "请换一个端口，或先停掉占用它的程序。",
                )
            ]
        ) from None
    return reserved, reserved.getsockname()[1]


def _empty(woken: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while woken.recv(4096):
            pass


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
