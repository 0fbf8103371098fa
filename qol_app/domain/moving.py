"""What a changed anchor date does to the visits: which move, and what that opens or ends.

A visit of which a form was sent keeps its dates: it was asked and answered in that window, and
whether it came on time must not change afterwards. All others are planned anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from qol_app.domain.schedule import Window


class Effect(StrEnum):
    """What a move means today."""

    OPENS = "opens"
    """It could not be answered today, and then it can."""
    WAITS = "waits"
    """It can be answered today, and then it has yet to open."""
    CLOSES = "closes"
    """It can be answered today, and then it is over."""
    IS_PAST = "is_past"
    """It has yet to open, and then it is over."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One visit under a changed anchor date."""

    code: str
    before: Window
    after: Window
    """Equal to ``before`` where the visit keeps its dates."""
    is_kept: bool
    """Whether it keeps its dates because a form of it was sent."""

    @property
    def days(self) -> int:
        """By how many days the target moves; negative is earlier."""
        return (self.after.target - self.before.target).days

    def effect(self, today: date) -> Effect | None:
        """Return what the move means today; None where nothing comes of it today."""
        before, after = _place(self.before, today), _place(self.after, today)
        if before == after:
            return None
        if after == 0:
            return Effect.OPENS
        if before == 0:
            return Effect.WAITS if after < 0 else Effect.CLOSES
        return Effect.IS_PAST if after > 0 else None


def _place(window: Window, today: date) -> int:
    """Return -1 before the window, 0 in it, 1 after it."""
    return int(today > window.closes) - int(today < window.opens)


def overlaps(moves: Sequence[Move]) -> list[tuple[str, str]]:
    """Return the neighbours in the schedule whose new windows share a day or swap their order."""
    return [
        (one.code, other.code)
        for one, other in pairwise(moves)
        if other.after.opens <= one.after.closes
    ]
