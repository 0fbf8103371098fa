"""Mistakes of a study file's reminders: an order that means nothing, and hours without an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qol_app.domain.study import CLOCK_PATTERN
from qol_app.domain.study_document import Document


def reminder_problems(document: Document) -> Iterator[str]:
    """Yield one line, ``key: what is wrong``, for each mistake of the reminders."""
    reminders = document.get("reminders")
    if not isinstance(reminders, dict):
        return
    yield from _order(reminders.get("after_days"))
    yield from _hours(reminders.get("from_time", "08:00"), reminders.get("until_time", "20:00"))


def _order(days: object) -> Iterator[str]:
    given = days if isinstance(days, list) else []
    numbers = [day for day in given if isinstance(day, int)]
    for earlier, later in pairwise(numbers):
        if later <= earlier:
            yield (
                f"reminders.after_days: {later} stands after {earlier}; write each day once, the "
                "smallest first"
            )


def _hours(start: object, end: object) -> Iterator[str]:
    if not all(isinstance(time, str) and re.match(CLOCK_PATTERN, time) for time in (start, end)):
        return
    if str(start) >= str(end):
        yield (
            f"reminders.until_time: {end} is not later than from_time {start}; write a later time "
            "of the same day"
        )
