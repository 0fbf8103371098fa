"""Posts to a gateway over HTTPS and says whether what failed may be tried again."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from qol_app.messaging.mail import Reason, SendingFailed

TIMEOUT_SECONDS = 15.0
MOST_BYTES = 64 * 1024
"""The most of an answer that is read."""
LOCAL = ("localhost", "127.0.0.1", "::1")
SLOW_DOWN = 429


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a gateway answered; ``body`` is empty where that was no JSON object."""

    status: int
    body: Mapping[str, Any]


def post(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    timeout: float = TIMEOUT_SECONDS,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Post once, without following a redirect; never unencrypted to another machine.

    Raises:
        SendingFailed: ``unreachable`` if the gateway cannot have had it, ``interrupted`` if it
            may have, ``not_secure`` if there is no encryption to trust. No address is in it.
    """
    line = _connection(urlsplit(url), timeout, context)
    try:
        _connect(line)
        try:
            line.request("POST", _target(urlsplit(url)), body=body, headers=dict(headers))
            answer = line.getresponse()
            return Answer(status=answer.status, body=_object(answer.read(MOST_BYTES)))
        except (OSError, http.client.HTTPException):
            raise SendingFailed(Reason.INTERRUPTED, permanent=False) from None
    finally:
        line.close()


def refuse(answer: Answer) -> None:
    """Raise what an answer other than success means; 5xx and "slow down" may be tried again.

    Raises:
        SendingFailed: unless the status is 2xx.
    """
    if 200 <= answer.status < 300:
        return
    if answer.status >= 500 or answer.status == SLOW_DOWN:
        raise SendingFailed(Reason.UNREACHABLE, permanent=False)
    raise SendingFailed(Reason.GATEWAY_REFUSED, permanent=True)


def _connection(
    address: SplitResult, timeout: float, context: ssl.SSLContext | None
) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        trusted = context or ssl.create_default_context()
        return http.client.HTTPSConnection(host, address.port, timeout=timeout, context=trusted)
    if host not in LOCAL:
        raise SendingFailed(Reason.NOT_SECURE, permanent=True)
    return http.client.HTTPConnection(host, address.port, timeout=timeout)


def _connect(line: http.client.HTTPConnection) -> None:
    try:
        line.connect()
    except ssl.SSLError:
        raise SendingFailed(Reason.NOT_SECURE, permanent=True) from None
    except OSError:
        raise SendingFailed(Reason.UNREACHABLE, permanent=False) from None


def _target(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
