"""A patient's browser reduced to what costs the server: cookies, forms, redirects."""

from __future__ import annotations

import re
import socket
import time
from collections import defaultdict
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
RADIO = re.compile(r'<input[^>]*type="radio"[^>]*>')


class Browser:
    """One kept-open connection; ``times`` collects seconds per kind of request."""

    def __init__(self, host: str, port: int) -> None:
        # A plain socket, because a client library would cost as much as the server.
        self.connection = socket.create_connection((host, port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"{host}:{port}"
        self.cookies: dict[str, str] = {}
        self.times: dict[str, list[float]] = defaultdict(list)
        self.path = "/"
        self.page = ""

    def get(self, path: str, kind: str) -> None:
        """Open a page, following redirects."""
        self._follow("GET", path, None, kind)

    def submit(self, kind: str, **fields: str) -> None:
        """Send the page's first form with ``fields``, following redirects."""
        hidden = {name: value for name, value in map(_pair, HIDDEN.findall(self.page)) if name}
        self._follow("POST", self.path, urlencode({**hidden, **fields}), kind)

    def first_answers(self) -> dict[str, str]:
        """Return the first option of every question on the page."""
        answers: dict[str, str] = {}
        for tag in RADIO.findall(self.page):
            name, value = _pair(tag)
            answers.setdefault(name, value)
        return answers

    def _follow(self, method: str, path: str, body: str | None, kind: str) -> None:
        status = self._request(method, path, body, kind)
        while status in (302, 303):
            status = self._request("GET", self.location, None, "page")
        if status != 200:
            raise RuntimeError(f"{method} {kind}: status {status}")

    def _request(self, method: str, path: str, body: str | None, kind: str) -> int:
        request = self._written(method, path, body or "")
        started = time.perf_counter()
        self.connection.sendall(request)
        status, headers, self.page = self._answer()
        self.times[kind].append(time.perf_counter() - started)
        for cookie in headers.get("set-cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.location = _path(headers.get("location", [""])[0])
        self.path = path
        return status

    def _written(self, method: str, path: str, body: str) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}",
            "Accept: text/html",
            f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}",
        ]
        if method == "POST":
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", body]).encode()

    def _answer(self) -> tuple[int, dict[str, list[str]], str]:
        """Read one answer, which must say how long it is; header names in small letters."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, content = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, list[str]] = defaultdict(list)
        for name, _, value in (line.partition(": ") for line in lines):
            headers[name.lower()].append(value)
        while len(content) < int(headers["content-length"][0]):
            content += self._more()
        return int(status.split()[1]), headers, content.decode()

    def _more(self) -> bytes:
        part = self.connection.recv(1 << 16)
        if not part:
            raise RuntimeError("the server closed the connection")
        return part


def _pair(tag: str) -> tuple[str, str]:
    found = dict(ATTRIBUTE.findall(tag))
    return found.get("name", ""), found.get("value", "")


def _path(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
