"""All workers of a service answer from the same data, whatever becomes of the files and of the workers."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from service_kit.serving.definition import Role
from service_kit.serving.tokens import new_token
from tests.service_kit.conftest import Supervised, alive, wait_until

ASKED = 24


class Data:
    """What the workers of a test load, and which of them may."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, data: str) -> None:
        beside = self._folder / "data.new"
        beside.write_text(data)
        beside.replace(self._folder / "data")

    def hold(self) -> None:
        """From now on a worker loads only when it is let."""
        (self._folder / "hold").touch()

    def let(self, pid: int) -> None:
        (self._folder / f"go-{pid}").touch()

    def let_all(self) -> None:
        (self._folder / "hold").unlink()

    def waiting(self, but: set[int]) -> list[int]:
        """Two workers that are about to load, or have been, and are not among BUT."""
        pids = {int(file.name.partition("-")[2]) for file in self._folder.glob("waiting-*")} - but
        return sorted(pids) if len(pids) == 2 else []


@pytest.fixture
def data(tmp_path: Path) -> Data:
    folder = tmp_path / "data"
    folder.mkdir()
    data = Data(folder)
    data.write("1")
    return data


@pytest.fixture
def service(supervise: Callable[..., Supervised], data: Data, tmp_path: Path) -> Supervised:
    return supervise(environment={"TOY_DATA": str(tmp_path / "data")}, connection_age_seconds=0.5)


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


def test_a_replacement_with_other_data_has_all_workers_replaced(service, data):
    before = service.workers()
    data.write("2")
    assert answers(service) == {"1"}, "nobody loads anew by itself"
    os.kill(min(before), signal.SIGKILL)
    _converged(service, before, "2")
    assert "have changed" in service.log.read_text()


def test_a_replacement_with_the_same_data_replaces_one_worker(service):
    before = service.workers()
    os.kill(min(before), signal.SIGKILL)
    service.replaced(min(before))
    assert service.workers() > before - {min(before)}
    assert "have changed" not in service.log.read_text()


def test_data_that_change_while_they_are_loaded_anew(service, data):
    before = service.workers()
    first, second = _half_reloaded(service, data, before)
    assert service.workers() == before, "the old ones stay until all new ones are ready"
    assert all(map(alive, before))
    data.write("3")
    data.let_all()
    _converged(service, before | {first}, "3")
    assert second in service.workers()


@pytest.mark.parametrize("bad", ["refuse:rulesets/a.yaml 第 3 行", "die"])
def test_data_that_fail_half_way_leave_the_old_ones_in_force(service, data, bad):
    before = service.workers()
    first, second = _half_reloaded(service, data, before)
    data.write(bad)
    data.let_all()
    _converged(service, {first, second}, "1")
    assert service.workers() == before
    assert "the old workers go on" in service.log.read_text()
    data.write("4")
    service.process.send_signal(signal.SIGHUP)
    _converged(service, before, "4")


def test_the_last_old_worker_goes_on_alone_until_the_data_can_be_loaded(service, data):
    first, second = service.workers()
    data.write("refuse:rulesets/a.yaml 第 3 行")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: "rulesets/a.yaml" in service.log.read_text(), what="refused")
    assert answers(service) == {"1"}
    data.write("2")
    _converged(service, {first, second}, "2")


def test_a_replacement_that_knows_other_tokens_has_all_workers_replaced(supervise, tmp_path):
    tokens = tmp_path / "tokens"
    lines = [new_token(name, [Role.EVALUATE])[1] for name in ("kept", "revoked")]
    tokens.write_text("\n".join(lines))
    service = supervise(tokens_file=tokens, connection_age_seconds=0.5)
    before = service.workers()
    tokens.write_text(lines[0])
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: not any(map(alive, before)), what="they have gone")
    wait_until(lambda: not before & service.workers(), what="two others serve")


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
