"""Sockets that accept: one for each worker process, between which the kernel shares out the connections.

A socket each (SO_REUSEPORT) and not one for all: whoever is awake takes all that waits there, so that of 32
connections one worker would get most. What waits in the queue of a worker that died is answered by the next one,
because the supervisor keeps the sockets.
"""

from __future__ import annotations

import contextlib
import socket

BACKLOG = 2048


def bind(host: str, port: int, count: int) -> list[socket.socket]:
    """Return ``count`` sockets bound to one port, of which only the first listens. Port 0 takes a free one.

    Raises ``OSError`` where the port is taken: by a second server too, which SO_REUSEPORT alone would let in.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with contextlib.ExitStack() as undo:
        sockets = []
        for number in range(count):
            if number == 0 and count > 1 and port:
                with socket.socket(family, kind, protocol) as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(address)
            one = undo.enter_context(socket.socket(family, kind, protocol))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if count > 1:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind(address if number == 0 else sockets[0].getsockname())
            if number == 0:
                one.listen(BACKLOG)
            sockets.append(one)
        undo.pop_all()
        return sockets
