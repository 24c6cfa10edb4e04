"""All workers of a service answer from the same data, whatever becomes of the files and of the workers."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from service_kit.serving.definition import Role
from service_kit.serving.tokens import new_token
from tests.service_kit.conftest import Supervised, alive, evaluate, wait_until

ASKED = 24


class Data:
    """What the workers of a test load, and which of them may."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.gate = folder / "data", folder / "gate"
        self.folder.mkdir()
        self.gate.mkdir()
        self.write("1")

    def write(self, data: str) -> None:
        (self.folder / "data").write_text(data)

    def hold(self) -> None:
        """From now on a worker loads only when it is let."""
        (self.gate / "hold").touch()

    def let(self, pid: int) -> None:
        (self.gate / f"go-{pid}").touch()

    def let_all(self) -> None:
        (self.gate / "hold").unlink()

    def waiting(self, but: set[int]) -> list[int]:
        """Two workers that are about to load, or have been, and are not among BUT."""
        pids = {int(file.name.partition("-")[2]) for file in self.gate.glob("waiting-*")} - but
        return sorted(pids) if len(pids) == 2 else []


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return Data(tmp_path)


@pytest.fixture
def service(supervise: Callable[..., Supervised], data: Data) -> Supervised:
    environment = {"TOY_DATA": str(data.folder), "TOY_GATE": str(data.gate)}
    return supervise(environment=environment, connection_age_seconds=0.5)


def answers(service: Supervised) -> set[str]:
    return {service.ask("data") for _ in range(ASKED)}


def _is_ready(service: Supervised, pid: int) -> bool:
    lines = map(json.loads, service.log.read_text().splitlines())
    return any(line["event"] == "worker ready" and line["worker"] == pid for line in lines)


def _converged(service: Supervised, gone: set[int], data: str) -> None:
    wait_until(lambda: not any(map(alive, gone)), what="they have gone")
    wait_until(lambda: len(service.workers()) == 2 and not gone & service.workers(), what="two are left")
    assert answers(service) == {data}


def _half_reloaded(service: Supervised, data: Data, before: set[int]) -> tuple[int, int]:
    """The two workers of a new generation: the first is ready, the second is held while it loads."""
    data.hold()
    data.write("2")
    service.process.send_signal(signal.SIGHUP)
    first, second = wait_until(lambda: data.waiting(before), what="two load")
    data.let(first)
    wait_until(lambda: _is_ready(service, first), what="one is ready")
    return first, second


@pytest.mark.parametrize("now", ["2", "refuse:a.yaml 第 3 行", "die"])
def test_a_replacement_answers_from_what_the_others_have_loaded(service, data, now):
    """Also when the files on disk have changed since, or are half written."""
    before = service.workers()
    data.write(now)
    os.kill(min(before), signal.SIGKILL)
    service.replaced(min(before))
    assert service.workers() > before - {min(before)}
    assert answers(service) == {"1"}
    data.write("3")
    service.process.send_signal(signal.SIGHUP)
    _converged(service, before, "3")


def test_all_workers_of_a_reload_read_the_files_as_they_were_when_it_began(service, data):
    before = service.workers()
    new = _half_reloaded(service, data, before)
    assert service.workers() == before, "the old ones stay until all new ones are ready"
    assert all(map(alive, before))
    data.write("3")
    data.let_all()
    _converged(service, before, "2")
    assert service.workers() == set(new)


@pytest.mark.parametrize("bad", ["refuse:rulesets/a.yaml 第 3 行", "die"])
def test_data_that_cannot_be_loaded_leave_the_old_ones_in_force(service, data, bad):
    before = service.workers()
    data.write(bad)
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old workers go on" in service.log.read_text(), what="given up")
    assert service.workers() == before
    assert answers(service) == {"1"}
    if bad != "die":
        assert f"{data.folder}/rulesets/a.yaml 第 3 行：" in service.log.read_text(), "as it is named on disk"
    os.kill(min(before), signal.SIGKILL)
    service.replaced(min(before))
    assert answers(service) == {"1"}
    data.write("4")
    service.process.send_signal(signal.SIGHUP)
    _converged(service, before, "4")


def test_old_workers_that_die_during_a_reload_that_fails_come_back(service, data):
    before = service.workers()
    data.hold()
    data.write("die")
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: data.waiting(before), what="two load")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    data.let_all()
    _converged(service, before, "1")


def test_a_replacement_knows_the_tokens_that_the_others_know(supervise, tmp_path):
    tokens = tmp_path / "tokens"
    (token, line), (_, other) = (new_token(name, [Role.EVALUATE]) for name in ("revoked", "kept"))
    tokens.write_text(f"{line}\n{other}")
    service = supervise(tokens_file=tokens, connection_age_seconds=0.5)
    before = service.workers()
    tokens.write_text(other)
    os.kill(min(before), signal.SIGKILL)
    service.replaced(min(before))
    assert {_answered(service, token) for _ in range(ASKED)} == {grpc.StatusCode.OK}
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not any(map(alive, before)), what="they have gone")
    assert {_answered(service, token) for _ in range(ASKED)} == {grpc.StatusCode.UNAUTHENTICATED}


def _answered(service: Supervised, token: str) -> grpc.StatusCode:
    with service.channel() as channel:
        try:
            evaluate(channel, "pid", timeout=30, metadata=[("authorization", f"Bearer {token}")])
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def test_a_second_reload_overtakes_the_first(service, data):
    before = service.workers()
    data.hold()
    data.write("2")
    service.process.send_signal(signal.SIGHUP)
    overtaken = wait_until(lambda: data.waiting(before), what="two load")
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not any(map(alive, overtaken)), what="they have gone")
    data.let_all()
    _converged(service, before, "2")
