"""Prorated sums and their totals: the FACIT questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Part, PartKind, Reasons, StepKind, item_parts, number, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register


def sum_reasons(given: ScaleAnswers) -> Reasons:
    """Return what every item counted as, their sum, and the sum brought up to all items."""
    answers, turned = given.answers[0], given.options.get("reversed", ())
    ends = [item.codes[0] + item.codes[-1] for item in given.items]
    is_turned = np.isin(given.scale.items, list(turned))
    values = np.where(is_turned, np.array(ends) - answers, answers)
    parts = item_parts(given.scale.items, answers, values)
    answered, needed = int(np.count_nonzero(~np.isnan(values))), _needed(given)
    if answered < needed:
        missing = too_few(answered=answered, expected=len(values), needed=needed)
        return Reasons(parts=parts, steps=missing)
    total, score = np.nansum(values), prorated_sum(given)[0]
    steps = [step(StepKind.SUM, count=answered, sum=total)]
    to = int(given.options.get("prorated_to", len(values)))
    if to != answered:
        steps.append(step(StepKind.PRORATE, sum=total, expected=to, answered=answered, score=score))
    return Reasons(parts=parts, steps=tuple(steps))


def total_reasons(given: ScaleAnswers) -> Reasons:
    """Return the scales and their sum."""
    scores = [number(given.scores[code][0]) for code in given.options["of"]]
    parts = tuple(
        Part(kind=PartKind.SCALE, code=code, given=score, used=score)
        for code, score in zip(given.options["of"], scores, strict=True)
    )
    absent = scores.count(None)
    if absent:
        last = step(StepKind.SCALES_MISSING, missing=absent, expected=len(scores))
        return Reasons(parts=parts, steps=(last,))
    answered = int(np.count_nonzero(~np.isnan(given.answers[0])))
    needed = int(given.options.get("min_answered", 0))
    if answered < needed:
        expected = len(given.items)
        missing = too_few(answered=answered, expected=expected, needed=needed)
        return Reasons(parts=parts, steps=missing)
    total = step(StepKind.SUM, count=len(parts), sum=sum_of_scales(given)[0])
    return Reasons(parts=parts, steps=(total,))


@register("prorated_sum", "1.0.0", explain=sum_reasons)
def prorated_sum(given: ScaleAnswers) -> Numbers:
    """Add up the items, and fill the unanswered ones with the mean of those answered.

    The score is the sum of the answered items, times the number of items, divided by the number
    answered. The option ``reversed`` lists the items that are turned round first (lowest plus
    highest code, less the answer). ``prorated_to`` is the number of items to count as, where that
    is not the scale's own (FACT-GP). A form scores only if more than half of the scale's items are
    answered, or ``min_answered`` where that option is set.

    Returns:
        (n_forms,) float64, between lowest and highest code times the number of items; NaN where
        too few items are answered.

    Source:
        FACIT administration and scoring guidelines, version 4, as in FACTscorer 0.2.0.
    """
    n_items = len(given.items)
    total = np.zeros(len(given.answers))
    answered = np.zeros(len(given.answers), dtype="int16")
    turned = given.options.get("reversed", ())
    for column, item in enumerate(given.items):
        answers = given.answers[:, column]
        is_answered = ~np.isnan(answers)
        if item.id in turned:
            answers = item.codes[0] + item.codes[-1] - answers
        np.add(total, answers, out=total, where=is_answered)
        answered += is_answered
    with np.errstate(invalid="ignore", divide="ignore"):
        score = total * int(given.options.get("prorated_to", n_items)) / answered
    return np.where(answered >= _needed(given), score, np.nan)


@register("sum_of_scales", "1.0.0", explain=total_reasons)
def sum_of_scales(given: ScaleAnswers) -> Numbers:
    """Add up other scales: a total score or a trial outcome index.

    The option ``of`` lists their codes. With ``min_answered``, a form scores only if so many of
    this scale's own items are answered: FACIT asks for more than 80% of all items.

    Returns:
        (n_forms,) float64; NaN unless every one of the scales has a score and enough items are
        answered.

    Source:
        FACIT administration and scoring guidelines, version 4, as in FACTscorer 0.2.0.
    """
    total: Numbers = np.sum([given.scores[code] for code in given.options["of"]], axis=0)
    if "min_answered" not in given.options:
        return total
    answered = np.count_nonzero(~np.isnan(given.answers.T), axis=0)  # item by item, as in memory
    return np.where(answered >= int(given.options["min_answered"]), total, np.nan)


def _needed(given: ScaleAnswers) -> int:
    return int(given.options.get("min_answered", len(given.items) // 2 + 1))
