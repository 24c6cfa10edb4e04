import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.service_kit.conftest import wait_until

ROOT = Path(__file__).parents[2]


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [it.getsockname()[1] for it in held]
    for it in held:
        it.close()
    return ports


def is_healthy(port: int) -> bool:
    command = [sys.executable, "-m", "huiyin", "health", f"127.0.0.1:{port}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_both_services_are_up_until_told_to_stop(tmp_path):
    ports = free_ports(2)
    arguments = ["--rules-port", str(ports[0]), "--docs-port", str(ports[1])]
    with (tmp_path / "log").open("w") as log:
        up = subprocess.Popen(
            [sys.executable, "-m", "huiyin", "up", *arguments], cwd=ROOT, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: "两个服务都已就绪" in (tmp_path / "log").read_text(), 60, "ready")
        assert all(map(is_healthy, ports))
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(40) == 0
    assert not any(map(is_healthy, ports))


def test_the_services_end_with_who_started_them(tmp_path):
    ports = free_ports(2)
    arguments = ["--rules-port", str(ports[0]), "--docs-port", str(ports[1])]
    with (tmp_path / "log").open("w") as log:
        up = subprocess.Popen(
            [sys.executable, "-m", "huiyin", "up", *arguments], cwd=ROOT, stdout=log, stderr=log
        )
    wait_until(lambda: "两个服务都已就绪" in (tmp_path / "log").read_text(), 60, "ready")
    up.kill()
    up.wait()
    wait_until(lambda: not any(map(is_open, ports)), 30, "both ended")


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_where_one_service_cannot_start(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (free,) = free_ports(1)
        ports = ["--rules-port", str(taken.getsockname()[1]), "--docs-port", str(free)]
        up = subprocess.run(
            [sys.executable, "-m", "huiyin", "up", *ports],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert up.returncode == 1
    assert "这个地址不能监听" in up.stderr
    assert "Traceback" not in up.stderr
