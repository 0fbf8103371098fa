"""Means, intervals and quartiles agree with R to 1e-9, for scores and for changes."""

from pathlib import Path

import pandas as pd
import pytest

from qol_app.analysis.descriptives import describe

DATA = Path(__file__).parent / "data"
MONTHS = range(0, 25, 3)
PAIRS = {
    "n": "n", "mean": "mean", "sd": "sd", "se": "se", "lower": "ci95_lo", "upper": "ci95_up",
    "median": "median", "q1": "q1_type7", "q3": "q3_type7", "minimum": "min", "maximum": "max",
}  # fmt: skip


def tidy() -> pd.DataFrame:
    trial = pd.read_csv(DATA / "trial_ql.csv")
    return pd.DataFrame(
        {
            "participant": trial["id"].astype(str),
            "group": trial["arm"],
            "site": "S01",
            "visit": "m" + trial["month"].astype(str),
            "visit_number": trial["visit"],
            "month": trial["month"].astype(float),
            "day": trial["day"],
            "instrument": "eortc-qlq-c30",
            "scale": "QL2",
            "score": trial["QL"],
            "items_answered": 2,
            "items_expected": 2,
        }
    )


@pytest.mark.parametrize(
    ("value", "measure", "cells"), [("score", "value", 18), ("change", "change_from_baseline", 16)]
)
def test_every_cell_agrees_with_r(value: str, measure: str, cells: int) -> None:
    visits = [f"m{month}" for month in MONTHS]
    ours = describe(tidy(), by_group=True, value=value, visits=visits).table
    theirs = pd.read_csv(DATA / "trial_ql_descriptives.csv")
    theirs = theirs[theirs["measure"] == measure].set_index(["arm", "month"])
    assert len(ours) == cells
    for row in ours.to_dict("records"):
        expected = theirs.loc[(row["group"], int(row["month"]))]
        for mine, name in PAIRS.items():
            assert row[mine] == pytest.approx(expected[name], abs=1e-9), (row["visit"], mine)
