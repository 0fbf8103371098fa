"""Which changes a scale can show at all, and what a threshold therefore acts as.

A linear 0-100 scale of k items with answer range r moves in steps of 100 / (k r). A threshold of
"10 points" acts as the next whole step at or above it: 13.33 for five items of range 3.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil


def steps(n_items: int, item_range: int) -> Fraction:
    """Return the smallest change, in points, that complete forms of a linear scale can show.

    Args:
        n_items: Items of the scale.
        item_range: Highest less lowest code of an item (3 for 1-4, 6 for 1-7).

    Raises:
        ValueError: either is below 1.
    """
    if n_items < 1 or item_range < 1:
        raise ValueError("a scale has at least one item and two codes")
    return Fraction(100, n_items * item_range)


def effective_threshold(threshold: float, step: Fraction) -> Fraction:
    """Return the smallest attainable change at or above ``threshold`` points, exactly."""
    return ceil(Fraction(str(threshold)) / step) * step
