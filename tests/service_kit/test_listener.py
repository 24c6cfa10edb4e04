"""A listening socket is taken out of its port, while another one stays, and no caller notices."""

import ctypes
import os
import selectors
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from service_kit.serving.listener import close_listeners, connections
from tests.service_kit.conftest import wait_until

PATIENCE = 10.0
ATTACH_FILTER, DETACH_FILTER = 26, 27


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Sockets put here are closed at the end."""
    with ExitStack() as sockets:
        yield sockets


def listen(held: ExitStack, port: int = 0) -> socket.socket:
    listener = held.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def knock(held: ExitStack, port: int) -> socket.socket:
    caller = held.enter_context(socket.socket())
    caller.setblocking(False)
    caller.connect_ex(("127.0.0.1", port))
    return caller


def is_open(caller: socket.socket) -> bool:
    try:
        caller.getpeername()
    except OSError:
        return False
    return not caller.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def take_up(held: ExitStack, listener: socket.socket) -> int:
    """Takes up what is queued at LISTENER and greets it; gives how many that were."""
    count = 0
    while True:
        try:
            taken = held.enter_context(listener.accept()[0])
        except OSError:
            return count
        taken.send(b"!")
        count += 1


def greeted(callers: list[socket.socket]) -> int:
    """How many CALLERS are greeted; one that is reset fails."""
    with selectors.DefaultSelector() as answers:
        for caller in callers:
            answers.register(caller, selectors.EVENT_READ)
        return sum(key.fileobj.recv(1) == b"!" for key, _ in answers.select(0))


def closing(port: int, within: float = PATIENCE) -> threading.Thread:
    thread = threading.Thread(target=close_listeners, args=(port, within))
    thread.start()
    return thread


def test_what_is_queued_is_still_taken_up(held):
    listener = listen(held)
    port = listener.getsockname()[1]
    callers = [knock(held, port) for _ in range(16)]
    wait_until(lambda: all(map(is_open, callers)))
    closes = closing(port)
    assert closes.is_alive()
    assert take_up(held, listener) == 16
    closes.join(PATIENCE)
    assert greeted(callers) == 16


def test_a_connection_that_is_half_open_is_still_opened(held):
    listener = listen(held)
    port = listener.getsockname()[1]
    deaf = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0), 8)
    caller = held.enter_context(socket.socket())
    # Deaf to the server's answer, it cannot open its end.
    caller.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(deaf)))
    caller.setblocking(False)
    caller.connect_ex(("127.0.0.1", port))
    closes = closing(port)
    caller.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)
    wait_until(lambda: take_up(held, listener), PATIENCE, "the caller is taken up")
    closes.join(PATIENCE)
    assert greeted([caller]) == 1


def test_who_knocks_meanwhile_comes_to_another(held):
    leaving = listen(held)
    port = leaving.getsockname()[1]
    callers = [knock(held, port)]
    wait_until(lambda: is_open(callers[0]))
    closes = closing(port)
    while is_open(callers[-1]):
        callers.append(knock(held, port))
    staying = listen(held, port)
    callers += [knock(held, port) for _ in range(16)]
    take_up(held, leaving)
    closes.join(PATIENCE)
    wait_until(lambda: all(map(is_open, callers)), PATIENCE, "they knock again")
    take_up(held, staying)
    assert greeted(callers) == len(callers)


def test_a_queue_that_nobody_empties_is_given_up(held):
    port = listen(held).getsockname()[1]
    callers = [knock(held, port)]
    wait_until(lambda: is_open(callers[0]))
    close_listeners(port, 0)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_only_sockets_of_that_port_are_closed(held):
    port, other = listen(held).getsockname()[1], listen(held).getsockname()[1]
    close_listeners(port, PATIENCE)
    with socket.create_connection(("127.0.0.1", other)):
        pass


def test_a_handle_that_takes_the_number_of_a_closed_connection_is_no_listener(held, monkeypatch):
    """A caller hangs up while the sockets are looked through: the next handle gets the number that it had."""
    listener = listen(held)
    port = listener.getsockname()[1]
    knock(held, port)
    taken, _ = listener.accept()
    while (spare := os.open(os.devnull, os.O_RDONLY)) < taken.fileno():
        held.callback(os.close, spare)
    held.callback(os.close, spare)
    numbers = [taken.fileno()]
    dup = os.dup

    def dup_as_the_caller_hangs_up(number: int) -> int:
        taken.close()
        numbers.append(dup(number))
        return numbers[-1]

    monkeypatch.setattr(os, "dup", dup_as_the_caller_hangs_up)
    close_listeners(port, 1)
    assert numbers[0] == numbers[1], "the handle has that number"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_connections_are_counted_on_the_side_that_was_called(held):
    listener = listen(held)
    port = listener.getsockname()[1]
    callers = [knock(held, port) for _ in range(3)]
    wait_until(lambda: all(map(is_open, callers)))
    assert connections(port) == 0
    take_up(held, listener)
    assert connections(port) == 3
