"""Settings of a server: arguments win over the environment (`HUIYIN_PORT`, ...), that over the defaults."""

import ipaddress
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_kit.problems import Problem, RefusedError

MIB = 1024 * 1024
FILE_SETTINGS = ("tls_cert_file", "tls_key_file", "tls_client_ca_file", "tokens_file")
"""The settings that name files."""


class ServingSettings(BaseSettings):
    """How one service listens, whom it lets in and what it puts up with."""

    model_config = SettingsConfigDict(env_prefix="HUIYIN_", env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    """0 picks a free port; absent: the service's own."""
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, le=256)
    """Worker processes; one carries one core."""
    threads: int = Field(default=4, ge=1, le=64)
    """Questions that one worker runs at a time, and as many streams of messages; others wait."""

    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None
    tls_client_ca_file: Path | None = None
    """Where set, callers must show a certificate that it signed."""
    tokens_file: Path | None = None

    max_request_bytes: int = Field(default=4 * MIB, ge=1024)
    max_response_bytes: int = Field(default=64 * MIB, ge=1024)
    max_stream_bytes: int = Field(default=256 * MIB, ge=1024)
    """Bytes that the messages of one call may have together."""
    silent_seconds: float = Field(default=20.0, gt=0)
    """A call whose message does not come for so long is ended, since a thread waits for it."""
    max_concurrent_calls: int = Field(default=256, ge=1)
    """Calls that one worker has in hand, waiting ones included; more are refused at once."""
    connection_age_seconds: float = Field(default=30.0, gt=0)
    """A connection this old is closed gracefully: so callers come to new workers, and old ones can go."""

    reflection: bool = True
    start_seconds: float = Field(default=120.0, gt=0)
    """A worker that has not loaded by then is replaced."""
    hang_seconds: float = Field(default=3.0, ge=1)
    """A worker that gives no sign of life for so long is killed and replaced."""
    call_seconds: float = Field(default=120.0, gt=0)
    """A worker in which one call runs longer than this is killed and replaced: its thread is lost. A stream's
    time begins anew with each of its messages."""
    drain_seconds: float = Field(default=0.5, ge=0)
    """Between "not serving" and the end of accepting calls, for load balancers to notice."""
    stop_seconds: float = Field(default=20.0, ge=0)
    """What running calls are given to end after that."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """"info" logs every call, "warning" those that failed. "debug" also logs the words of internal
    errors, which may quote data: for a test machine only."""

    @property
    def oldest_connection_seconds(self) -> float:
        """The longest that a connection takes new calls: gRPC closes it a tenth sooner or later, and gives a
        caller that does not echo twenty seconds to see it.
        """
        return self.connection_age_seconds * 1.1 + 21

    @property
    def see_off_seconds(self) -> float:
        """The longest that a connection lives, with the last call on it."""
        return self.oldest_connection_seconds + self.call_seconds

    @property
    def address(self) -> str:
        """Host and port as gRPC wants them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def load_settings(**arguments: object) -> ServingSettings:
    """Settings from ARGUMENTS (None: not given) and the environment; refuses what cannot be or is unsafe."""
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        settings = ServingSettings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise RefusedError(_problem(details["loc"], details["msg"]) for details in error.errors()) from None
    problems = [*_missing_files(settings), *_half_tls(settings), *_unsafe_listening(settings)]
    if problems:
        raise RefusedError(problems)
    return settings


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach HOST."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(location: tuple[int | str, ...], reason: str) -> Problem:
    name = str(location[0]) if location else ""
    return Problem(
        "K001",
        f"HUIYIN_{name.upper()} / --{name.replace('_', '-')}",
        f"这个设置的值不能用（{reason}）。",
        "请改正后重新启动。",
    )


def _missing_files(settings: ServingSettings) -> list[Problem]:
    files = {name: getattr(settings, name) for name in FILE_SETTINGS}
    return [
        Problem("K002", f"HUIYIN_{name.upper()}", f"文件 {path} 读不到。", "请检查路径和读取权限。")
        for name, path in files.items()
        if path is not None and not os.access(path, os.R_OK)
    ]


def _half_tls(settings: ServingSettings) -> list[Problem]:
    pair = (settings.tls_cert_file, settings.tls_key_file)
    if (pair[0] is None) == (pair[1] is None) and not (settings.tls_client_ca_file and pair[0] is None):
        return []
    return [
        Problem(
            "K003",
            "HUIYIN_TLS_CERT_FILE / HUIYIN_TLS_KEY_FILE",
            "TLS 的证书和私钥要一起给出，只给了一部分。",
            "请同时设置两个文件，或都不设置。",
        )
    ]


def _unsafe_listening(settings: ServingSettings) -> list[Problem]:
    if is_loopback(settings.host) or (settings.tls_cert_file and settings.tokens_file):
        return []
    return [
        Problem(
            "K004",
            f"HUIYIN_HOST={settings.host}",
            "除本机以外的地址，必须有 TLS 证书和令牌文件才能监听。"
            "Listening beyond this machine takes TLS and tokens.",
            "请设置 HUIYIN_TLS_CERT_FILE、HUIYIN_TLS_KEY_FILE 和 HUIYIN_TOKENS_FILE，"
            "或改为监听 127.0.0.1。Set these three, or listen on 127.0.0.1.",
        )
    ]
