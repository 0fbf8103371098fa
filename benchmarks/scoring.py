"""Scoring of 100,000 QLQ-C30 forms with missing items: the median of several runs."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pandas as pd

from questionnaires import load
from scoring import score

FORMS = 100_000
RUNS = 7
MISSING = 0.05


def forms() -> pd.DataFrame:
    """Return seeded forms, one contiguous column per item, as a file reader gives them."""
    rng = np.random.default_rng(6449937)
    columns = {}
    for item in load("eortc-qlq-c30", "3.0").items:
        answers = rng.integers(item.codes[0], item.codes[-1] + 1, FORMS).astype("float64")
        answers[rng.random(FORMS) < MISSING] = np.nan
        columns[item.id] = answers
    return pd.DataFrame(columns)


def measure() -> None:
    """Print one row of the table."""
    questionnaire, answers = load("eortc-qlq-c30", "3.0"), forms()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        score(questionnaire, answers)
        seconds.append(time.perf_counter() - started)
    median, worst = statistics.median(seconds), max(seconds)
    print(f"| scoring {FORMS:,} QLQ-C30 forms | {median:.3f} s median | {worst:.3f} s worst | |")


if __name__ == "__main__":
    measure()
