"""Whose hands a shared tablet is in: the check at its start, and when nobody holds it any more."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from qol_app.domain.pins import digits

LAST_DIGITS = 3
"""How many digits of the study number are asked: every scheme has at least five."""

MOST_FAILURES = 3
"""Wrong answers to the check after which the tablet freezes."""

IDLE = timedelta(minutes=15)
"""Without an answer for so long, a hand-over is over, whatever the page's script does."""


class Outcome(StrEnum):
    """What a try at the check came to."""

    MATCH = "match"
    WRONG = "wrong"
    FROZEN = "frozen"


class Ending(StrEnum):
    """How a hand-over ended."""

    FINISHED = "finished"
    IDLE = "idle"
    FROZEN = "frozen"
    TAKEN_BACK = "taken_back"


class TabletState(StrEnum):
    """What a tablet is doing."""

    LOCKED = "locked"
    CHECKING = "checking"
    IN_USE = "in_use"
    FROZEN = "frozen"
    BLOCKED = "blocked"
    RETIRED = "retired"


def is_held_by(number: str, birth_year: int | None, *, typed_digits: str, typed_year: str) -> bool:
    """Tell whether what was typed fits the participant; takes as long whichever part is wrong.

    The last digits of the study number are its check digits and the end of the running number.
    Spaces, full-width digits and digits of other scripts do not matter.

    Args:
        birth_year: None where it is not known; then ``typed_year`` is not looked at.
    """
    expected = digits(number)[-LAST_DIGITS:]
    typed = digits(typed_digits)
    if birth_year is not None:
        expected, typed = f"{expected}/{birth_year}", f"{typed}/{digits(typed_year)}"
    return hmac.compare_digest(expected.encode(), typed.encode())


def is_idle(moments: Iterable[datetime | None], *, now: datetime) -> bool:
    """Tell whether the last of the moments at which somebody did something is long past."""
    return now - max(moment for moment in moments if moment is not None) >= IDLE
