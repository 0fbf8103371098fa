"""The mean of other scales, some turned round: summary scores of the EORTC questionnaires."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("mean_of_scales", "1.1.0")
def mean_of_scales(given: ScaleAnswers) -> Numbers:
    """Average 0-100 scales; those in the option ``reversed`` enter as 100 - score.

    With ``min_answered``, a form scores only if so many of this scale's own items are answered.

    Returns:
        (n_forms,) float64 on 0-100; NaN unless every scale of the form has a score.

    Source:
        Giesinger et al., J Clin Epidemiol 2016;69:79-88 (13 scales, without QL2 and FI).
    """
    columns = [given.scores[code] for code in given.options["as_is"]]
    columns += [100 - given.scores[code] for code in given.options.get("reversed", ())]
    result: Numbers = np.mean(columns, axis=0)
    if "min_answered" not in given.options:
        return result
    answered = np.count_nonzero(~np.isnan(given.answers.T), axis=0)
    return np.where(answered >= int(given.options["min_answered"]), result, np.nan)
