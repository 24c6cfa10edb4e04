"""Keeps the worker processes of one service on one port (SO_REUSEPORT): replaces the dead and the hanging.

SIGTERM or Ctrl-C drains and ends them; a second one ends them at once. SIGHUP reads certificates, tokens and
data anew and puts a generation of fresh workers in the place of the old one without refusing a call: once all
of it are ready, the old ones take no more connections and go on with those they have until the last is closed
at its age.

A generation is loaded from one copy of the files: its workers answer the same, also one that replaces another
when the files have changed or are half written. Where a generation cannot be completed, its workers go and
the old ones stay.
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
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.generation import Generation
from service_kit.serving.settings import ServingSettings
from service_kit.serving.snapshot import sweep
from service_kit.serving.worker_process import PROBE_SECONDS, WorkerProcess

_LOGGER = logging.getLogger("huiyin.serving")
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
        self._definition = definition
        self._ready_file = ready_file
        self._on_ready = on_ready
        self._selector = selectors.DefaultSelector()
        if lifeline is not None:
            self._selector.register(lifeline, selectors.EVENT_READ, _LIFELINE)
        self._workers: list[WorkerProcess] = []
        self._serving: Generation | None = None
        """The last that was complete."""
        self._coming: Generation | None = None
        """The one that is to take its place."""
        self._next_probe = 0.0
        self._announced = False
        self._reported: list[int] = []
        self._signals: list[int] = []
        self._stopping = False
        self._failure: RefusedError | None = None

    def run(self) -> None:
        """Serves until told to stop; refuses where no worker could start at all."""
        with self._reserved, self._woken_by_signals():
            sweep()
            try:
                self._coming = Generation(self._definition, self._settings)
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
                for generation in filter(None, (self._serving, self._coming)):
                    generation.snapshot.remove()
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

    @property
    def _wanted(self) -> Generation | None:
        """Whose workers are to be complete."""
        return self._coming or self._serving

    def _staying(self, generation: Generation | None) -> list[WorkerProcess]:
        return [worker for worker in self._workers if worker.generation is generation and not worker.leaving]

    def _complete(self, generation: Generation | None) -> bool:
        return sum(worker.ready for worker in self._staying(generation)) == self._settings.workers

    def _dismiss(self, generation: Generation | None) -> None:
        """Sees off the workers of a generation that is over, if there is one."""
        if generation is not None:
            for worker in self._staying(generation):
                worker.leave(self._settings.see_off_seconds + self._end_seconds())
            generation.snapshot.remove()

    def _renew(self) -> None:
        """Begins a generation. The one that serves stays until it is complete."""
        try:
            coming = Generation(self._definition, self._settings)
        except RefusedError as refused:
            self._tell(refused.problems)
        else:
            self._dismiss(self._coming)
            self._coming = coming

    def _fill(self) -> None:
        generation = self._wanted
        while not self._stopping and len(self._staying(generation)) < self._settings.workers:
            worker = generation.start_worker() if generation else None
            if worker is None:
                return
            self._selector.register(worker.control, selectors.EVENT_READ, worker)
            self._workers.append(worker)

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
        worker.generation.start_succeeded()
        _LOGGER.info("worker ready", extra={"fields": {"worker": worker.pid}})
        if self._coming is not None and self._complete(self._coming):
            self._dismiss(self._serving)
            self._serving, self._coming = self._coming, None

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
        generation = worker.generation
        generation.start_failed()
        refused = [generation.snapshot.as_named(problem) for problem in worker.refused]
        is_over = generation is self._coming and bool(refused or generation.is_hopeless)
        if is_over and self._serving is None:
            self._failure = RefusedError(refused or [_NO_START])
            self._stop()
            return
        self._tell(refused)
        if is_over:
            _LOGGER.error("what was to be loaded anew cannot be; the old workers go on")
            self._dismiss(self._coming)
            self._coming = None

    @staticmethod
    def _tell(refused: Iterable[Problem]) -> None:
        for problem in refused:
            _LOGGER.error("refused", extra={"fields": {"problem": str(problem)}})

    def _report(self) -> None:
        serving = sorted(worker.pid for worker in self._staying(self._serving))
        if self._stopping or serving == self._reported or not self._complete(self._serving):
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
