"""Scores read from a published table by the raw sum: the PROMIS short forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.errors import ScaleInvalid
from scoring.reasons import Reasons, Step, StepKind, item_parts, step, too_few
from scoring.recoding import Recoded, recoded
from scoring.registry import Numbers, ScaleAnswers, register


def reasons(given: ScaleAnswers) -> Reasons:
    """Return what every item counted as, their sum, and the table's value at it."""
    values = recoded(given).values[0]
    parts = item_parts(given.scale.items, given.answers[0], values)
    answered = int(np.count_nonzero(~np.isnan(values)))
    if answered < len(values):
        missing = too_few(answered=answered, expected=len(values), needed=len(values))
        return Reasons(parts=parts, steps=missing)
    return Reasons(parts=parts, steps=table_steps(values, lookup(given)[0]))


def table_steps(values: Numbers, score: float) -> tuple[Step, ...]:
    """Return the steps from one complete form's values to the table's value at their sum."""
    raw = values.sum()
    return (
        step(StepKind.SUM, count=len(values), sum=raw),
        step(StepKind.TABLE, sum=raw, score=score),
    )


@register("lookup", "1.0.0", explain=reasons)
def lookup(given: ScaleAnswers) -> Numbers:
    """Look the sum of a scale's items up in a table.

    The option ``table`` lists the score for the lowest possible sum, the lowest + 1, and so on to
    the highest. The option ``recode`` turns answers into the values that are summed. A table
    holds for complete forms only, so every item must be answered.

    Returns:
        (n_forms,) float64 in the table's unit; NaN unless all items are answered.

    Raises:
        ScaleInvalid: the table does not have one entry per possible sum, or as ``recoded``.

    Source:
        The definition names the source of each table.
    """
    return by_raw_sum(given, recoded(given))


def by_raw_sum(given: ScaleAnswers, answers: Recoded) -> Numbers:
    """Return the option ``table`` at each form's raw sum: (n_forms,), NaN where incomplete."""
    table: Sequence[float] = given.options["table"]
    low = sum(possible[0] for possible in answers.possible)
    high = sum(possible[-1] for possible in answers.possible)
    whole = all(value % 1 == 0 for possible in answers.possible for value in possible)
    if not whole or len(table) != high - low + 1:
        raise ScaleInvalid(
            f"{given.scale.code}.table: raw sums go from {low:g} to {high:g} in whole steps, "
            f"but the table has {len(table)} entries"
        )
    sums = answers.values.sum(axis=1)
    complete = ~np.isnan(sums)
    scores = np.full(len(sums), np.nan)
    scores[complete] = np.array(table, dtype=float)[(sums[complete] - low).astype(int)]
    return scores
