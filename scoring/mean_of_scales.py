"""The mean of other scales, some turned round: summary scores of the EORTC questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Part, PartKind, Reasons, Step, StepKind, number, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register


def reasons(given: ScaleAnswers) -> Reasons:
    """Return every scale as it entered, and their mean."""
    turned = given.options.get("reversed", ())
    parts = []
    for code in (*given.options["as_is"], *turned):
        score = number(given.scores[code][0])
        used = None if score is None else 100 - score if code in turned else score
        parts.append(Part(kind=PartKind.SCALE, code=code, given=score, used=used))
    return Reasons(parts=tuple(parts), steps=_missing(given, parts) or _mean(given, parts))


def _missing(given: ScaleAnswers, parts: list[Part]) -> tuple[Step, ...]:
    missing = sum(part.used is None for part in parts)
    if missing:
        return (step(StepKind.SCALES_MISSING, missing=missing, expected=len(parts)),)
    answered = int(np.count_nonzero(~np.isnan(given.answers)))
    needed = int(given.options.get("min_answered", 0))
    if answered < needed:
        return too_few(answered=answered, expected=len(given.items), needed=needed)
    return ()


def _mean(given: ScaleAnswers, parts: list[Part]) -> tuple[Step, ...]:
    return (step(StepKind.MEAN, count=len(parts), mean=mean_of_scales(given)[0]),)


@register("mean_of_scales", "1.0.0", explain=reasons)
def mean_of_scales(given: ScaleAnswers) -> Numbers:
    """Average 0-100 scales; those in the option ``reversed`` enter as 100 - score.

    With ``min_answered``, a form scores only if so many of this scale's own items are answered.

    Returns:
        (n_forms,) float64 on 0-100; NaN unless every scale of the form has a score.

    Source:
        Giesinger et al., J Clin Epidemiol 2016;69:79-88 (13 scales, without QL2 and FI).
    """
    turned = given.options.get("reversed", ())
    total = np.zeros(len(given.answers))
    for code in given.options["as_is"]:
        total += given.scores[code]
    for code in turned:
        total += 100 - given.scores[code]
    total /= len(given.options["as_is"]) + len(turned)
    if "min_answered" in given.options:
        answered = np.count_nonzero(~np.isnan(given.answers.T), axis=0)
        total[answered < int(given.options["min_answered"])] = np.nan
    return total
