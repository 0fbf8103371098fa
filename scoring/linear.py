"""Linear 0-100 scales with the half rule: the EORTC questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("linear", "1.1.0")
def linear(given: ScaleAnswers) -> Numbers:
    """Score one linear scale for every form.

    The raw score is the mean of the answered items, rescaled so that the lowest possible mean is
    0 and the highest is 100 (mirrored with the option ``reverse``). A form scores only if at
    least half of the scale's items are answered, or ``min_answered`` where that option is set.

    Where items of one scale run in both directions, the option ``reversed`` lists those that are
    turned round before the mean. ``blank_if`` says when an item does not apply: with
    ``{q46 = {q45 = [1]}}`` item q46 counts as unanswered on the forms that have 1 for q45.

    Returns:
        (n_forms,) float64 on 0-100; NaN where too few items are answered.

    Source:
        Fayers et al., EORTC QLQ-C30 Scoring Manual, 3rd ed., Brussels 2001.
    """
    low, high = given.items[0].codes[0], given.items[0].codes[-1]
    n_items = len(given.items)
    answers = _applicable(given) if "blank_if" in given.options else given.answers
    if turned := given.options.get("reversed"):
        is_turned = np.array([item.id in turned for item in given.items])
        answers = np.where(is_turned, low + high - answers, answers)
    blank = np.isnan(answers)
    answered = n_items - blank.sum(axis=1)
    needed = int(given.options.get("min_answered", (n_items + 1) // 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.where(blank, 0, answers).sum(axis=1) / answered
    fraction = (raw - low) / (high - low)
    score = 100 * (1 - fraction if given.options.get("reverse") else fraction)
    return np.where(answered >= needed, score, np.nan)


def _applicable(given: ScaleAnswers) -> Numbers:
    answers = given.answers.copy()
    ids = [item.id for item in given.items]
    for item, conditions in given.options["blank_if"].items():
        for decides, codes in conditions.items():
            answers[np.isin(given.form[decides], codes), ids.index(item)] = np.nan
    return answers
