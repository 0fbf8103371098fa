"""Hands text messages to Alibaba Cloud SMS (SendSms, version 2017-05-25).

Written from the public reference of the API and of its signature, version 3 (ACS3-HMAC-SHA256):
https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
The gateway sends only texts that it approved, so a message is a template's code and its values.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from qol_app.messaging import https
from qol_app.messaging.mail import Reason, SendingFailed
from qol_app.messaging.sms import Sms

ALGORITHM = "ACS3-HMAC-SHA256"
ACTION, VERSION = "SendSms", "2017-05-25"
ALPHABETIC = "-_.~"
CHINA = "+86"

AGAIN_LATER = ("isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_DENY_TIMEOUT")
"""Codes after which the same message may be taken later, ``Throttling`` aside."""
WRONG_NUMBER = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT")


def authorization(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    key_id: str,
    secret: str,
) -> str:
    """Return the ``Authorization`` header of a request.

    Args:
        headers: All headers to be signed, ``host`` and ``x-acs-content-sha256`` included.
    """
    signed = {name.lower(): value.strip() for name, value in sorted(headers.items())}
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    content = signed["x-acs-content-sha256"]
    canonical = "\n".join([method, path, query_string(query), lines, names, content])
    to_sign = f"{ALGORITHM}\n{_sha256(canonical.encode())}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def query_string(query: Mapping[str, str]) -> str:
    """Return the parameters in the order of their names, percent-encoded after RFC 3986."""
    return "&".join(
        f"{quote(name, safe=ALPHABETIC)}={quote(value, safe=ALPHABETIC)}"
        for name, value in sorted(query.items())
    )


class AlibabaSender:
    """Calls SendSms once per message.

    Args:
        templates: By kind and language, e.g. ``reminder.zh-Hans``: the approved template's code.
            Its variables are named like our fields: study, visit, link, last_day, contact.
    """

    def __init__(
        self,
        *,
        url: str,
        key_id: str,
        secret: str,
        sign_name: str,
        templates: Mapping[str, str],
        clock: Callable[[], datetime],
        context: ssl.SSLContext | None = None,
        timeout: float = https.TIMEOUT_SECONDS,
    ) -> None:
        self._url, self._key_id, self._secret = url, key_id, secret
        self._sign_name, self._templates, self._clock = sign_name, templates, clock
        self._context, self._timeout = context, timeout

    def send(self, sms: Sms) -> str | None:
        """Hand the message over; return the ``BizId`` that receipts name.

        Raises:
            SendingFailed: names why, never to whom.
        """
        query = self._parameters(sms)
        answer = https.post(
            f"{self._url.rstrip('/')}/?{query_string(query)}",
            headers=self._headers(query),
            timeout=self._timeout,
            context=self._context,
        )
        code = answer.body.get("Code")
        if code == "OK":
            name = answer.body.get("BizId")
            return str(name) if name is not None else None
        _refuse(str(code or ""), answer)
        raise SendingFailed(Reason.GATEWAY_REFUSED, permanent=True)

    def _parameters(self, sms: Sms) -> dict[str, str]:
        template = self._templates.get(f"{sms.kind}.{sms.language}")
        if template is None:
            raise SendingFailed(Reason.NOT_SERVED, permanent=True)
        return {
            "PhoneNumbers": sms.to.removeprefix(CHINA),
            "SignName": self._sign_name,
            "TemplateCode": template,
            "TemplateParam": json.dumps(dict(sms.values), ensure_ascii=False, sort_keys=True),
            "OutId": sms.reference,
        }

    def _headers(self, query: Mapping[str, str]) -> dict[str, str]:
        headers = {
            "host": urlsplit(self._url).netloc,
            "x-acs-action": ACTION,
            "x-acs-content-sha256": _sha256(b""),
            "x-acs-date": self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        signed = authorization(
            "POST", "/", query, headers, key_id=self._key_id, secret=self._secret
        )
        return {**headers, "Authorization": signed}


def _refuse(code: str, answer: https.Answer) -> None:
    if code in WRONG_NUMBER:
        raise SendingFailed(Reason.RECIPIENT_REFUSED, permanent=True)
    if code in AGAIN_LATER or code.startswith("Throttling"):
        raise SendingFailed(Reason.UNREACHABLE, permanent=False)
    if code.startswith(("SignatureDoesNotMatch", "InvalidAccessKeyId")):
        raise SendingFailed(Reason.SIGN_IN_REFUSED, permanent=True)
    https.refuse(answer)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
