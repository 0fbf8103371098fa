"""Prorated sums and their totals: the FACIT questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("prorated_sum", "1.0.0")
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
    needed = int(given.options.get("min_answered", n_items // 2 + 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = total * int(given.options.get("prorated_to", n_items)) / answered
    return np.where(answered >= needed, score, np.nan)


@register("sum_of_scales", "1.0.0")
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
