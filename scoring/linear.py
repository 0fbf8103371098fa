"""Linear 0-100 scales with the half rule: the EORTC questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("linear", "1.0.0")
def linear(given: ScaleAnswers) -> Numbers:
    """Score one linear scale for every form.

    The raw score is the mean of the answered items, rescaled so that the lowest possible mean is
    0 and the highest is 100 (mirrored with the option ``reverse``). A form scores only if at
    least half of the scale's items are answered, or ``min_answered`` where that option is set.

    Returns:
        (n_forms,) float64 on 0-100; NaN where too few items are answered.

    Source:
        Fayers et al., EORTC QLQ-C30 Scoring Manual, 3rd ed., Brussels 2001.
    """
    low, high = given.items[0].codes[0], given.items[0].codes[-1]
    n_items = len(given.items)
    blank = np.isnan(given.answers).sum(axis=1, dtype="int16")
    answered = n_items - blank
    # Blanks enter the sum as the lowest of all codes, whichever way these run, and are taken out
    # again: whole numbers, so exactly.
    lowest = min(code for item in given.items for code in item.codes)
    # From here on one array holds the sum, the mean, the fraction and the score in turn, for
    # making a new one at each step takes longer than the arithmetic.
    score: Numbers = np.fmax(given.answers, lowest).sum(axis=1)
    score -= lowest * blank
    with np.errstate(invalid="ignore"):
        score /= answered
    score -= low
    score /= high - low
    if given.options.get("reverse"):
        np.subtract(1, score, out=score)
    score *= 100
    score[answered < int(given.options.get("min_answered", (n_items + 1) // 2))] = np.nan
    return score
