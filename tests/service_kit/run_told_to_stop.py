"""A worker that is told to stop at one given step after it is ready: `run_told_to_stop.py FD STEP`.

Steps are lines of Python, counted from the moment at which READY is sent. With the step `elsewhere` the
signal comes to another thread when the main one waits: no call is interrupted then, as where it comes in the
instant before the wait. There is no server behind it.
"""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import Any
from unittest.mock import Mock

from service_kit.serving.control import READY
from service_kit.serving.worker import Worker

ELSEWHERE = "elsewhere"
WAITS_SECONDS = 0.5


class Control:
    """The worker's end of the channel; from READY on, steps are counted."""

    def __init__(self, channel: socket.socket, step: str) -> None:
        self._channel = channel
        self._step = step
        self._left = 0 if step == ELSEWHERE else int(step)

    def recv(self, most: int) -> bytes:
        return self._channel.recv(most)

    def send(self, message: bytes) -> int:
        sent = self._channel.send(message)
        if message == READY and self._step == ELSEWHERE:
            threading.Thread(target=_told, daemon=True).start()
        elif message == READY:
            sys.settrace(self._count)
            frame = sys._getframe(1)
            frame.f_trace = self._count
        return sent

    def _count(self, _: FrameType, event: str, __: Any) -> Any:
        if event == "line" and threading.current_thread() is threading.main_thread():
            if not self._left:
                os.kill(os.getpid(), signal.SIGTERM)
            self._left -= 1
        return self._count


def _told() -> None:
    time.sleep(WAITS_SECONDS)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)


class Alone(Worker):
    def _load(self, *_: object) -> Mock:
        return Mock(lost_call=Mock(return_value=None))


if __name__ == "__main__":
    control = Control(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
    os._exit(Alone(control).run())  # type: ignore[arg-type]
