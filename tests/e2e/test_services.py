"""The service as a caller meets it: over gRPC, in processes of its own, with and without generated code."""

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from huiyin.client import HuiyinError, RulesClient
from huiyin.examples import Example, find_examples, read_example
from huiyin.processes import ServiceProcess
from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc as pb_grpc
from rules_service import commands
from rules_service.commands.evaluation import assess_serialized
from rules_service.engine.rulebook import Rulebook
from tests.e2e.conftest import ROOT, workers_of
from tests.rules_service.commands.asking import context, matter

EXAMPLES = [read_example(path) for path in find_examples(ROOT / "examples")]
MATTERS = [example for example in EXAMPLES if example.path.parent.name == "matters"]
AFFAIRS = [example for example in EXAMPLES if example.affair is not None]
SERVICE = "huiyin.rules.v1.RulesService"
VIEWS = [common_pb2.VIEW_IDS, common_pb2.VIEW_REASONS, common_pb2.VIEW_FULL]
LATER = datetime(2031, 1, 1, tzinfo=UTC)


def until(condition: Callable[[], bool], within: float = 60.0) -> bool:
    """Polls for a condition of another process."""
    deadline = time.monotonic() + within
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("example", MATTERS, ids=lambda example: example.path.stem)
def test_assess_over_the_wire_gives_the_bytes_of_the_command(
    rules: ServiceProcess, rulebook: Rulebook, example: Example, view: common_pb2.View.ValueType
) -> None:
    request = example.assess_request(view)
    with grpc.insecure_channel(rules.address) as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/Assess", request_serializer=pb.AssessRequest.SerializeToString
        )
        told = call(request, timeout=30)
    assert told == assess_serialized(rulebook, request, LATER)
    assert pb.AssessResponse.FromString(told) == commands.assess(rulebook, request, LATER)
    assert pb.AssessResponse.FromString(told).answer.decision_id


def test_an_office_over_the_wire_in_several_messages_gives_the_bytes_of_the_command(
    rules: ServiceProcess,
    rulebook: Rulebook,
) -> None:
    (example,) = [example for example in EXAMPLES if example.office is not None]
    with grpc.insecure_channel(rules.address) as channel:
        told = pb_grpc.RulesServiceStub(channel).AssessOffice(
            example.assess_office_requests(matters_a_message=1), timeout=30
        )
    command = commands.assess_office(rulebook, example.assess_office_requests(), LATER)
    assert told.SerializeToString(deterministic=True) == command.SerializeToString(deterministic=True)
    assert [item.matter_id for item in told.counted]


@pytest.mark.parametrize("example", AFFAIRS, ids=lambda example: example.path.stem)
def test_an_affair_over_the_wire_gives_the_bytes_of_the_command(
    rules: ServiceProcess, rulebook: Rulebook, example: Example
) -> None:
    request = example.assess_affair_request()
    with grpc.insecure_channel(rules.address) as channel:
        told = pb_grpc.RulesServiceStub(channel).AssessAffair(request, timeout=30)
    command = commands.assess_affair(rulebook, request, LATER)
    assert told.SerializeToString(deterministic=True) == command.SerializeToString(deterministic=True)
    assert told.answer.decisions


def test_a_batch_over_the_wire_gives_the_bytes_of_the_command(
    rules: ServiceProcess, rulebook: Rulebook
) -> None:
    request = pb.BatchAssessRequest(
        context=context(at="2026-09-30"),
        matters=[*(example.matters[0] for example in MATTERS), matter({"channel": 1}, matter_id="bad")],
    )
    with grpc.insecure_channel(rules.address) as channel:
        told = pb_grpc.RulesServiceStub(channel).BatchAssess(request, timeout=30)
    assert told.SerializeToString(deterministic=True) == commands.batch_assess(
        rulebook, request, LATER
    ).SerializeToString(deterministic=True)
    assert [bool(item.problems) for item in told.items] == [False] * len(MATTERS) + [True]


