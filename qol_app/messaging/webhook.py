"""Hands text messages to any gateway that takes a signed JSON document.

The signature is HMAC-SHA256, in hexadecimal digits, of ``<timestamp>.<body>``; both the gateway
and we know the secret. Receipts come back signed in the same way (see ``signature_of``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

from qol_app.messaging import https
from qol_app.messaging.mail import Reason, SendingFailed
from qol_app.messaging.sms import Sms

TIMESTAMP, SIGNATURE = "X-QOL-Timestamp", "X-QOL-Signature"


def signature_of(body: bytes, *, timestamp: str, secret: str) -> str:
    """Return the signature of a document sent at ``timestamp`` (seconds since 1970)."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class WebhookSender:
    """Posts one JSON document per message. The gateway drops a ``reference`` it has had before."""

    def __init__(
        self,
        *,
        url: str,
        secret: str,
        clock: Callable[[], datetime],
        context: ssl.SSLContext | None = None,
        timeout: float = https.TIMEOUT_SECONDS,
    ) -> None:
        self._url, self._secret, self._clock = url, secret, clock
        self._context, self._timeout = context, timeout

    def send(self, sms: Sms) -> str | None:
        """Hand the message over; return the ``id`` that the gateway gave it.

        Raises:
            SendingFailed: names why, never to whom. A lost answer may be tried again, as the
                reference keeps the message from going out twice.
        """
        body = json.dumps(
            {
                "reference": sms.reference,
                "to": sms.to,
                "text": sms.body,
                "language": sms.language,
                "kind": sms.kind,
            },
            ensure_ascii=False,
        ).encode()
        timestamp = str(int(self._clock().astimezone(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            TIMESTAMP: timestamp,
            SIGNATURE: signature_of(body, timestamp=timestamp, secret=self._secret),
        }
        try:
            answer = https.post(
                self._url,
                headers=headers,
                body=body,
                timeout=self._timeout,
                context=self._context,
            )
        except SendingFailed as failure:
            if failure.reason is not Reason.INTERRUPTED:
                raise
            raise SendingFailed(Reason.UNREACHABLE, permanent=False) from None
        https.refuse(answer)
        name = answer.body.get("id")
        return str(name) if name is not None else None
