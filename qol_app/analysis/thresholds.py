"""What a threshold acts as on a scale, and who reaches it: exact against floating error.

Scores move in steps: a linear 0-100 scale of five items of range 3 by 20/3 points. A threshold of
"10 points" acts as the smallest change at or above it that two complete forms can show, 13.33
there. Scores are stored as doubles, in which 66.67 - 56.67 may come out a little below 10; so
changes are compared in whole steps where they are whole steps, and otherwise with a tolerance.
Reaching the threshold exactly always counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil, lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

from questionnaires.thresholds import Side

TOLERANCE = 1e-9
"""In points: how far below a threshold a change may come out and still count as reaching it."""
WHOLE = 1e-6
"""In steps: how far from a whole number of steps a change may come out and still be one."""

Booleans = NDArray[np.bool_]


class Change(StrEnum):
    """What became of one patient."""

    IMPROVED = "improved"
    STABLE = "stable"
    WORSENED = "worsened"
    MISSING = "missing"


def effective_threshold(step: Fraction, threshold: float | Fraction) -> Fraction:
    """Return the smallest whole number of steps that reaches ``threshold`` points, exactly.

    A float is taken as it is written: 0.1 is one tenth. One that was computed, such as 100 / 6,
    may lie up to 1e-9 above the number that is meant.
    """
    return steps_needed(step, threshold) * step


def steps_needed(step: Fraction, threshold: float | Fraction) -> int:
    """Return how many steps reach ``threshold`` points; as ``effective_threshold``."""
    return ceil((_exact(threshold) - Fraction(str(TOLERANCE))) / step)


def effective_change(scores: Sequence[Fraction], threshold: float | Fraction) -> Fraction | None:
    """Return the smallest difference of two ``scores`` at or above ``threshold``, exactly.

    This is what a threshold acts as on a scale whose steps are uneven; where they are even it is
    ``effective_threshold``.

    Returns:
        The difference in points; None if no two scores lie so far apart.
    """
    wanted = _exact(threshold)
    unit = lcm(*(score.denominator for score in scores))
    whole = {int(score * unit) for score in scores}
    widest = max(whole) - min(whole)
    for points in range(max(ceil(wanted * unit), 1), widest + 1):
        if any(score + points in whole for score in whole):
            return Fraction(points, unit)
    return None


def reaches(
    changes: ArrayLike, threshold: float | Fraction, step: Fraction | None = None
) -> Booleans:
    """Tell which changes reach ``threshold`` points upwards.

    Args:
        changes: (n,) points; NaN where there is no change to speak of.
        threshold: Above 0; a change of exactly so many points reaches it.
        step: The scale's step, where all its steps are alike. A change that is a whole number of
            steps but for floating error (1e-6 of a step) is then compared as that number, with
            no tolerance. Changes of forms with missing items lie between the steps; they, and
            all changes where there is no step, are compared with a tolerance of 1e-9 points.

    Returns:
        (n,) booleans; False for NaN.
    """
    points = np.asarray(changes, dtype="float64")
    with np.errstate(invalid="ignore"):
        reached: Booleans = points >= float(_exact(threshold)) - TOLERANCE
        if step is not None:
            in_steps = points / float(step)
            whole = np.round(in_steps)
            is_whole = np.abs(in_steps - whole) < WHOLE
            reached = np.where(is_whole, whole >= steps_needed(step, threshold), reached)
    return reached


def classify(
    changes: ArrayLike,
    threshold: float | Fraction,
    *,
    higher_is_better: bool,
    step: Fraction | None = None,
) -> NDArray[np.str_]:
    """Say of every change whether the patient improved, worsened or stayed as they were.

    Args:
        changes: (n,) points, later score less earlier; NaN where one of the two is missing.
        threshold: The change that counts, in either direction; reaching it exactly counts.
        higher_is_better: What a high score of the scale means.
        step: As in ``reaches``.

    Returns:
        (n,) the values of ``Change``.
    """
    better = np.asarray(changes, dtype="float64") * (1 if higher_is_better else -1)
    return np.select(
        [np.isnan(better), reaches(better, threshold, step), reaches(-better, threshold, step)],
        [Change.MISSING.value, Change.IMPROVED.value, Change.WORSENED.value],
        default=Change.STABLE.value,
    )


def is_beyond(
    scores: ArrayLike, value: float | Fraction, side: Side, *, inclusive: bool = False
) -> Booleans:
    """Tell which scores lie on the problem's side of a clinical importance threshold.

    A score within 1e-9 of ``value`` is taken as equal to it: it counts only if ``inclusive``.

    Returns:
        (n,) booleans; False for NaN.
    """
    distance = np.asarray(scores, dtype="float64") - float(_exact(value))
    beyond = distance if side is Side.ABOVE else -distance
    with np.errstate(invalid="ignore"):
        found: Booleans = beyond >= -TOLERANCE if inclusive else beyond > TOLERANCE
    return found


def _exact(value: float | Fraction) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(str(value))
