import json
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc as pb_grpc
from service_kit.problems import RefusedError
from service_kit.serving.settings import load_settings
from service_kit.serving.supervisor import reserve
from tests.service_kit.conftest import Supervised, alive, evaluate, wait_until


def test_all_workers_answer_on_one_port(supervise):
    service = supervise()
    assert len(service.workers()) == 2
    wait_until(lambda: service.answering() == service.workers(), what="both answer")


def test_a_killed_worker_is_replaced_and_the_service_still_answers(supervise):
    service = supervise()
    victim = min(service.workers())
    os.kill(victim, signal.SIGKILL)
    service.replaced(victim)
    assert victim not in service.answering()


def test_a_worker_that_ends_by_a_call_is_replaced(supervise):
    service = supervise()
    before = service.workers()
    with pytest.raises(grpc.RpcError) as error:
        service.ask("exit")
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
    wait_until(lambda: service.workers() != before, what="replaced")
    assert len(before & service.workers()) == 1
    assert service.answering() <= service.workers()


def _killed_at(service: Supervised) -> datetime | None:
    lines = map(json.loads, service.log.read_text().splitlines())
    return next((datetime.fromisoformat(it["time"]) for it in lines if it["event"] == "worker killed"), None)


def _replaced_soon(service: Supervised, hangs_since: datetime) -> None:
    """Within five seconds it is killed; how fast the next one starts is up to the machine."""
    killed_at = wait_until(lambda: _killed_at(service), what="killed")
    assert killed_at - hangs_since < timedelta(seconds=5)


def test_a_stopped_worker_is_replaced_within_five_seconds(supervise):
    service = supervise(hang_seconds=2)
    victim = min(service.workers())
    os.kill(victim, signal.SIGSTOP)
    _replaced_soon(service, datetime.now(UTC))
    service.replaced(victim)
    assert victim not in service.answering()


def test_a_worker_that_holds_the_interpreter_lock_is_replaced_within_five_seconds(supervise):
    service = supervise(hang_seconds=2)
    before = service.workers()
    caller = threading.Thread(target=_ignore_rpc_error, args=(service, "hold"))
    caller.start()
    _replaced_soon(service, datetime.now(UTC))
    wait_until(lambda: service.workers() != before, what="replaced")
    caller.join(10)
    assert len(before & service.workers()) == 1


def _ignore_rpc_error(service: Supervised, ruleset: str) -> None:
    with pytest.raises(grpc.RpcError):
        service.ask(ruleset, timeout=60)


def test_sigterm_says_not_serving_and_lets_a_running_call_end(supervise, tmp_path):
    service = supervise(workers=1, drain_seconds=1)
    release = tmp_path / "release"
    answers: list[str] = []
    caller = threading.Thread(target=lambda: answers.append(service.ask(f"wait:{release}", timeout=30)))
    caller.start()
    wait_until((tmp_path / "release.begun").exists, what="the call is under way")
    with grpc.insecure_channel(f"127.0.0.1:{service.state()['port']}") as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(service="huiyin.rules.v1.RulesService"), timeout=20
        )
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        service.process.send_signal(signal.SIGTERM)
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        release.touch()
        assert service.process.wait(15) == 0
    caller.join(5)
    assert answers == [str(release)]


def test_a_worker_with_a_call_that_never_ends_is_replaced(supervise, tmp_path):
    service = supervise(hang_seconds=2, call_seconds=0.5)
    before = service.workers()
    caller = threading.Thread(target=_ignore_rpc_error, args=(service, f"wait:{tmp_path / 'never'}"))
    caller.start()
    wait_until(lambda: service.workers() != before, what="replaced")
    caller.join(10)
    assert "a call does not end" in service.log.read_text()
    assert len(before & service.workers()) == 1


def test_a_worker_with_a_stream_that_is_worked_on_for_ever_is_replaced(supervise, tmp_path):
    service = supervise(hang_seconds=2, call_seconds=0.5)
    before = service.workers()
    never = pb.AssessOfficeRequest(office=pb.Office(office_id=str(tmp_path / "never")))
    with service.channel() as channel:
        call = pb_grpc.RulesServiceStub(channel).AssessOffice.future(iter([never]))
        wait_until(lambda: service.workers() != before, what="replaced")
        assert call.exception(60).code() is grpc.StatusCode.UNAVAILABLE
    assert "a call does not end" in service.log.read_text()
    assert len(before & service.workers()) == 1


