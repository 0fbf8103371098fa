"""Seals contact details: AES-GCM with named keys, bound to the participant they belong to."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_LENGTH = 12


class Vault:
    """Seals with the newest key, opens with the key that sealed.

    Args:
        keys: Key id to a base64 key of 128, 192 or 256 bits, newest first.

    Raises:
        ValueError: no key is given, or one has another length.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        if not keys:
            raise ValueError("contact details need at least one key")
        self._ciphers = {key_id: AESGCM(b64decode(key)) for key_id, key in keys.items()}
        self.newest = next(iter(self._ciphers))

    def knows(self, key_id: str) -> bool:
        """Tell whether the key is among the vault's keys."""
        return key_id in self._ciphers

    def seal(self, details: Mapping[str, str], *, participant_id: int) -> tuple[str, bytes]:
        """Return the key id and the sealed details; they open for this participant only."""
        nonce = os.urandom(NONCE_LENGTH)
        plain = json.dumps(dict(details), ensure_ascii=False).encode()
        cipher = self._ciphers[self.newest]
        return self.newest, nonce + cipher.encrypt(nonce, plain, _context(participant_id))

    def open(self, key_id: str, sealed: bytes, *, participant_id: int) -> dict[str, str]:
        """Return the details.

        Raises:
            KeyError: the key is not among the vault's keys.
            cryptography.exceptions.InvalidTag: the details were changed, or are another's.
        """
        nonce, body = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
        plain = self._ciphers[key_id].decrypt(nonce, body, _context(participant_id))
        opened: dict[str, str] = json.loads(plain)
        return opened


def _context(participant_id: int) -> bytes:
    return f"contact of participant {participant_id}".encode()
