"""A line between browser and server that can be cut, mended, or swallow everything."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from enum import Enum


class Line:
    """Forwards TCP connections to a local port while it is up."""

    class State(Enum):
        """What becomes of connections."""

        UP = "up"
        CUT = "cut"
        SILENT = "silent"

    def __init__(self, target: int) -> None:
        self.target = target
        self.state = Line.State.UP
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._running = True
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the browser finds the server."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self.state = Line.State.CUT
        self._drop()

    def silence(self) -> None:
        """Keep connections open and pass nothing on, as dead Wi-Fi does."""
        self.state = Line.State.SILENT

    def mend(self) -> None:
        """Let everything through again."""
        self.state = Line.State.UP

    def close(self) -> None:
        """End the line."""
        self._running = False
        self.cut()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while self._running:
            client, _ = self._listener.accept()
            if not self._running or self.state is Line.State.CUT:
                _reset(client)
                continue
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            server = socket.create_connection(("127.0.0.1", self.target))
            pair = {client: server, server: client}
            with self._lock:
                self._open |= set(pair)
            try:
                self._pass_on(pair)
            finally:
                with self._lock:
                    self._open -= set(pair)
                client.close()
                server.close()

    def _pass_on(self, pair: dict[socket.socket, socket.socket]) -> None:
        with selectors.DefaultSelector() as selector:
            for end in pair:
                selector.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(timeout=1):
                    end = key.fileobj
                    assert isinstance(end, socket.socket)
                    data = end.recv(65536)
                    if not data:
                        return
                    if self.state is Line.State.UP:
                        pair[end].sendall(data)

    def _drop(self) -> None:
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.close()
