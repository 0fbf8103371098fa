"""Tidy frames for tests, from a few numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

VISITS = ("baseline", "m3", "m6")


def frame(
    scores: Mapping[tuple[str, str], Sequence[float | None]], visits: Sequence[str] = VISITS
) -> pd.DataFrame:
    """A frame from (participant, group) to one score per visit; None is missing."""
    rows = [
        {
            "participant": participant,
            "group": group,
            "site": "S01",
            "visit": visits[number],
            "visit_number": number,
            "month": 3.0 * number,
            "day": 91.0 * number,
            "instrument": "eortc-qlq-c30",
            "scale": "QL2",
            "score": score,
            "items_answered": 2,
            "items_expected": 2,
        }
        for (participant, group), values in scores.items()
        for number, score in enumerate(values)
    ]
    made = pd.DataFrame(rows)
    made["score"] = made["score"].astype("float64")
    return made
