"""Linear 0-100 scales with the half rule: the EORTC questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Reasons, StepKind, item_parts, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register


def reasons(given: ScaleAnswers) -> Reasons:
    """Return the mean of the answered items and its place between lowest and highest."""
    answers = _counted(given)[0]
    answered = int(np.count_nonzero(~np.isnan(answers)))
    parts = item_parts(given.scale.items, given.answers[0], answers)
    needed = _needed(given)
    if answered < needed:
        missing = too_few(answered=answered, expected=len(answers), needed=needed)
        return Reasons(parts=parts, steps=missing)
    low, high = given.items[0].codes[0], given.items[0].codes[-1]
    turned = given.options.get("reverse")
    mean, score = np.nanmean(answers), linear(given)[0]
    rescaled = StepKind.RESCALE_REVERSED if turned else StepKind.RESCALE
    return Reasons(
        parts=parts,
        steps=(
            step(StepKind.MEAN, count=answered, mean=mean),
            step(rescaled, mean=mean, low=low, high=high, score=score),
        ),
    )


@register("linear", "1.0.0", explain=reasons)
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
    answers = _counted(given)
    blank = np.isnan(answers).sum(axis=1, dtype="int16")
    answered = n_items - blank
    # Blanks enter the sum as the lowest of all codes, whichever way these run, and are taken out
    # again: whole numbers, so exactly.
    lowest = min(code for item in given.items for code in item.codes)
    # From here on one array holds the sum, the mean, the fraction and the score in turn, for
    # making a new one at each step takes longer than the arithmetic.
    score: Numbers = np.fmax(answers, lowest).sum(axis=1)
    score -= lowest * blank
    with np.errstate(invalid="ignore"):
        score /= answered
    score -= low
    score /= high - low
    if given.options.get("reverse"):
        np.subtract(1, score, out=score)
    score *= 100
    score[answered < _needed(given)] = np.nan
    return score


def _needed(given: ScaleAnswers) -> int:
    return int(given.options.get("min_answered", (len(given.items) + 1) // 2))


def _counted(given: ScaleAnswers) -> Numbers:
    """Return the answers that apply, single items turned round where the scale says so."""
    answers = _applicable(given) if "blank_if" in given.options else given.answers
    if turned := given.options.get("reversed"):
        ends = given.items[0].codes[0] + given.items[0].codes[-1]
        is_turned = np.array([item.id in turned for item in given.items])
        answers = np.where(is_turned, ends - answers, answers)
    return answers


def _applicable(given: ScaleAnswers) -> Numbers:
    answers = given.answers.copy()
    ids = [item.id for item in given.items]
    for item, conditions in given.options["blank_if"].items():
        for decides, codes in conditions.items():
            answers[np.isin(given.form[decides], codes), ids.index(item)] = np.nan
    return answers
