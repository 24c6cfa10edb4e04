"""One worker process: `python -m service_kit.serving.worker FD`, started by the supervisor alone.

FD is its end of the control channel.
"""

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from service_kit.problems import Problem, RefusedError
from service_kit.serving.control import (
    ALIVE,
    LEAVE,
    LONGEST_MESSAGE,
    PROBE,
    READY,
    read_work_order,
    refusal,
)
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.logs import start_logging
from service_kit.serving.settings import ServingSettings

if TYPE_CHECKING:
    from service_kit.serving.call import Call
    from service_kit.serving.server import Server

_LOGGER = logging.getLogger("huiyin.serving")


class Worker:
    """Loads a service, serves it, and answers probes from its first moment on."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        # What waits for a signal is woken by a byte: one that comes in the instant before interrupts no wait,
        # and a lock that its handler wants may be what it interrupts.
        self._waking, self._woken = socket.socketpair()
        self._waking.setblocking(False)
        self._stopping = False
        self._server: Server | None = None

    def run(self) -> int:
        """Serves until told to stop; gives the exit status."""
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        definition, settings = read_work_order(self._control.recv(LONGEST_MESSAGE))
        threading.Thread(target=self._answer_probes, daemon=True).start()
        start_logging(definition.name, settings.log_level)
        server = self._load(definition, settings)
        if server is None:
            return 1
        self._server = server
        self._control.send(READY)
        self._woken.recv(1)
        server.announce_end()
        time.sleep(settings.drain_seconds)
        server.close_port()
        server.see_off(lambda: self._stopping)
        server.stop()
        return 0

    def _stop(self) -> None:
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # then it has been woken more than once
            self._waking.send(b"!")

    def _load(self, definition: ServiceDefinition, settings: ServingSettings) -> "Server | None":
        try:
            # gRPC and the service are imported here, when probes are answered already.
            from service_kit.serving.server import Server

            server = Server(definition, settings)
            server.start()
        except RefusedError as refused:
            self._control.send(refusal(refused.problems))
        except ModuleNotFoundError as missing:
            self._control.send(refusal([_not_installed(definition, missing)]))
        except Exception:
            # No caller has sent anything yet, so the words of the error quote nobody's data.
            _LOGGER.exception("the service could not be loaded", extra={"words": True})
        else:
            return server
        return None

    @staticmethod
    def _look_after(server: "Server") -> "Call | None":
        server.end_silent()
        return server.lost_call()

    def _answer_probes(self) -> None:
        """Answers as long as this process can run Python at all, and no call has taken a thread for good."""
        try:
            while message := self._control.recv(len(PROBE)):
                if message == LEAVE:
                    self._wake()
                    continue
                lost = self._look_after(self._server) if self._server else None
                if lost is None:
                    self._control.send(ALIVE)
                else:
                    fields = {"request_id": lost.request_id, "method": lost.method}
                    _LOGGER.error("a call does not end", extra={"fields": fields})
        except OSError:
            pass
        self._stop()


def _not_installed(definition: ServiceDefinition, missing: ModuleNotFoundError) -> Problem:
    return Problem(
        "K012",
        definition.add_to_server,
        f"服务要用的组件没有安装（缺少 {missing.name}）。",
        f"请运行：pip install 'huiyin[{definition.name}]'",
    )


if __name__ == "__main__":
    # Threads that handlers left behind must not keep the process.
    os._exit(Worker(socket.socket(fileno=int(sys.argv[1]))).run())
