"""Whether this machine has what Huiyin needs, and what to do where it has not."""

import importlib
import importlib.metadata
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from service_kit.checks import Check


def report() -> list[Check]:
    """Everything looked at: the door's own checks, then those of the services that are installed."""
    return [*_own(), *_of_service("rules"), *_of_service("docs")]


def _own() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] < (3, 13)
    yield Check("Python", fits, version, "" if fits else "请安装 Python 3.11 或 3.12。")
    yield Check("处理器", True, f"{len(os.sched_getaffinity(0))} 个核可用，每个核一个工作进程")
    for package in ("grpcio", "protobuf"):
        yield Check(package, True, importlib.metadata.version(package))
    has_serving = all(map(find_spec, ("grpc_health", "grpc_reflection", "pydantic_settings")))
    yield Check(
        "服务组件",
        has_serving,
        "已安装" if has_serving else "未安装，只能用客户端",
        "" if has_serving else "要在本机启动服务：pip install 'huiyin[rules,docs]'",
    )
    yield _reuse_port()


def _reuse_port() -> Check:
    import socket

    ok = hasattr(socket, "SO_REUSEPORT")
    return Check(
        "SO_REUSEPORT",
        ok,
        "可用" if ok else "本系统不支持",
        "" if ok else "请在 Linux 上启动服务。",
    )


def _of_service(name: str) -> Iterator[Check]:
    module = f"{name}_service.doctor"
    try:
        checks = importlib.import_module(module).report()
    except ImportError as error:
        cure = f"请运行：pip install 'huiyin[{name}]'"
        yield Check(f"{name} 服务", False, f"不能用，缺少 {error.name or error}", cure)
        return
    except Exception as error:  # noqa: BLE001 - a check that breaks is a finding like others
        yield Check(f"{name} 服务", False, f"检查没有做完（{type(error).__name__}）", "请重新安装。")
        return
    for check in checks:
        yield Check(check.name, bool(check.ok), check.detail, check.cure)
