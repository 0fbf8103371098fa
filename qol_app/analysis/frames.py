"""The tidy frame that every analysis takes, and a check that a frame is one.

One row per participant, visit, instrument and scale; every scheduled visit is a row, answered or
not. Columns: ``participant`` (text of one width), ``group`` (text or missing), ``site``, ``visit``
(code), ``visit_number`` (place in the schedule, 0 = baseline), ``month`` (nominal), ``day`` (days
from the anchor date, missing where nothing was answered), ``instrument``, ``scale``, ``score``
(missing where there is none), ``items_answered``, ``items_expected``.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = (
    "participant",
    "group",
    "site",
    "visit",
    "visit_number",
    "month",
    "day",
    "instrument",
    "scale",
    "score",
    "items_answered",
    "items_expected",
)
KEY = ["participant", "visit", "instrument", "scale"]


class FrameInvalid(ValueError):
    """A frame is not in the tidy shape; the message says where."""


def check(frame: pd.DataFrame) -> None:
    """Raise FrameInvalid unless ``frame`` is in the tidy shape, one row per key."""
    absent = [column for column in COLUMNS if column not in frame.columns]
    if absent:
        raise FrameInvalid(f"no column {', '.join(absent)}")
    if not pd.api.types.is_numeric_dtype(frame["score"]):
        raise FrameInvalid("score: must be numbers")
    doubled = frame.duplicated(KEY)
    if doubled.any():
        first = frame.loc[doubled, KEY].iloc[0]
        raise FrameInvalid(f"two rows for {' / '.join(map(str, first))}")
