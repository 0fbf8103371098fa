"""The mean of answers that were first given 0-100 values: RAND-36."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Reasons, StepKind, item_parts, step, too_few
from scoring.recoding import recoded
from scoring.registry import Numbers, ScaleAnswers, register


def reasons(given: ScaleAnswers) -> Reasons:
    """Return what every answer was worth, and the mean."""
    values = recoded(given).values[0]
    parts = item_parts(given.scale.items, given.answers[0], values)
    answered = int(np.count_nonzero(~np.isnan(values)))
    if answered < _needed(given):
        missing = too_few(answered=answered, expected=len(values), needed=_needed(given))
        return Reasons(parts=parts, steps=missing)
    mean = step(StepKind.MEAN, count=answered, mean=np.nanmean(values))
    return Reasons(parts=parts, steps=(mean,))


@register("recoded_mean", "1.0.0", explain=reasons)
def recoded_mean(given: ScaleAnswers) -> Numbers:
    """Average the answered items of every form after giving each answer its value.

    The option ``recode`` holds the values (see ``recoding``); items it does not name count as
    answered. A form scores if at least ``min_answered`` (1) items are answered.

    Returns:
        (n_forms,) float64 between the lowest and the highest value; NaN where too few items are
        answered, always where none is.

    Raises:
        ScaleInvalid: as ``recoded``.

    Source:
        Hays, Sherbourne, Mazel, Health Econ 1993;2:217-227 (RAND-36: any item answered counts).
    """
    values = recoded(given).values
    blank = np.isnan(values)
    answered = values.shape[1] - blank.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(blank, 0, values).sum(axis=1) / answered
    return np.where(answered >= _needed(given), mean, np.nan)


def _needed(given: ScaleAnswers) -> int:
    return max(int(given.options.get("min_answered", 1)), 1)