def test_what_is_wrong_comes_as_a_status_with_its_fields(rules: ServiceProcess) -> None:
    request = pb.AssessRequest(context=context(at="2026-09-30"), matter=matter({"chanel": "letter"}))
    with grpc.insecure_channel(rules.address) as channel, pytest.raises(grpc.RpcError) as error:
        pb_grpc.RulesServiceStub(channel).Assess(request, timeout=30)
    call = error.value
    assert isinstance(call, grpc.Call)
    assert call.code() is grpc.StatusCode.INVALID_ARGUMENT
    status = rpc_status.from_call(call)
    assert status is not None
    assert "matter.facts_json.chanel" in str(status.details)


def test_a_killed_worker_costs_a_retry_and_never_a_wrong_answer(
    rules: ServiceProcess, rulebook: Rulebook
) -> None:
    assert until(lambda: len(workers_of(rules)) == 2)
    victim = min(workers_of(rules))
    request = MATTERS[0].assess_request()
    wanted = commands.assess(rulebook, request, LATER)
    told: list[pb.AssessResponse] = []
    codes: set[str] = set()
    os.kill(victim, signal.SIGKILL)

    def answered() -> bool:
        try:
            with RulesClient(rules.address) as client:
                told.append(client.assess(request))
        except HuiyinError as error:
            codes.add(str(error).partition(":")[0])
        return len(told) >= 20

    assert until(answered)
    assert told == [wanted] * 20
    assert codes <= {"UNAVAILABLE"}
    assert until(lambda: len(workers_of(rules) - {victim}) == 2)
    assert until(answered)
    assert told[-1] == wanted


def reflected(address: str, service: str) -> tuple[grpc.Channel, DescriptorPool]:
    """A channel, and the contract as the service itself tells it."""
    channel = grpc.insecure_channel(address)
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    pool = descriptor_pool.DescriptorPool()
    added: set[str] = set()

    def add(raw: list[bytes]) -> None:
        files = [descriptor_pb2.FileDescriptorProto.FromString(one) for one in raw]
        for file in files:
            for needed in file.dependency:
                if needed not in added and needed not in {other.name for other in files}:
                    add(ask(reflection_pb2.ServerReflectionRequest(file_by_filename=needed)))
        for file in sorted(files, key=lambda one: len(one.dependency)):
            if file.name not in added:
                pool.Add(file)  # type: ignore[attr-defined]
                added.add(file.name)

    def ask(request: reflection_pb2.ServerReflectionRequest) -> list[bytes]:
        (response,) = stub.ServerReflectionInfo(iter([request]))
        return list(response.file_descriptor_response.file_descriptor_proto)

    add(ask(reflection_pb2.ServerReflectionRequest(file_containing_symbol=service)))
    return channel, pool


def test_a_client_without_our_code_assesses_by_what_reflection_tells(
    rules: ServiceProcess, rulebook: Rulebook
) -> None:
    channel, pool = reflected(rules.address, SERVICE)
    with channel:
        method = pool.FindServiceByName(SERVICE).methods_by_name["Assess"]
        ask_class = message_factory.GetMessageClass(method.input_type)
        answer_class = message_factory.GetMessageClass(method.output_type)
        example = MATTERS[0]
        request = json_format.Parse(json_format.MessageToJson(example.assess_request()), ask_class())
        call = channel.unary_unary(
            f"/{SERVICE}/Assess",
            request_serializer=ask_class.SerializeToString,
            response_deserializer=answer_class.FromString,
        )
        told = json_format.MessageToDict(call(request, timeout=30))
    command = commands.assess(rulebook, example.assess_request(), LATER)
    assert told == json.loads(json_format.MessageToJson(command))
    assert told["answer"]["decisions"]


def test_reflection_tells_every_method_of_the_contract(rules: ServiceProcess) -> None:
    channel, pool = reflected(rules.address, SERVICE)
    channel.close()
    told = pool.FindServiceByName(SERVICE)
    contract = pb.DESCRIPTOR.services_by_name["RulesService"]
    assert [method.name for method in told.methods] == [method.name for method in contract.methods]


def test_the_examples_are_there() -> None:
    assert len(MATTERS) >= 5
    assert Path("examples/adoptions.yaml").exists()
