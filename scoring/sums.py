"""Plain sums, single items and level profiles."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("sum", "1.0.0")
def total(given: ScaleAnswers) -> Numbers:
    """Add the items up, times the option ``factor`` (1). NaN unless all are answered."""
    result: Numbers = np.sum(given.answers, axis=1) * float(given.options.get("factor", 1))
    return result


@register("item", "1.0.0")
def single_item(given: ScaleAnswers) -> Numbers:
    """Return the answer to the scale's only item; NaN if it is unanswered."""
    return given.answers[:, 0]


@register("mean_percent", "1.0.0")
def mean_percent(given: ScaleAnswers) -> Numbers:
    """Average items of unlike ranges, each first rescaled to 0-100 and turned where named.

    The option ``reversed`` lists items whose high answers are bad. A form scores only if at least
    half of the items are answered.
    """
    turned = given.options.get("reversed", ())
    percent = np.empty_like(given.answers)
    for column, item in enumerate(given.items):
        low = item.codes[0] if item.codes else float(item.low or 0)
        high = item.codes[-1] if item.codes else float(item.high or 0)
        share = (given.answers[:, column] - low) / (high - low)
        percent[:, column] = 100 * (1 - share if item.id in turned else share)
    answered = np.count_nonzero(~np.isnan(percent), axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(percent, axis=1) / answered
    return np.where(answered * 2 >= len(given.items), mean, np.nan)


@register("profile", "1.0.0")
def profile(given: ScaleAnswers) -> Numbers:
    """Join one-digit levels into one number: 2, 1, 1, 2, 1 gives 21121. NaN unless all answered."""
    places = 10.0 ** np.arange(given.answers.shape[1] - 1, -1, -1)
    result: Numbers = np.sum(given.answers * places, axis=1)
    return result
