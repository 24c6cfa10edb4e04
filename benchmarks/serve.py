"""Serves one server of the measured kind: `python -m benchmarks.serve rules|echo READY_FILE`.

The empty handler sits behind the same interceptor and server, gets the same bytes and gives the same bytes
back: whatever it costs is not ours. In a batch it parses the facts of each matter too, with orjson.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import grpc
import orjson

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.services import RULES
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.server import Server
from service_kit.serving.settings import load_settings

SERVICE = pb.DESCRIPTOR.services_by_name["RulesService"].full_name
ECHO = ServiceDefinition(
    name="rules",
    add_to_server="benchmarks.serve:add_echo",
    domain=RULES.domain,
    default_port=0,
    roles=RULES.roles,
)


def _answer_with(answer: bytes) -> Callable[[object, grpc.ServicerContext], bytes]:
    return lambda _, __: answer


def _parse_and_answer_with(answer: bytes) -> Callable[[pb.BatchEvaluateRequest, grpc.ServicerContext], bytes]:
    def handle(request: pb.BatchEvaluateRequest, _: grpc.ServicerContext) -> bytes:
        for matter in request.matters:
            orjson.loads(matter.facts_json)
        return answer

    return handle


def add_echo(server: grpc.Server) -> str:
    """Adds a service that parses the question and gives prepared bytes back."""
    answer = Path(os.environ["HUIYIN_ECHO_ANSWER"]).read_bytes()
    handlers = {
        "Evaluate": grpc.unary_unary_rpc_method_handler(
            _answer_with(answer), request_deserializer=pb.EvaluateRequest.FromString
        ),
        "BatchEvaluate": grpc.unary_unary_rpc_method_handler(
            _parse_and_answer_with(answer), request_deserializer=pb.BatchEvaluateRequest.FromString
        ),
    }
    server.add_registered_method_handlers(SERVICE, handlers)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    return SERVICE


def main(kind: str, ready: Path) -> None:
    """Serves on one core until told to stop."""
    os.sched_setaffinity(0, {0})
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    settings = load_settings(port=0, workers=1, log_level="error")
    server = Server(ECHO if kind == "echo" else RULES, settings)
    port = server.start()
    ready.write_text(str(port), encoding="utf-8")
    signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
