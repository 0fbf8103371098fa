"""Means with their uncertainty by visit: what was observed, without any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from qol_app.analysis import frames

FEWEST_SHOWN = 5
"""Answers below which a mean is withheld."""
CONFIDENCE = 0.95
POOLED = "all"
STATISTICS = (
    "mean",
    "sd",
    "se",
    "lower",
    "upper",
    "median",
    "q1",
    "q3",
    "minimum",
    "maximum",
)


@dataclass(frozen=True, kw_only=True)
class Descriptives:
    """Described scores.

    ``table`` has one row per group and visit, visits in schedule order and those without data
    included: group, visit, visit_number, month, n, the STATISTICS, and ``shown`` (False below
    FEWEST_SHOWN answers). ``without_baseline`` counts, by group, participants who have a later
    score but none at baseline; they are in no change. ``warnings`` name cells with few answers.
    """

    value: Literal["score", "change"]
    table: pd.DataFrame
    without_baseline: Mapping[str, int]
    warnings: tuple[str, ...]


def change_from_baseline(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with a column ``change``: the score less the same person's baseline.

    The baseline is the score at visit number 0 and no other: without it, every change of that
    participant is missing. A later visit never takes its place. The baseline's own change is
    missing too.
    """
    key = ["participant", "instrument", "scale"]
    first = frame.loc[frame["visit_number"] == 0, [*key, "score"]]
    merged = frame.merge(first.rename(columns={"score": "baseline"}), on=key, how="left")
    merged.index = frame.index
    change = (merged["score"] - merged["baseline"]).where(frame["visit_number"] > 0)
    return frame.assign(baseline=merged["baseline"], change=change)


def describe(
    frame: pd.DataFrame,
    *,
    by_group: bool,
    value: Literal["score", "change"] | str,
    visits: Sequence[str],
) -> Descriptives:
    """Describe one scale at each visit, by group or for all together.

    Args:
        frame: One scale in the tidy shape of ``analysis.frames``.
        by_group: Whether groups are told apart; if not, the group is called ``all``.
        value: ``score``, or ``change`` from baseline (then without the baseline visit).
        visits: Codes of the visits, in schedule order.

    Returns:
        n, mean, SD, standard error, 95% t-interval (n - 1 degrees of freedom), median, quartiles
        (R's type 7) and range. Statistics that need more answers than there are stay NaN: SD,
        standard error and interval below two.

    Raises:
        FrameInvalid: the frame is not in the tidy shape.
        ValueError: ``value`` is neither of the two.
    """
    frames.check(frame)
    if value not in ("score", "change"):
        raise ValueError(f"value must be score or change, not {value}")
    changes = change_from_baseline(frame)
    grouped = changes.assign(group=changes["group"] if by_group else POOLED)
    schedule = _schedule(frame, visits, with_baseline=value == "score")
    rows = [
        {"group": group, **visit, **_statistics(_values(grouped, group, visit["visit"], value))}
        for group in sorted(grouped["group"].dropna().unique())
        for visit in schedule
    ]
    columns = ["group", "visit", "visit_number", "month", "n", *STATISTICS]
    table = pd.DataFrame(rows, columns=columns)
    table["shown"] = table["n"] >= FEWEST_SHOWN
    return Descriptives(
        value="change" if value == "change" else "score",
        table=table,
        without_baseline=_without_baseline(grouped),
        warnings=tuple(
            f"{row.group}, {row.visit}: only {row.n} answered, no mean shown"
            for row in table.itertuples()
            if 0 < int(str(row.n)) < FEWEST_SHOWN
        ),
    )


def _schedule(
    frame: pd.DataFrame, visits: Sequence[str], *, with_baseline: bool
) -> list[dict[str, Any]]:
    known = frame.drop_duplicates("visit").set_index("visit")
    found = []
    for place, code in enumerate(visits):
        number = int(known["visit_number"].get(code, place))
        if number > 0 or with_baseline:
            month = float(known["month"].get(code, np.nan))
            found.append({"visit": code, "visit_number": number, "month": month})
    return found


def _values(frame: pd.DataFrame, group: str, visit: str, value: str) -> pd.Series[float]:
    chosen = (frame["group"] == group) & (frame["visit"] == visit)
    return frame.loc[chosen, value].dropna().astype("float64")


def _statistics(values: pd.Series[float]) -> dict[str, float]:
    n = len(values)
    if n == 0:
        return {"n": 0}
    mean = float(values.mean())
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    found = {
        "n": n,
        "mean": mean,
        "median": float(median),
        "q1": float(q1),
        "q3": float(q3),
        "minimum": float(values.min()),
        "maximum": float(values.max()),
    }
    if n == 1:
        return found
    sd = float(values.std(ddof=1))
    half = t_quantile(n - 1) * sd / np.sqrt(n)
    return found | {
        "sd": sd,
        "se": sd / float(np.sqrt(n)),
        "lower": mean - float(half),
        "upper": mean + float(half),
    }


def t_quantile(df: int) -> float:
    """Return the two-sided 95% quantile of Student's t with ``df`` degrees of freedom."""
    from scipy.special import stdtrit  # here, because importing scipy takes a while

    return float(stdtrit(df, 1 - (1 - CONFIDENCE) / 2))


def _without_baseline(grouped: pd.DataFrame) -> dict[str, int]:
    later = grouped[(grouped["visit_number"] > 0) & grouped["score"].notna()]
    lacking = later[later["baseline"].isna()].drop_duplicates("participant")
    return {str(group): int(n) for group, n in lacking["group"].value_counts().sort_index().items()}
