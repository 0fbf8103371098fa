"""How much longer a questionnaire takes."""

from __future__ import annotations

from math import ceil


def minutes_left(typical: int | None, *, ahead: int, total: int) -> int | None:
    """Return the minutes that the items still ahead will take, if all take equally long.

    Rounded up, and at least 1: nobody is told that nothing is left while something is.

    Args:
        typical: Minutes that others needed for the whole; None where too few have answered.
        ahead: Items from here to the end, those on the page itself included.
        total: All items, at least ``ahead``.

    Returns:
        Whole minutes; None where ``typical`` is None or there are no items.
    """
    if typical is None or total <= 0:
        return None
    return max(1, ceil(typical * ahead / total))
