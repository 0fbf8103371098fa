"""Putting a visit off: for how long it may be, and why it is."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from qol_app.domain.schedule import Window


class Delay(StrEnum):
    """For how long a visit may be put off."""

    TOMORROW = "tomorrow"
    IN_3_DAYS = "in_3_days"
    IN_A_WEEK = "in_a_week"


class Reason(StrEnum):
    """Why a visit is put off; too ill is also the word for why a form is missing in the end."""

    TOO_ILL = "too_ill"
    ANOTHER_TIME = "another_time"


_DAYS = {Delay.TOMORROW: 1, Delay.IN_3_DAYS: 3, Delay.IN_A_WEEK: 7}


def days(window: Window, today: date) -> dict[Delay, date]:
    """Return until when the visit may be put off: the days that still lie in its window.

    Args:
        window: The visit's window; days of grace belong to it.
        today: The date at the site.
    """
    found = {delay: today + timedelta(days=after) for delay, after in _DAYS.items()}
    return {delay: day for delay, day in found.items() if window.opens <= day <= window.closes}
