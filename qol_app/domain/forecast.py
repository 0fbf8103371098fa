"""How much data the main visit will have if forms go on coming as they have so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

FEWEST_CLOSED = 10
"""Closed windows below which a visit's own rate is too uncertain to go by."""

Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


@dataclass(frozen=True, kw_only=True)
class VisitCount:
    """What has come of one visit so far."""

    visit: str
    closed: int
    """Participants whose window has closed or whose questionnaires have ended, whatever became
    of them."""
    received: int
    """Those of them with a form that can be analysed."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the main visit is expected to have; counts are participants."""

    received: int
    awaited: int
    """Still to come: enrolled with an open future, and those yet to be enrolled."""
    basis: str
    """The visit whose rate is taken: the main one or, while too few closed, the last before."""
    basis_received: int
    basis_closed: int
    expected: float
    low: float
    high: float
    """``expected`` with the 95% Wilson limits of the rate, as if it were the same for all."""


def forecast(
    counts: Sequence[VisitCount], main: str, *, enrolled: int, planned: int | None
) -> Forecast | None:
    """Return the data that the main visit will have under the rate of forms so far.

    The rate is received / closed: all who should have come to the visit are below the line, also
    those who died or withdrew before it. It is that of the main visit once ten of its windows
    have closed, else that of the last earlier visit with ten. Later losses are then not in it,
    and a reader must be told.

    Args:
        counts: Visits in schedule order, up to the main one or further.
        main: The main visit's code.
        enrolled: Participants so far.
        planned: Participants in the end; None takes those enrolled.

    Returns None while no visit up to the main one has ten closed windows.

    Raises:
        ValueError: ``counts`` lacks the main visit.
    """
    codes = [count.visit for count in counts]
    if main not in codes:
        raise ValueError(f"no counts of visit {main}")
    upto = counts[: codes.index(main) + 1]
    enough = [count for count in upto if count.closed >= FEWEST_CLOSED]
    if not enough:
        return None
    basis, at_main = enough[-1], upto[-1]
    awaited = max(planned or 0, enrolled) - at_main.closed
    low, high = wilson(basis.received, basis.closed)
    rate = basis.received / basis.closed
    return Forecast(
        received=at_main.received,
        awaited=awaited,
        basis=basis.visit,
        basis_received=basis.received,
        basis_closed=basis.closed,
        expected=at_main.received + awaited * rate,
        low=at_main.received + awaited * low,
        high=at_main.received + awaited * high,
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% Wilson score interval of a proportion, both 0 to 1.

    Source: Wilson, J Am Stat Assoc 1927;22:209-212, without continuity correction.

    Raises:
        ValueError: there is no trial, or more successes than trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"no proportion: {successes} of {trials}")
    share, square = successes / trials, Z * Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = share * (1 - share) / trials + square / (4 * trials * trials)
    half = Z * sqrt(spread) / (1 + square / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def half_width(sd: float, n: float) -> float:
    """Return half the width of the 95% interval of a difference of two groups of ``n / 2`` each.

    By the normal distribution, for a standard deviation ``sd`` common to both.
    """
    return Z * sd * sqrt(4 / n)
