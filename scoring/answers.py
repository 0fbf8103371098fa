"""Which answers an item allows, for scoring frames and for scoring files alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Item
from scoring.registry import Numbers

DECIMAL_TOLERANCE = 1e-9
"""How far a number, in units of its last allowed decimal, may lie from a whole one."""


def is_allowed(item: Item, values: Numbers) -> NDArray[np.bool_]:
    """Tell for every value whether ``item`` allows it.

    Args:
        item: The item that was answered.
        values: (n_forms,) float64; unanswered is NaN, which is never allowed.

    Returns:
        (n_forms,) booleans: among the codes, or within the inclusive range with no more decimals
        than the item has.
    """
    low, high = _ends(item)
    with np.errstate(invalid="ignore"):
        if item.codes and not _are_consecutive(item.codes):
            return np.isin(values, item.codes)
        if item.decimals:
            in_units = values * 10.0**item.decimals
            is_whole = np.isclose(in_units, np.round(in_units), rtol=0, atol=DECIMAL_TOLERANCE)
        else:
            is_whole = np.floor(values) == values
        allowed: NDArray[np.bool_] = (values >= low) & (values <= high) & is_whole
    return allowed


def _ends(item: Item) -> tuple[float, float]:
    if item.codes:
        return min(item.codes), max(item.codes)
    return float(item.low or 0), float(item.high or 0)


def allowed_text(item: Item) -> str:
    """Say which answers ``item`` allows: its codes, or its range and number of decimals."""
    if item.codes:
        return ", ".join(map(str, item.codes))
    decimals = f", at most {item.decimals} decimals" if item.decimals else ", whole numbers"
    return f"{item.low:g} to {item.high:g}{decimals}"


def _are_consecutive(codes: tuple[int, ...]) -> bool:
    return list(codes) == list(range(codes[0], codes[0] + len(codes)))
