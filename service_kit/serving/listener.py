"""Takes a server's listening sockets out of a port that others share, without losing a connection.

gRPC closes its socket with all that the kernel has queued on it or half opened for it: those callers are
reset, although others listen on the same port (SO_REUSEPORT). So new connections are first turned away from
the socket, what is queued is left to gRPC, and then the socket is closed under gRPC's hand.
"""

import contextlib
import ctypes
import os
import socket
import stat
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_SO_ATTACH_FILTER = 26
_DROP_SYN = b"".join(
    struct.pack("=HBBI", code, if_true, if_false, value)
    for code, if_true, if_false, value in (
        (0x30, 0, 0, 13),  # load the byte of the TCP flags
        (0x54, 0, 0, 0x12),  # of these SYN and ACK
        (0x15, 0, 1, 0x02),  # SYN alone opens a connection:
        (0x06, 0, 0, 0),  # drop it,
        (0x06, 0, 0, 0xFFFF_FFFF),  # and let the others through
    )
)
_TCPI_UNACKED = 24  # of a listening socket: the length of its queue
_HALF_OPEN = 3  # TCP_SYN_RECV
_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP = 4, 20, 0x301
_ANSWER_SECONDS = 0.5
_DESCRIPTORS = Path("/proc/self/fd")
_POLL_SECONDS = 0.005


def close_listeners(port: int, within_seconds: float) -> None:
    """Closes what listens on PORT in this process once nothing waits there or it has looked WITHIN_SECONDS.

    Who knocks meanwhile hears nothing, knocks again after a second as TCP does, and comes to another.
    Whoever reads from the sockets must go on until this returns.
    """
    rounds = int(within_seconds / _POLL_SECONDS)
    listeners = []
    for number, ours in _sockets(port):
        if _listens(ours):
            listeners.append((number, ours))
        else:
            ours.close()
    for number, listener in listeners:
        with listener, socket.socket(listener.family) as placeholder:
            _turn_away(listener)
            waiting = _half_open(listener)
            while rounds > 0 and (waiting or _queued(listener)):
                rounds -= 1
                time.sleep(_POLL_SECONDS)
                waiting &= _half_open(listener) if waiting else waiting
            # gRPC closes the number later: by then it must not be some other file's.
            os.dup2(placeholder.fileno(), number, inheritable=False)


def connections(port: int) -> int:
    """How many connections to PORT this process holds."""
    count = 0
    for _, ours in _sockets(port):
        with ours, contextlib.suppress(OSError):
            ours.getpeername()
            count += 1
    return count


def _sockets(port: int) -> Iterator[tuple[int, socket.socket]]:
    """The sockets of this process that are bound to PORT: the number of each, and an own handle to it."""
    entries = list(_DESCRIPTORS.iterdir()) if _DESCRIPTORS.is_dir() else []
    handles: dict[int, socket.socket] = {}
    for number in [int(entry.name) for entry in entries if _is_socket(int(entry.name))]:
        # A connection that was closed meanwhile leaves its number to one of our handles.
        if number in handles and handles[number].fileno() == number:
            continue
        try:
            ours = socket.socket(fileno=os.dup(number))
        except OSError:  # closed meanwhile
            continue
        handles[ours.fileno()] = ours
        if ours.family in (socket.AF_INET, socket.AF_INET6) and ours.getsockname()[1] == port:
            yield number, ours
        else:
            ours.close()


def _is_socket(number: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def _listens(ours: socket.socket) -> bool:
    return bool(ours.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _turn_away(listener: socket.socket) -> None:
    """From now on no new connection is opened on LISTENER."""
    program = ctypes.create_string_buffer(_DROP_SYN, len(_DROP_SYN))
    count = len(_DROP_SYN) // 8
    # Where there are no such filters the socket is closed as soon as its queue is empty.
    with contextlib.suppress(OSError):
        listener.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", count, ctypes.addressof(program))
        )


def _queued(listener: socket.socket) -> int:
    """Connections that the kernel has opened and nobody has taken up yet."""
    state = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCPI_UNACKED + 4)
    return int.from_bytes(state[_TCPI_UNACKED:], sys.byteorder)


def _half_open(listener: socket.socket) -> set[bytes]:
    """The connections to LISTENER's port that are being opened, on whichever of its sockets."""
    port = listener.getsockname()[1]
    return {found for family in {listener.family, socket.AF_INET} for found in _ask_kernel(family, port)}


def _ask_kernel(family: int, port: int) -> Iterator[bytes]:
    """Ports and addresses of the half-open connections to PORT (sock_diag(7); /proc/net/tcp takes longer)."""
    asked = struct.pack("=BBxxI", family, socket.IPPROTO_TCP, 1 << _HALF_OPEN) + struct.pack("!H46x", port)
    header = struct.pack("=IHHII", 16 + len(asked), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 0, 0)
    # Where the kernel does not tell, none is waited for.
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel,
    ):
        kernel.settimeout(_ANSWER_SECONDS)
        kernel.send(header + asked)
        while True:
            answer = kernel.recv(1 << 16)
            while answer:
                length, kind = struct.unpack_from("=IH", answer)
                if kind != _SOCK_DIAG_BY_FAMILY:
                    return
                yield answer[20:56]
                answer = answer[length:]
