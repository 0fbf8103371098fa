"""The mean of other scales, some turned round: the QLQ-C30 summary score."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Part, PartKind, Reasons, StepKind, number, step
from scoring.registry import Numbers, ScaleAnswers, register


def reasons(given: ScaleAnswers) -> Reasons:
    """Return every scale as it entered, and their mean."""
    turned = given.options["reversed"]
    parts = []
    for code in (*given.options["as_is"], *turned):
        score = number(given.scores[code][0])
        used = None if score is None else 100 - score if code in turned else score
        parts.append(Part(kind=PartKind.SCALE, code=code, given=score, used=used))
    missing = sum(part.used is None for part in parts)
    if missing:
        last = step(StepKind.SCALES_MISSING, missing=missing, expected=len(parts))
    else:
        last = step(StepKind.MEAN, count=len(parts), mean=mean_of_scales(given)[0])
    return Reasons(parts=tuple(parts), steps=(last,))


@register("mean_of_scales", "1.0.0", explain=reasons)
def mean_of_scales(given: ScaleAnswers) -> Numbers:
    """Average 0-100 scales; those in the option ``reversed`` enter as 100 - score.

    Returns:
        (n_forms,) float64 on 0-100; NaN unless every scale of the form has a score.

    Source:
        Giesinger et al., J Clin Epidemiol 2016;69:79-88 (13 scales, without QL2 and FI).
    """
    columns = [given.scores[code] for code in given.options["as_is"]]
    columns += [100 - given.scores[code] for code in given.options["reversed"]]
    result: Numbers = np.mean(columns, axis=0)
    return result
