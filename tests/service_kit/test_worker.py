"""A worker process by itself."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

from service_kit.serving.control import LONGEST_MESSAGE, READY, work_order
from service_kit.serving.settings import load_settings
from tests.service_kit.conftest import ROOT
from tests.service_kit.run_told_to_stop import ELSEWHERE
from tests.service_kit.toy import DEFINITION

STEPS = 12
LONGEST_END = 20


@contextlib.contextmanager
def told_to_stop(step: object) -> Iterator[tuple[socket.socket, subprocess.Popen[bytes]]]:
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with control, theirs:
        command = [
            sys.executable,
            "-m",
            "tests.service_kit.run_told_to_stop",
            str(theirs.fileno()),
            str(step),
        ]
        worker = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        control.send(work_order(DEFINITION, load_settings(port=0, drain_seconds=0, stop_seconds=0)))
        control.settimeout(LONGEST_END)
        try:
            yield control, worker
        finally:
            worker.kill()
            worker.wait()


def test_a_worker_ends_whenever_it_is_told_to_stop():
    """A signal comes between any two lines: what its handler takes must not be what it interrupted."""
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(told_to_stop(step)) for step in range(STEPS)]
        assert {control.recv(LONGEST_MESSAGE) for control, _ in started} == {READY}
        for _, worker in started:
            try:
                status = worker.wait(0.2)
            except subprocess.TimeoutExpired:
                # It waits in fewer lines than that; it has not been told yet.
                worker.terminate()
                status = worker.wait(LONGEST_END)
            assert status == 0


def test_a_worker_ends_where_the_signal_interrupts_nothing():
    """It may come in the instant before the wait begins."""
    with told_to_stop(ELSEWHERE) as (control, worker):
        assert control.recv(LONGEST_MESSAGE) == READY
        assert worker.wait(LONGEST_END) == 0
