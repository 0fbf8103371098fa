"""Whether and when a simulated participant answers a visit: missed, unfinished, late, on time."""

from __future__ import annotations

import math
from datetime import date, timedelta
from enum import StrEnum

from numpy.random import Generator

from qol_app.domain.schedule import Window

MISSED, MISSED_BASELINE = 0.09, 0.03
"""Share of visits missed at health 0."""
UNFINISHED = 0.03
"""Share of visits begun and never sent at health 0."""
STEEPNESS = 0.6
"""By how much the log odds of both rise when health falls by 1."""
LATE = 0.08
"""Share of visits answered after the last on-time day, where a late form is accepted."""
AT_ONCE = 0.6
"""Share of baselines answered on the day of enrolment; the same share of the rest a day later."""


class Outcome(StrEnum):
    """What becomes of a visit."""

    FINISHED = "finished"
    UNFINISHED = "unfinished"
    MISSED = "missed"


def draw_outcome(health: float, *, is_baseline: bool, rng: Generator) -> Outcome:
    """Draw what becomes of a visit: the less well somebody is, the more is missing."""
    missed = share_at(MISSED_BASELINE if is_baseline else MISSED, health)
    unfinished = share_at(UNFINISHED, health)
    draw = rng.random()
    if draw < missed:
        return Outcome.MISSED
    return Outcome.UNFINISHED if draw < missed + unfinished else Outcome.FINISHED


def share_at(at_average: float, health: float) -> float:
    """Return how often something is at a health: the less well somebody is, the more often."""
    odds = at_average / (1 - at_average) * math.exp(-STEEPNESS * health)
    return odds / (1 + odds)


def draw_day(dates: Window, enrolled_on: date, *, is_baseline: bool, rng: Generator) -> date:
    """Draw the day on which a visit is answered, if it is.

    It lies in the window. The baseline comes soon after enrolment, other visits about their
    target, some of them late.
    """
    first = max(dates.opens, enrolled_on)
    grace = (dates.closes - dates.closes_on_time).days
    if is_baseline:
        return _within(
            first, enrolled_on + _days(int(rng.geometric(AT_ONCE)) - 1), dates.closes_on_time
        )
    if grace and rng.random() < LATE:
        return dates.closes_on_time + _days(int(rng.integers(1, grace + 1)))
    before, after = (dates.target - dates.opens).days, (dates.closes_on_time - dates.target).days
    spread = max(1.0, (before + after) / 6)
    return _within(
        first, dates.target + _days(round(float(rng.normal(0, spread)))), dates.closes_on_time
    )


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _within(first: date, day: date, last: date) -> date:
    return min(max(first, day), last)
