"""A worker process as its supervisor sees it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from service_kit.serving.control import (
    ALIVE,
    LEAVE,
    LONGEST_MESSAGE,
    PROBE,
    READY,
    REFUSED,
    read_refusal,
)

if TYPE_CHECKING:
    from service_kit.problems import Problem
    from service_kit.serving.generation import Generation

PROBE_SECONDS = 0.5
_BOOT_SECONDS = 30.0
"""Until its first sign of life: an interpreter on a busy machine takes its time."""


class WorkerProcess:
    """A fresh interpreter, never a fork: gRPC and the libraries that paint do not survive forks."""

    def __init__(self, generation: "Generation", order: bytes, environment: Mapping[str, str]) -> None:
        """ENVIRONMENT: what is to be other than in this process."""
        self.generation = generation
        self.ready = False
        self.leaving = False
        self.refused: tuple[Problem, ...] = ()
        self.started = time.monotonic()
        self._leave_by = float("inf")
        self._unanswered = 0
        self._alive_once = False
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this module
                [sys.executable, "-P", "-m", "service_kit.serving.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment},
                pass_fds=[theirs.fileno()],
                process_group=0,  # a Ctrl-C in the terminal is the supervisor's to handle
            )
        with contextlib.suppress(OSError):
            self.control.send(order)
        self.control.setblocking(False)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def listen(self) -> bool:
        """Takes one message from the control channel; False once the channel has ended."""
        try:
            message = self.control.recv(LONGEST_MESSAGE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._alive_once = True
        if message == ALIVE:
            self._unanswered = 0
        elif message == READY:
            self.ready = True
        elif message.startswith(REFUSED):
            self.refused = read_refusal(message)
        return bool(message)

    def probe(self) -> None:
        """Asks for a sign of life."""
        # Counted and not timed: after a pause of the whole machine nobody is to blame.
        self._unanswered += 1
        with contextlib.suppress(OSError):
            self.control.send(PROBE)

    def hangs(self, hang_seconds: float, start_seconds: float) -> str:
        """Why the worker is given up; empty while it is well."""
        silent = (self._unanswered - 1) * PROBE_SECONDS
        if silent >= (hang_seconds if self._alive_once else _BOOT_SECONDS):
            return "gives no sign of life"
        now = time.monotonic()
        if not self.ready and now - self.started > start_seconds:
            return "does not finish loading"
        return "does not end" if now > self._leave_by else ""

    def leave(self, within_seconds: float) -> None:
        """Asks it to see its callers off and end, as others serve. One that is not ready ends at once."""
        self._leave_within(within_seconds)
        if not self.ready:
            self.kill()
        with contextlib.suppress(OSError):
            self.control.send(LEAVE)

    def stop(self, within_seconds: float) -> None:
        """Asks it to end its calls and itself."""
        self._leave_within(within_seconds)
        self._process.send_signal(signal.SIGTERM)

    def _leave_within(self, seconds: float) -> None:
        self.leaving = True
        self._leave_by = time.monotonic() + seconds

    def kill(self) -> None:
        """Ends it at once, also when it is stopped or holds the interpreter lock."""
        self._process.kill()

    def exit_status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def close(self) -> None:
        """Closes the control channel."""
        self.control.close()
