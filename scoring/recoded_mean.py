"""The mean of answers that were first given 0-100 values: RAND-36."""

from __future__ import annotations

import numpy as np

from scoring.recoding import recoded
from scoring.registry import Numbers, ScaleAnswers, register


@register("recoded_mean", "1.0.0")
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
    needed = max(int(given.options.get("min_answered", 1)), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(blank, 0, values).sum(axis=1) / answered
    return np.where(answered >= needed, mean, np.nan)
