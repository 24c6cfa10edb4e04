"""The call that a handler serves: its id, its caller and the time it has left."""

from contextvars import ContextVar
from dataclasses import dataclass

import grpc

from service_kit.serving.tokens import Caller


class DeadlineError(Exception):
    """The caller no longer waits for the answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call under way."""

    request_id: str
    method: str
    caller: Caller
    context: grpc.ServicerContext
    started: float
    """Reading of `time.perf_counter` at its start."""


_current: ContextVar[Call | None] = ContextVar("huiyin_call", default=None)


def enter(call: Call | None) -> None:
    """Makes CALL the one that this thread serves."""
    _current.set(call)


def current_call() -> Call | None:
    """The call that this thread serves; None outside a server."""
    return _current.get()


def check_deadline() -> None:
    """To be called in long loops: ends the call where nobody waits for its answer any longer."""
    call = _current.get()
    if call is not None and not (call.context.is_active() and call.context.time_remaining() > 0):
        raise DeadlineError
