"""An example of a scoring plug-in: the median of a scale's answered items, on 0-100."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("median_of_items", "1.0.0")
def median_of_items(given: ScaleAnswers) -> Numbers:
    """Rescale the median of the answered items, all of the same codes, to 0-100.

    With the option ``reverse`` the lowest answers score 100. A form scores only if at least half
    of the items are answered, or ``min_answered`` where that option is set.

    Returns:
        (n_forms,) float64 on 0-100; NaN where too few items are answered.
    """
    low, high = given.items[0].codes[0], given.items[0].codes[-1]
    needed = int(given.options.get("min_answered", (len(given.items) + 1) // 2))
    answered = np.count_nonzero(~np.isnan(given.answers), axis=1)
    enough = answered >= max(needed, 1)
    median = np.full(len(given.answers), np.nan)
    median[enough] = np.nanmedian(given.answers[enough], axis=1)
    fraction = (median - low) / (high - low)
    return 100 * (1 - fraction if given.options.get("reverse") else fraction)
