"""Kinds of calls that the contract does not have yet go through the same door."""

import queue
import threading

import grpc
import pytest

from service_kit.problems import Problem, RefusedError
from service_kit.serving.definition import Role, ServiceDefinition
from service_kit.serving.server import Server
from service_kit.serving.settings import load_settings
from tests.service_kit.conftest import wait_until

RELEASED = threading.Event()


def _count(request, context):
    for number in range(int(request)):
        if number == 3:
            raise RefusedError([Problem("X001", "number", "够了。")])
        yield str(number).encode()


def _echo(requests, context):
    for request in requests:
        if request == b"hold":
            RELEASED.wait(60)
        yield request


def add_to_server(server: grpc.Server) -> str:
    handlers = {
        "Count": grpc.unary_stream_rpc_method_handler(_count),
        "Echo": grpc.stream_stream_rpc_method_handler(_echo),
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("toy.Streams", handlers)])
    return "toy.Streams"


@pytest.fixture
def server():
    definition = ServiceDefinition(
        name="streams",
        add_to_server="tests.service_kit.test_streams:add_to_server",
        domain="toy",
        default_port=0,
        roles={"/toy.Streams/Count": Role.EVALUATE},
    )
    settings = load_settings(port=0, drain_seconds=0, stop_seconds=0, reflection=False, call_seconds=1e-9)
    server = Server(definition, settings)
    yield server
    server.stop()


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(f"127.0.0.1:{server.start()}") as channel:
        yield channel


def test_a_stream_of_answers(channel):
    assert list(channel.unary_stream("/toy.Streams/Count")(b"3")) == [b"0", b"1", b"2"]


def test_a_stream_that_is_refused_half_way(channel):
    answers = channel.unary_stream("/toy.Streams/Count")(b"9")
    assert [next(answers) for _ in range(3)] == [b"0", b"1", b"2"]
    with pytest.raises(grpc.RpcError) as error:
        next(answers)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "x-request-id" in dict(error.value.trailing_metadata())


def test_both_ways(channel):
    assert list(channel.stream_stream("/toy.Streams/Echo")(iter([b"a", b"b"]))) == [b"a", b"b"]


def test_a_stream_is_worked_on_between_its_callers_turns(server, channel):
    messages = queue.SimpleQueue()
    answers = channel.stream_stream("/toy.Streams/Echo")(iter(messages.get, None))
    messages.put(b"a")
    assert next(answers) == b"a"
    wait_until(lambda: server.lost_call() is None, what="the caller has not sent the next message")
    messages.put(b"hold")
    lost = wait_until(server.lost_call, what="the message is worked on")
    assert lost.method == "/toy.Streams/Echo"
    RELEASED.set()
    assert next(answers) == b"hold"
    wait_until(lambda: server.lost_call() is None, what="the caller's turn again")
    messages.put(None)
    assert list(answers) == []
    wait_until(lambda: server.lost_call() is None, what="nothing runs any longer")
