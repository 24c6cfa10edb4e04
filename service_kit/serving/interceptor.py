"""What stands before every handler, in this order: request id, token and role, limits, reading; and after
it the mapping of errors and the log. One interceptor and not five: each would cost every call its share.
"""

import logging
import math
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NoReturn, cast

import grpc

from service_kit.serving.call import Call, enter
from service_kit.serving.definition import Role, ServiceDefinition
from service_kit.serving.failures import fail, failure_of, status_bytes, unreadable
from service_kit.serving.logs import CallLog
from service_kit.serving.reading import MessageReader
from service_kit.serving.settings import ServingSettings
from service_kit.serving.tokens import LOCAL, Caller, Tokens

if TYPE_CHECKING:
    Handler = grpc.RpcMethodHandler[Any, Any]
    ReadAll = Callable[[Any, Call], Any]
    Running = dict[Call, float]
    """Calls, and since when they are worked on, by the clock of `Call.started`: not while it is the caller's
    turn, who has a message to send or an answer to take."""

REQUEST_ID = "x-request-id"
STATUS_DETAILS = "grpc-status-details-bin"
_REFLECTION = "/grpc.reflection."
_HEALTH = "/grpc.health."
_HEALTH_THREADS = 2
_CALLERS_TURN = math.inf
_UNKNOWN_CALLER = Caller("unknown", frozenset())
_request_id = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}").fullmatch

_LOGGER = logging.getLogger("huiyin.serving")


