"""One-time codes of authenticator apps and recovery codes, made and checked by Flask-Security.

A secret is stored sealed under keys of the settings, a recovery code as a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from flask_security import Totp
from passlib.exc import TokenError  # type: ignore[import-untyped]

from qol_app.db.models import User

ISSUER = "QoL"
RECOVERY_CODES = 8
DRIFT = 30
"""Seconds by which the clock of a phone may be wrong."""


class Authenticator:
    """Makes secrets and codes, and tells which fit.

    Args:
        keys: Number to key; the highest number seals new secrets.
        recovery_key: Under which recovery codes are hashed.
    """

    def __init__(self, keys: Mapping[int, str], *, recovery_key: bytes) -> None:
        self._factory = _Factory(dict(keys), ISSUER)
        self._recovery_key = recovery_key

    def new_secret(self) -> str:
        """Return a new secret, sealed."""
        return str(self._factory.generate_totp_secret())

    def address(self, secret: str, email: str) -> str:
        """Return the address that an authenticator app reads from a QR code."""
        return str(self._factory.get_totp_uri(email, secret))

    def typed_key(self, secret: str) -> str:
        """Return the secret in groups, to be typed where no QR code can be read."""
        return str(self._factory.get_totp_pretty_key(secret))

    def counter(self, secret: str, code: str, *, last: int | None) -> int | None:
        """Return the counter of a code that fits now; None if none fits or it was used before."""
        return self._factory.counter(secret, code, last)

    def new_recovery_codes(self) -> list[str]:
        """Return new recovery codes, to be shown once."""
        return list(self._factory.generate_recovery_codes(RECOVERY_CODES))

    def hashed(self, code: str) -> str:
        """Return what is stored of a recovery code, however it was typed."""
        plain = "".join(sign for sign in code.lower() if sign.isalnum())
        return hmac.new(self._recovery_key, plain.encode(), hashlib.sha256).hexdigest()


class _Factory(Totp):
    """Flask-Security's, that also says which counter a code had."""

    def counter(self, secret: str, code: str, last: int | None) -> int | None:
        match: Any
        try:
            match = self._totp.verify(code, secret, window=DRIFT, last_counter=last)
        except (TokenError, ValueError):
            return None
        return int(match.counter)


def has_second_factor(user: User) -> bool:
    """Tell whether a user signs in with a one-time code too."""
    return bool(user.tf_totp_secret and user.tf_primary_method)
