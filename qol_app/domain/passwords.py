"""Which passwords are taken: long ones that say nothing of their user or study."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

SHORTEST = 12
LONGEST = 200
FEWEST_KINDS = 5
"""Different signs that a password needs at least."""

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_WORD = 4
_SHORTEST_CHINESE_WORD = 2


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_PLAIN = "too_plain"
    """It repeats a few signs."""
    OWN_WORDS = "own_words"
    """It holds the user's name or address, or the study's name."""


def normalized(password: str) -> str:
    """Return a password as it is hashed, however a keyboard composed its signs."""
    return unicodedata.normalize("NFKD", password)


def fault(password: str, *, own: Iterable[str]) -> PasswordFault | None:
    """Return why a new password is not taken, or None if it is.

    Args:
        own: Texts whose words it must not hold: name and address of the user, the study's name.
    """
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    if len(set(password)) < FEWEST_KINDS:
        return PasswordFault.TOO_PLAIN
    plain = password.casefold()
    if any(word in plain for text in own for word in _words(text)):
        return PasswordFault.OWN_WORDS
    return None


def _words(text: str) -> list[str]:
    """Return the words of a text that are long enough to give a password away."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) >= _shortest(word)]


def _shortest(word: str) -> int:
    return _SHORTEST_WORD if word.isascii() else _SHORTEST_CHINESE_WORD
