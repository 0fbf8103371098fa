"""Scoring of 100,000 forms with missing items: the median of several runs, and the memory."""

from __future__ import annotations

import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd

from questionnaires import load
from questionnaires.model import Item, Questionnaire
from scoring import score

FORMS = 100_000
RUNS = 7
MISSING = 0.05
INSTRUMENTS = {"eortc-qlq-c30": 0.08, "fact-g": 0.05, "eq-5d-5l": 0.03}
"""The aim of each, in seconds."""


def forms(questionnaire: Questionnaire) -> pd.DataFrame:
    """Return seeded forms, one contiguous column per item, as a file reader gives them."""
    rng = np.random.default_rng(6449937)
    return pd.DataFrame({item.id: _answers(item, rng) for item in questionnaire.items})


def _answers(item: Item, rng: np.random.Generator) -> np.ndarray:
    choices = item.codes or np.arange(int(item.low or 0), int(item.high or 0) + 1)
    answers = rng.choice(np.array(choices, dtype="float64"), FORMS)
    answers[rng.random(FORMS) < MISSING] = np.nan
    return answers


def measure(instrument: str, aim: float) -> None:
    """Print one row of the table."""
    questionnaire = load(instrument)
    answers = forms(questionnaire)
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        score(questionnaire, answers)
        seconds.append(time.perf_counter() - started)
    print(
        f"| scoring {FORMS:,} forms of {instrument} | {statistics.median(seconds):.3f} s median "
        f"| {max(seconds):.3f} s worst | aim {aim} s; "
        f"memory {_memory(questionnaire, answers):.1f} times the input |"
    )


def _memory(questionnaire: Questionnaire, answers: pd.DataFrame) -> float:
    tracemalloc.start()
    score(questionnaire, answers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / answers.memory_usage(index=False).sum()


if __name__ == "__main__":
    for name, seconds in INSTRUMENTS.items():
        measure(name, seconds)
