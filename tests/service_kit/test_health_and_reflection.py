import hashlib

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

SERVICE = "huiyin.rules.v1.RulesService"


def listed(channel: grpc.Channel, **call) -> set[str]:
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    (response,) = stub.ServerReflectionInfo(iter([request]), **call)
    return {service.name for service in response.list_services_response.service}


@pytest.fixture
def tokens_file(tmp_path):
    (tmp_path / "tokens").write_text(f"{hashlib.sha256(b'any').hexdigest()} audit auditor\n")
    return tmp_path / "tokens"


@pytest.mark.parametrize("service", ["", SERVICE])
def test_health_is_told_to_anybody(serve, tokens_file, service):
    stub = health_pb2_grpc.HealthStub(serve(tokens_file=tokens_file))
    answer = stub.Check(health_pb2.HealthCheckRequest(service=service))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_a_service_that_is_not_here(serve):
    with pytest.raises(grpc.RpcError) as error:
        health_pb2_grpc.HealthStub(serve()).Check(health_pb2.HealthCheckRequest(service="x"))
    assert error.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection_lists_the_service(serve):
    assert {SERVICE, "grpc.health.v1.Health"} <= listed(serve())


def test_reflection_takes_a_token_of_any_role(serve, tokens_file):
    channel = serve(tokens_file=tokens_file)
    assert SERVICE in listed(channel, metadata=[("authorization", "Bearer any")])
    with pytest.raises(grpc.RpcError) as error:
        listed(channel)
    assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_reflection_can_be_off(serve):
    with pytest.raises(grpc.RpcError) as error:
        listed(serve(reflection=False))
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED
