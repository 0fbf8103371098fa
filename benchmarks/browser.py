"""A patient's browser reduced to what costs the server: cookies, forms, redirects."""

from __future__ import annotations

import http.client
import re
import time
from collections import defaultdict
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
RADIO = re.compile(r'<input[^>]*type="radio"[^>]*>')


class Browser:
    """One kept-open connection; ``times`` collects seconds per kind of request."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = http.client.HTTPConnection(host, port)
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
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.page = answer.read().decode()
        self.times[kind].append(time.perf_counter() - started)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.location = _path(answer.headers.get("Location", ""))
        self.path = path
        return answer.status


def _pair(tag: str) -> tuple[str, str]:
    found = dict(ATTRIBUTE.findall(tag))
    return found.get("name", ""), found.get("value", "")


def _path(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
