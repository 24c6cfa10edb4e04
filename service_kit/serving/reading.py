"""How a call's messages are read: a thread waits for each, and so it does not wait for ever."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc

from service_kit.serving.failures import CallFailedError, fail, unreadable
from service_kit.serving.settings import ServingSettings


class MessageReader:
    """Reads questions, which are one message, and streams within their limits."""

    def __init__(self, settings: ServingSettings) -> None:
        self._most_bytes = settings.max_stream_bytes
        self._silent_seconds = settings.silent_seconds
        self._awaited: dict[grpc.ServicerContext, float] = {}

    def question(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        """The one message of a question."""
        self._awaited[context] = time.monotonic()
        try:
            raw = next(messages, None)
        finally:
            del self._awaited[context]
        if raw is None:
            raise unreadable()
        return raw

    def end_silent(self) -> None:
        """Ends the calls whose question has not come for too long."""
        # A thread aside, which could tell them why, would cost every question half as much again.
        limit = time.monotonic() - self._silent_seconds
        for context, since in self._awaited.copy().items():
            if since < limit:
                context.cancel()

    def stream(self, messages: Iterator[bytes]) -> Iterator[bytes]:
        """The messages of a stream, as they come."""
        left = self._most_bytes
        # gRPC waits without a limit: so it waits in a thread aside, which ends with the call.
        aside = ThreadPoolExecutor(1, thread_name_prefix="reader")
        try:
            while (raw := self._next(aside, messages)) is not None:
                left -= len(raw)
                if left < 0:
                    raise self._too_large()
                yield raw
        finally:
            aside.shutdown(wait=False)

    def _next(self, aside: ThreadPoolExecutor, messages: Iterator[bytes]) -> bytes | None:
        coming = aside.submit(next, messages, None)
        try:
            return coming.result(self._silent_seconds)
        except TimeoutError:
            raise self._silent() from None

    def _silent(self) -> CallFailedError:
        return fail(
            grpc.StatusCode.ABORTED,
            "STREAM_SILENT",
            f"no message came for {self._silent_seconds:g} seconds",
            f"这次调用的消息没有发完，已有 {self._silent_seconds:g} 秒没有收到下一条，服务不再等待。",
            "请备齐数据再调用，连续发完；或请管理员放宽 HUIYIN_SILENT_SECONDS。",
        )

    def _too_large(self) -> CallFailedError:
        return fail(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "STREAM_TOO_LARGE",
            f"the messages of one call may have {self._most_bytes} bytes together",
            f"一次调用的消息合计超过 {self._most_bytes} 字节。",
            "请分几次提交，或请管理员放宽 HUIYIN_MAX_STREAM_BYTES。",
        )
