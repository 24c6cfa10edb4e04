"""The client against the toy service: what it retries and what it makes of errors."""

import os
import signal

import grpc
import pytest

from huiyin.client import Credentials, HuiyinError, RulesClient, is_local
from huiyin.rules.v1 import rules_service_pb2 as rules
from service_kit.serving.definition import Role
from service_kit.serving.tokens import new_token
from tests.certificates import write_certificate
from tests.service_kit.conftest import supervise

__all__ = ["supervise"]


def ask(client: RulesClient, ruleset: str) -> str:
    return client.evaluate(rules.EvaluateRequest(ruleset=ruleset)).answer.decision_id


def test_a_worker_that_dies_under_a_connection_costs_a_retry_never_an_answer(supervise):
    service = supervise()
    with RulesClient(f"127.0.0.1:{service.state()['port']}") as client:
        for _ in range(3):
            victim = int(ask(client, "pid"))
            os.kill(victim, signal.SIGKILL)
            assert int(ask(client, "pid")) != victim
            service.replaced(victim)


def test_problems_arrive_with_place_and_cure(supervise):
    service = supervise(workers=1)
    with RulesClient(f"127.0.0.1:{service.state()['port']}") as client, pytest.raises(HuiyinError) as error:
        ask(client, "refuse:INVALID")
    assert error.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.value.reason == "EVENT_UNKNOWN"
    first, second = error.value.problems
    assert (
        str(first) == "matter.facts_json.channel：没有代码“xx”。请改用 ListCodes 里的代码。 [EVENT_UNKNOWN]"
    )
    assert second.code == "FIELD_MISSING"
    assert error.value.request_id


def test_an_internal_error_is_told_in_chinese_with_its_number(supervise):
    service = supervise(workers=1)
    with RulesClient(f"127.0.0.1:{service.state()['port']}") as client, pytest.raises(HuiyinError) as error:
        ask(client, "crash")
    (problem,) = error.value.problems
    assert problem.code == "INTERNAL"
    assert problem.message == f"服务内部出错，没有给出结果。请把编号 {error.value.request_id} 告诉运维人员。"


def test_a_service_that_is_not_there(free_port):
    with RulesClient(f"127.0.0.1:{free_port}", timeout=5) as client, pytest.raises(HuiyinError) as error:
        ask(client, "pid")
    assert error.value.code is grpc.StatusCode.UNAVAILABLE
    assert "请确认服务已经启动" in error.value.problems[0].message


@pytest.fixture
def free_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "localhost:1", "[::1]:1"])
def test_addresses_of_this_machine(address):
    assert is_local(address)


@pytest.mark.parametrize("address", ["10.0.0.1:1", "rules:50061", "127.example.cn:1"])
def test_addresses_beyond_it(address):
    assert not is_local(address)


def test_beyond_the_machine_calls_go_over_tls_with_a_token(supervise, tmp_path):
    cert, key, authority = write_certificate(tmp_path, "localhost")
    token, line = new_token("case-system", [Role.EVALUATE])
    (tmp_path / "tokens").write_text(line)
    service = supervise(
        workers=1, host="0.0.0.0", tls_cert_file=cert, tls_key_file=key, tokens_file=tmp_path / "tokens"
    )
    address = f"localhost:{service.state()['port']}"
    with RulesClient(address, Credentials(token=token, ca_file=authority)) as client:
        assert ask(client, "caller").startswith("case-system ")
    with RulesClient(address, Credentials(ca_file=authority)) as client, pytest.raises(HuiyinError) as error:
        ask(client, "caller")
    assert error.value.reason == "TOKEN_MISSING"
    with RulesClient(address, timeout=5) as client, pytest.raises(HuiyinError) as error:
        ask(client, "caller")
    assert error.value.code is grpc.StatusCode.UNAVAILABLE