def test_a_second_sigterm_ends_at_once(supervise, tmp_path):
    service = supervise(workers=1, stop_seconds=600)
    caller = threading.Thread(target=_ignore_rpc_error, args=(service, f"wait:{tmp_path / 'never'}"))
    caller.start()
    wait_until((tmp_path / "never.begun").exists, what="the call is under way")
    service.process.send_signal(signal.SIGTERM)
    wait_until(lambda: _refuses(service), what="no more calls are taken")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(10) == 0
    caller.join(5)


def _refuses(service: Supervised) -> bool:
    try:
        service.ask(timeout=2)
    except grpc.RpcError:
        return True
    return False


def test_workers_end_when_their_supervisor_is_killed(supervise):
    service = supervise()
    workers = service.workers()
    service.process.kill()
    service.process.wait()
    wait_until(lambda: not any(map(alive, workers)), what="workers gone")


def test_what_cannot_be_loaded_is_told_once_and_not_tried_again(supervise):
    service = supervise(wait=False, environment={"TOY_REFUSES": "rulesets/a.yaml 第 3 行"})
    assert service.process.wait(30) == 1
    assert service.log.read_text().count("rulesets/a.yaml 第 3 行：规则集读不了。请改正。 [R001]") == 1
    assert not service.ready_file.exists()


def test_a_service_that_dies_at_every_start_is_given_up(supervise):
    service = supervise(wait=False, environment={"TOY_DIES": "1"})
    assert service.process.wait(30) == 1
    assert "K011" in service.log.read_text()


def _reload(service: Supervised) -> None:
    before = service.workers()
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not before & service.workers(), what="all replaced")


def _ask_until(stop: threading.Event, ask: Callable[[], object]) -> int:
    count = 0
    while not stop.is_set():
        ask()
        count += 1
    return count


def test_sighup_replaces_all_workers_without_refusing_a_call(supervise):
    """Neither over new connections nor over lasting ones, for a client that has no rule when to try again."""
    service = supervise(connection_age_seconds=1)
    stop = threading.Event()
    with ExitStack() as channels, ThreadPoolExecutor(6) as callers:
        lasting = [channels.enter_context(service.channel()) for _ in range(3)]
        asks = [partial(evaluate, channel, "pid", timeout=20) for channel in lasting]
        asks += [partial(service.ask, timeout=20)] * 3
        counts = [callers.submit(_ask_until, stop, ask) for ask in asks]
        try:
            for _ in range(4):
                _reload(service)
        finally:
            stop.set()
        assert all(count.result() > 0 for count in counts)
    assert len(service.workers()) == 2


def test_an_old_worker_ends_its_long_call_and_takes_no_new_one(supervise, tmp_path):
    service = supervise(connection_age_seconds=0.5)
    before = service.workers()
    release = tmp_path / "release"
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(service.ask, f"wait:{release}")
        wait_until((tmp_path / "release.begun").exists, what="the call is under way")
        _reload(service)
        wait_until(lambda: sum(map(alive, before)) == 1, what="the other old one ends")
        wait_until(lambda: service.answering(24) == service.workers(), what="only the new ones answer")
        release.touch()
        assert answer.result(20) == str(release)
    wait_until(lambda: not any(map(alive, before)), what="the old one ends after its call")


def test_sigterm_does_not_wait_for_an_old_worker_with_a_lasting_connection(supervise):
    service = supervise(connection_age_seconds=600, stop_seconds=1)
    before = service.workers()
    with service.channel() as channel:
        evaluate(channel, "pid")
        _reload(service)
        assert any(map(alive, before)), "it serves the connection that it has"
        assert int(evaluate(channel, "pid").answer.decision_id) in before
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) == 0
    assert not any(map(alive, before))


def test_a_taken_port_is_refused(supervise):
    service = supervise(workers=1)
    with pytest.raises(RefusedError) as refused:
        reserve(load_settings(port=service.state()["port"]), 0)
    assert refused.value.problems[0].code == "K010"
