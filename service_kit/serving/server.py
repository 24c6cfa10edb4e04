"""The gRPC server of one worker process."""

import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from service_kit.problems import Problem, RefusedError
from service_kit.serving.call import Call
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.interceptor import CallInterceptor
from service_kit.serving.listener import close_listeners, connections
from service_kit.serving.logs import CallLog
from service_kit.serving.settings import ServingSettings
from service_kit.serving.tokens import read_tokens

_OBJECTS_A_ROUND = 20_000
_IDLE_ROUNDS = 5
_IDLE_ROUND_SECONDS = 0.1
_SEE_OFF_ROUND_SECONDS = 0.02
_HANDSHAKE_SECONDS = 0.2
_QUEUE_SECONDS = 2.0
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Server:
    """A loaded service behind its interceptor, with health and reflection."""

    def __init__(self, definition: ServiceDefinition, settings: ServingSettings) -> None:
        tokens = read_tokens(settings.tokens_file) if settings.tokens_file else None
        log = CallLog(definition.name, settings.log_level)
        self._settings = settings
        self._calls = CallInterceptor(definition, tokens, log, settings)
        self._server = grpc.server(
            ThreadPoolExecutor(settings.threads, thread_name_prefix="call"),
            interceptors=[self._calls],
            options=_options(settings),
            maximum_concurrent_rpcs=settings.max_concurrent_calls,
        )
        self._health = health.HealthServicer(
            experimental_non_blocking=True, experimental_thread_pool=ThreadPoolExecutor(1)
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._service = definition.load()(self._server)
        _spare_the_collector()
        self._health.set(self._service, _NOT_SERVING)
        self._health.set("", _NOT_SERVING)
        if settings.reflection:
            names = (self._service, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self._server)

    def start(self) -> int:
        """Listens and serves; gives the port."""
        self._port = self._bind()
        self._server.start()
        self._health.set(self._service, _SERVING)
        self._health.set("", _SERVING)
        return self._port

    def announce_end(self) -> None:
        """Tells who asks for health that this server is about to go; it still serves."""
        self._health.enter_graceful_shutdown()

    def close_port(self) -> None:
        """Takes no more connections; those that the kernel has in hand are still taken up."""
        close_listeners(self._port, _QUEUE_SECONDS)

    def see_off(self, hurry: Callable[[], bool]) -> None:
        """Serves until every connection is closed at its age and every call has ended, unless in a HURRY."""
        # Told to stop, gRPC answers a call that is on its way with CANCELLED (grpc/grpc#41785).
        # Counted and not timed: while the machine stood still nobody could close anything.
        waited = 0.0
        while connections(self._port):
            if hurry():
                patience = _HANDSHAKE_SECONDS
            elif self._calls.is_busy():
                patience = self._settings.see_off_seconds
            else:
                patience = self._settings.oldest_connection_seconds
            if waited > patience:
                break
            time.sleep(_SEE_OFF_ROUND_SECONDS)
            waited += _SEE_OFF_ROUND_SECONDS

    def stop(self) -> None:
        """Takes no more calls and gives those running their time."""
        ended = self._server.stop(self._settings.stop_seconds)
        idle = 0
        # Who watches the health of this server holds a call open for good; nobody waits for that one.
        while idle < _IDLE_ROUNDS and not ended.wait(_IDLE_ROUND_SECONDS):
            idle = 0 if self._calls.is_busy() else idle + 1

    def end_silent(self) -> None:
        """Ends the calls whose question has not come for too long."""
        self._calls.end_silent()

    def lost_call(self) -> Call | None:
        """A call that has run for longer than any may."""
        longest = self._calls.longest()
        limit = time.perf_counter() - self._settings.call_seconds
        return longest[0] if longest and longest[1] < limit else None

    def _bind(self) -> int:
        address = self._settings.address
        try:
            credentials = _credentials(self._settings)
            if credentials is None:
                return self._server.add_insecure_port(address)
            return self._server.add_secure_port(address, credentials)
        except RuntimeError:
            raise RefusedError(
                [
                    Problem(
                        "K010",
                        address,
                        "这个地址不能监听，或证书和私钥不能用。",
                        "请换一个端口，并核对证书和私钥。",
                    )
                ]
            ) from None


def _spare_the_collector() -> None:
    """Takes what a service has loaded out of the collector's rounds, and makes these rarer.

    What is loaded lives as long as the process; a call's own values mostly die by themselves.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_ROUND, 20, 20)


def _credentials(settings: ServingSettings) -> grpc.ServerCredentials | None:
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    pair = (settings.tls_key_file.read_bytes(), settings.tls_cert_file.read_bytes())
    authority = settings.tls_client_ca_file.read_bytes() if settings.tls_client_ca_file else None
    return grpc.ssl_server_credentials(
        [pair], root_certificates=authority, require_client_auth=authority is not None
    )


def _options(settings: ServingSettings) -> list[tuple[str, int]]:
    age = int(settings.connection_age_seconds * 1000)
    return [
        ("grpc.so_reuseport", 1),
        ("grpc.max_receive_message_length", settings.max_request_bytes),
        ("grpc.max_send_message_length", settings.max_response_bytes),
        ("grpc.max_connection_age_ms", age),
        ("grpc.max_connection_age_grace_ms", int(settings.call_seconds * 1000)),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]