class CallInterceptor(grpc.ServerInterceptor):
    """Wraps every handler once; health answers anybody and stands aside."""

    def __init__(
        self, definition: ServiceDefinition, tokens: Tokens | None, log: CallLog, settings: ServingSettings
    ) -> None:
        self._definition = definition
        self._tokens = tokens
        self._log = log
        self._reader = MessageReader(settings)
        self._stream_threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="stream")
        self._health_threads = ThreadPoolExecutor(_HEALTH_THREADS, thread_name_prefix="health")
        self._wrapped: dict[str, Handler] = {}
        self._questions: Running = {}
        self._streams: Running = {}

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "Handler | None"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """The wrapped handler of the method called."""
        method = handler_call_details.method
        wrapped = self._wrapped.get(method)
        if wrapped is not None:
            return wrapped
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        wrap = self._wrap_health if method.startswith(_HEALTH) else self._wrap
        wrapped = self._wrapped[method] = wrap(method, handler)
        return wrapped

    def is_busy(self) -> bool:
        """Whether any call is being served."""
        return bool(self._questions or self._streams)

    def longest(self) -> tuple[Call, float] | None:
        """The call that has been worked on longest without a turn of its caller's, and since when."""
        running = {**self._questions.copy(), **self._streams.copy()}
        return min(running.items(), key=lambda served: served[1], default=None)

    def end_silent(self) -> None:
        """Ends the calls whose question has not come for too long."""
        self._reader.end_silent()

    def _wrap(self, method: str, handler: Any) -> "Handler":
        # Every wrapped handler gets a stream of raw bytes, which is the same on the wire: so nothing is read
        # from a caller who may not call, and it is seen who waits for a question.
        read = handler.request_deserializer or (lambda raw: raw)
        write = handler.response_serializer
        read_all = self._stream_of(read) if handler.request_streaming else self._question_of(read)
        match handler.request_streaming, handler.response_streaming:
            case False, False:
                answer = self._one(method, handler.unary_unary, read_all, self._questions)
                return grpc.stream_unary_rpc_method_handler(answer, None, write)
            case True, False:
                answer = self._one(method, handler.stream_unary, read_all, self._streams)
                _run_in(self._stream_threads, answer)
                return grpc.stream_unary_rpc_method_handler(answer, None, write)
            case False, True:
                stream = self._many(method, handler.unary_stream, read_all)
                return grpc.stream_stream_rpc_method_handler(stream, None, write)
            case _:
                stream = self._many(method, handler.stream_stream, read_all)
                _run_in(self._stream_threads, stream)
                return grpc.stream_stream_rpc_method_handler(stream, None, write)

    def _wrap_health(self, _: str, handler: Any) -> "Handler":
        if handler.response_streaming:
            return cast("Handler", handler)

        def check(messages: Any, context: grpc.ServicerContext) -> Any:
            raw = self._reader.question(messages, context)
            return handler.unary_unary(_read(handler.request_deserializer, raw), context)

        _run_in(self._health_threads, check)
        return grpc.stream_unary_rpc_method_handler(check, None, handler.response_serializer)

    def _one(
        self, method: str, behaviour: Callable[..., Any], read: "ReadAll", running: "Running"
    ) -> Callable[[Any, grpc.ServicerContext], Any]:
        required = self._required(method)

        def answer(messages: Any, context: grpc.ServicerContext) -> Any:
            opened = call = self._open(method, context)
            running[opened] = _CALLERS_TURN
            try:
                call = self._admit(opened, required)
                enter(call)
                question = read(messages, opened)
                running[opened] = time.perf_counter()
                response = behaviour(question, context)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a status
                self._fail(call, error)
            finally:
                enter(None)
                del running[opened]
            self._log.write(call, "OK")
            return response

        return answer

    def _many(
        self, method: str, behaviour: Callable[..., Any], read: "ReadAll"
    ) -> Callable[[Any, grpc.ServicerContext], Iterator[Any]]:
        required = self._required(method)

        def answer(messages: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            opened = call = self._open(method, context)
            self._streams[opened] = _CALLERS_TURN
            try:
                call = self._admit(opened, required)
                enter(call)
                yield from self._in_turns(opened, behaviour(read(messages, opened), context))
            except GeneratorExit:
                self._log.write(call, grpc.StatusCode.CANCELLED.name)
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a status
                self._fail(call, error)
            finally:
                enter(None)
                del self._streams[opened]
            self._log.write(call, "OK")

        return answer

    def _in_turns(self, call: Call, answers: Iterator[Any]) -> Iterator[Any]:
        """The answers of a stream, each worked on from when its caller has taken the one before."""
        self._streams[call] = time.perf_counter()
        for answer in answers:
            self._streams[call] = _CALLERS_TURN
            yield answer
            self._streams[call] = time.perf_counter()

    def _required(self, method: str) -> Role | None:
        return None if method.startswith(_REFLECTION) else self._definition.role_of(method)

    def _open(self, method: str, context: grpc.ServicerContext) -> Call:
        request_id = ""
        for key, value in context.invocation_metadata():
            if key == REQUEST_ID and _request_id(cast(str, value)):
                request_id = cast(str, value)
        request_id = request_id or os.urandom(8).hex()
        context.set_trailing_metadata(((REQUEST_ID, request_id),))
        caller = LOCAL if self._tokens is None else _UNKNOWN_CALLER
        return Call(request_id, method, caller, context, time.perf_counter())

    def _admit(self, call: Call, required: Role | None) -> Call:
        if self._tokens is not None:
            caller = self._authenticate(self._tokens, call.context)
            call = Call(call.request_id, call.method, caller, call.context, call.started)
            if required is not None and required not in caller.roles:
                raise fail(
                    grpc.StatusCode.PERMISSION_DENIED,
                    "ROLE_MISSING",
                    f"this method asks for a token with the role {required}",
                    f"令牌“{caller.name}”没有角色 {required}，不能调用这个方法。",
                    "请换用有该角色的令牌。",
                )
        if call.context.time_remaining() <= 0:
            raise fail(
                grpc.StatusCode.DEADLINE_EXCEEDED,
                "DEADLINE",
                "the deadline passed before the call was taken up",
                "轮到处理时，调用方给的时间已经用完。",
                "请放宽时限后重试。",
            )
        return call

    @staticmethod
    def _authenticate(tokens: Tokens, context: grpc.ServicerContext) -> Caller:
        for key, value in context.invocation_metadata():
            if key == "authorization" and isinstance(value, str) and value[:7].lower() == "bearer ":
                caller = tokens.caller_of(value[7:].strip())
                if caller is not None:
                    return caller
        raise fail(
            grpc.StatusCode.UNAUTHENTICATED,
            "TOKEN_MISSING",
            "a known token is needed: metadata authorization: Bearer TOKEN",
            "没有带令牌，或令牌不对。",
            "请在元数据 authorization 中写 Bearer 加令牌。",
        )

    def _question_of(self, read: Callable[[Any], Any]) -> "ReadAll":
        return lambda messages, call: _read(read, self._reader.question(messages, call.context))

    def _stream_of(self, read: Callable[[Any], Any]) -> "ReadAll":
        def read_all(messages: Any, call: Call) -> Iterator[Any]:
            coming = self._reader.stream(messages)
            while True:
                self._streams[call] = _CALLERS_TURN
                raw = next(coming, None)
                self._streams[call] = time.perf_counter()
                if raw is None:
                    return
                yield _read(read, raw)

        return read_all

    def _fail(self, call: Call, error: Exception) -> NoReturn:
        context = call.context
        aborted_with = _abort_code(error, context)
        if aborted_with:
            self._log.write(call, aborted_with)
            raise error
        if not context.is_active():
            self._log.write(call, grpc.StatusCode.CANCELLED.name)
            raise error
        failure = failure_of(error, call.request_id)
        if failure.code is grpc.StatusCode.INTERNAL:
            fields = {"request_id": call.request_id, "method": call.method}
            _LOGGER.error("internal error", exc_info=error, extra={"fields": fields})
        self._log.write(call, failure.code.name, [problem.code for problem in failure.problems])
        status = status_bytes(failure, self._definition.domain)
        context.set_trailing_metadata(((REQUEST_ID, call.request_id), (STATUS_DETAILS, status)))
        context.abort(failure.code, failure.message)


def _run_in(threads: ThreadPoolExecutor, behaviour: Callable[..., Any]) -> None:
    """Has gRPC run BEHAVIOUR in THREADS, so that who is silent there takes none from the questions."""
    behaviour.experimental_thread_pool = threads  # type: ignore[attr-defined]


def _read(read: Callable[[Any], Any], raw: Any) -> Any:
    try:
        return read(raw)
    except Exception as error:
        raise unreadable() from error


def _abort_code(error: Exception, context: Any) -> str:
    """The code with which a handler ended the call by itself; gRPC raises a bare Exception then."""
    code = context.code()
    return code.name if type(error) is Exception and not error.args and code is not None else ""
