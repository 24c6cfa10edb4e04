"""One worker process: `python -m service_kit.serving.worker FD`, started by the supervisor alone.

FD is its end of a private control channel that keeps messages apart. In comes what to serve, then probes;
out go an answer to each probe and READY, or why the service is refused. The end of the channel is the end of
the supervisor, and of the worker.
"""

import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

from service_kit.problems import Problem, RefusedError
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.logs import start_logging
from service_kit.serving.settings import ServingSettings

PROBE, ALIVE, READY, REFUSED = b"?", b"!", b"R", b"X"
_LONGEST_ORDER = 64 * 1024
_MOST_PROBLEMS = 200

_LOGGER = logging.getLogger("huiyin.serving")


def work_order(definition: ServiceDefinition, settings: ServingSettings) -> bytes:
    """The first message on the control channel."""
    order = {"definition": definition.to_json(), "settings": settings.model_dump(mode="json")}
    return json.dumps(order).encode()


def read_refusal(message: bytes) -> tuple[Problem, ...]:
    """The problems in a message that begins with REFUSED."""
    return tuple(Problem(*fields) for fields in json.loads(message.removeprefix(REFUSED)))


def main(control: socket.socket) -> int:
    """Serves until told to stop; gives the exit status."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    order: dict[str, Any] = json.loads(control.recv(_LONGEST_ORDER))
    definition = ServiceDefinition.from_json(order["definition"])
    settings = ServingSettings(**order["settings"])
    threading.Thread(target=_answer_probes, args=(control, stop), daemon=True).start()
    start_logging(definition.name, settings.log_level)
    try:
        # gRPC and the service are imported here: the probes are answered by then.
        from service_kit.serving.server import Server

        server = Server(definition, settings)
        server.start()
    except RefusedError as refused:
        control.send(_refusal(refused))
        return 1
    except ModuleNotFoundError as missing:
        control.send(_refusal(RefusedError([_not_installed(definition, missing)])))
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
        "S012",
        definition.add_to_server,
        f"服务要用的组件没有安装（缺少 {missing.name}）。",
        f"请运行：pip install 'huiyin[{definition.name}]'",
    )


def _refusal(refused: RefusedError) -> bytes:
    problems = refused.problems[:_MOST_PROBLEMS]
    fields = [(it.code, it.place[:300], it.message[:300], it.cure[:300]) for it in problems]
    return REFUSED + json.dumps(fields, ensure_ascii=False).encode()


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
