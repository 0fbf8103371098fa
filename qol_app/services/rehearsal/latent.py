"""How a simulated participant fares: one number, general health, for every day of the study.

Health is counted in standard deviations between people, 0 being the average at baseline; higher
is better. Days are counted from the anchor date.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

YEAR = 365.25
WEEK = 7
BETWEEN_PEOPLE = 0.65
BETWEEN_SITES = 0.15
BETWEEN_GROUPS = 0.12
"""Half the distance between the outermost groups, in health per year of follow-up."""
CHOSEN_GROUPS = 0.15
"""The same at baseline, where groups are not randomised."""
SLOPE, SLOPE_SPREAD = -0.25, 0.25
"""Change of health per year."""
DIP, DIP_SPREAD, DIP_DAYS = 0.65, 0.25, 60
"""Depth of the dip after the anchor date, and the days until it is deepest."""
NOISE, NOISE_DAYS = 0.35, 60
"""Fluctuation about the course, and the days over which it is forgotten."""
TERMINAL, TERMINAL_DAYS = 1.8, 150
"""Loss of health on the day of death, and the days over which it comes."""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What participants of one site or group share."""

    site: Mapping[str, float]
    group: Mapping[str, float]
    """At baseline; all 0 in a randomised study."""
    group_slope: Mapping[str, float]
    """Per year."""


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """The course of one participant's health."""

    level: float
    slope: float
    """Per year."""
    dip: float
    noise: Numbers
    """One value per week from the anchor date on; before it, the first one counts."""
    died_on: int | None = None
    """Day of death."""

    def at(self, day: float) -> float:
        """Return the health on a day, which may be negative (before the anchor date)."""
        since = max(day, 0.0)
        week = min(int(since // WEEK), len(self.noise) - 1)
        dip = self.dip * (since / DIP_DAYS) * math.exp(1 - since / DIP_DAYS)
        health = self.level + self.slope * since / YEAR - dip + float(self.noise[week])
        return health - self._terminal(day)

    def _terminal(self, day: float) -> float:
        if self.died_on is None:
            return 0.0
        nearness = 1 - (self.died_on - day) / TERMINAL_DAYS
        return TERMINAL * min(max(nearness, 0.0), 1.0) ** 2

    def dying(self, day: int) -> Trajectory:
        """Return the same course ending in death on a day, with the decline before it."""
        return replace(self, died_on=day)


def draw_effects(
    sites: Sequence[str], groups: Sequence[str], *, randomised: bool, rng: Generator
) -> Effects:
    """Draw what sites and groups do to health. Which group fares best depends on the seed."""
    baseline = 0.0 if randomised else CHOSEN_GROUPS
    return Effects(
        site={code: float(rng.normal(0, BETWEEN_SITES)) for code in sites},
        group=_apart(groups, baseline, rng),
        group_slope=_apart(groups, BETWEEN_GROUPS, rng),
    )


def _apart(groups: Sequence[str], distance: float, rng: Generator) -> dict[str, float]:
    if len(groups) == 1:
        return {groups[0]: 0.0}
    steps = rng.permutation(np.linspace(-distance, distance, len(groups)))
    return {code: float(step) for code, step in zip(groups, steps, strict=True)}


def draw_trajectory(
    effects: Effects, *, site: str, group: str, days: int, rng: Generator
) -> Trajectory:
    """Draw the course of one participant over ``days`` days; death is not yet part of it."""
    weeks = days // WEEK + 2
    return Trajectory(
        level=float(rng.normal(0, BETWEEN_PEOPLE)) + effects.site[site] + effects.group[group],
        slope=float(rng.normal(SLOPE, SLOPE_SPREAD)) + effects.group_slope[group],
        dip=abs(float(rng.normal(DIP, DIP_SPREAD))),
        noise=_autoregressive(weeks, rng),
    )


def _autoregressive(length: int, rng: Generator) -> Numbers:
    """Return stationary AR(1) noise, one value per week."""
    kept = math.exp(-WEEK / NOISE_DAYS)
    fresh = rng.normal(0, NOISE, length)
    noise = np.empty(length)
    noise[0] = fresh[0]
    for week in range(1, length):
        noise[week] = kept * noise[week - 1] + math.sqrt(1 - kept**2) * fresh[week]
    return noise


def first_event(
    trajectory: Trajectory, *, yearly: float, steepness: float, days: int, rng: Generator
) -> int | None:
    """Draw the day of an event whose hazard rises as health falls.

    Args:
        yearly: Hazard per year at health 0.
        steepness: By how much the log hazard rises when health falls by 1.
        days: The last day on which it may happen.

    Returns:
        A day from 1 to ``days``, or None if it does not happen by then.
    """
    resistance = float(rng.exponential())
    for day in range(1, days + 1):
        resistance -= yearly / YEAR * math.exp(-steepness * trajectory.at(day))
        if resistance <= 0:
            return day
    return None
