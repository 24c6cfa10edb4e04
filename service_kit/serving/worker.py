"""One worker process: `python -m service_kit.serving.worker FD`, started by the supervisor alone.

FD is its end of the control channel.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time

from service_kit.problems import Problem, RefusedError
from service_kit.serving.control import ALIVE, LONGEST_MESSAGE, PROBE, READY, read_work_order, refusal
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.logs import start_logging

_LOGGER = logging.getLogger("huiyin.serving")


def main(control: socket.socket) -> int:
    """Serves until told to stop; gives the exit status."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    definition, settings = read_work_order(control.recv(LONGEST_MESSAGE))
    threading.Thread(target=_answer_probes, args=(control, stop), daemon=True).start()
    start_logging(definition.name, settings.log_level)
    try:
        # gRPC and the service are imported here: the probes are answered by then.
        from service_kit.serving.server import Server

        server = Server(definition, settings)
        server.start()
    except RefusedError as refused:
        control.send(refusal(refused.problems))
        return 1
    except ModuleNotFoundError as missing:
        control.send(refusal([_not_installed(definition, missing)]))
        return 1
    except Exception:
        # No caller has sent anything yet, so the words of the error quote nobody's data.
        _LOGGER.exception("the service could not be loaded", extra={"words": True})
        return 1
    control.send(READY)
    stop.wait()
    server.announce_end()
    time.sleep(settings.drain_seconds)
    server.stop()
    return 0


def _not_installed(definition: ServiceDefinition, missing: ModuleNotFoundError) -> Problem:
    return Problem(
        "K012",
        definition.add_to_server,
        f"服务要用的组件没有安装（缺少 {missing.name}）。",
        f"请运行：pip install 'huiyin[{definition.name}]'",
    )


def _answer_probes(control: socket.socket, stop: threading.Event) -> None:
    """Answers as long as this process can run Python at all, which is what the probes ask."""
    try:
        while control.recv(len(PROBE)):
            control.send(ALIVE)
    except OSError:
        pass
    stop.set()


if __name__ == "__main__":
    # Threads that handlers left behind must not keep the process.
    os._exit(main(socket.socket(fileno=int(sys.argv[1]))))
