"""The mean of other scales, some turned round: the QLQ-C30 summary score."""

from __future__ import annotations

import numpy as np

from scoring.registry import Numbers, ScaleAnswers, register


@register("mean_of_scales", "1.0.0")
def mean_of_scales(given: ScaleAnswers) -> Numbers:
    """Average 0-100 scales; those in the option ``reversed`` enter as 100 - score.

    Returns:
        (n_forms,) float64 on 0-100; NaN unless every scale of the form has a score.

    Source:
        Giesinger et al., J Clin Epidemiol 2016;69:79-88 (13 scales, without QL2 and FI).
    """
    total = np.zeros(len(given.answers))
    for code in given.options["as_is"]:
        total += given.scores[code]
    for code in given.options["reversed"]:
        total += 100 - given.scores[code]
    return total / (len(given.options["as_is"]) + len(given.options["reversed"]))
