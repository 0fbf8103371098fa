"""PINs of shared tablets: at least six digits, and none that is guessed first."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from qol_app.domain.errors import InvalidInput

SHORTEST = 6
LONGEST = 12
MOST_FAILURES = 5
"""Wrong PINs in a row after which only a signed-in user opens the tablet again."""
FEWEST_KINDS = 3
"""Different digits that a PIN needs at least: 112112 is guessed early, 112113 less so."""


def digits(text: str) -> str:
    """Return the decimal digits of a text as 0 to 9, whatever script or width they have."""
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


def check_pin(text: str) -> str:
    """Return a new PIN as digits.

    Raises:
        InvalidInput: it is too short or too long, holds something else than digits, repeats a few
            digits, or counts up or down.
    """
    pin = digits(text)
    if len(pin) != len(text.strip()) or not SHORTEST <= len(pin) <= LONGEST:
        raise InvalidInput([f"a PIN has {SHORTEST} to {LONGEST} digits"])
    if len(set(pin)) < FEWEST_KINDS or _counts(pin):
        raise InvalidInput(["this PIN is easy to guess; choose another"])
    return pin


def _counts(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps in ({1}, {9})
