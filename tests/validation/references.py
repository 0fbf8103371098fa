"""Compares our scores with the references that the R scripts in ``r/`` made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from questionnaires import load
from questionnaires.model import Questionnaire
from scoring import score

DATA = Path(__file__).parent / "data"
PREFIX = "ref."

# Each instrument with the script that made its reference.
SCRIPTS = {
    "eortc-qlq-c30": "eortc.R",
    "eortc-qlq-lmc21": "eortc.R",
    "eortc-qlq-cr29": "eortc.R",
    "eortc-qlq-hcc18": "eortc.R",
    "eq-5d-5l": "eq5d.R",
    "fact-g": "facit.R",
    "fact-c": "facit.R",
    "fact-hep": "facit.R",
    "facit-fatigue": "facit.R",
    "promis-29": "promis.R",
    "promis-global-health": "promis.R",
    "rand-36": "rand.R",
    "pro-ctcae": "pro_ctcae.R",
    "phq-9": "short.R",
    "gad-7": "short.R",
    "who-5": "short.R",
    "cdc-hrqol-4": "short.R",
    "esas-r": "short.R",
    "nccn-distress-thermometer": "short.R",
}

TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One scale of one instrument, ours and theirs; ``option`` names the value set, if any."""

    scale: str
    option: str
    ours: pd.Series
    theirs: pd.Series

    @property
    def cells(self) -> int:
        """How many forms have a score in the reference."""
        return int(self.theirs.notna().sum())

    @property
    def difference(self) -> float:
        """The largest difference on forms that both score."""
        return float((self.ours - self.theirs).abs().max())

    @property
    def one_sided(self) -> list[int]:
        """The forms that only one of the two scores."""
        apart = self.ours.isna() != self.theirs.isna()
        return [int(row) for row in self.theirs.index[apart]]


def reference(instrument: str) -> pd.DataFrame:
    """The forms of an instrument with the scores from R, missing where a cell is empty."""
    return pd.read_csv(DATA / f"{instrument}.csv")


def compared(instrument: str) -> Iterator[Compared]:
    """Score the forms and yield each scale beside its reference.

    A column ``ref.INDEX:China`` is the scale INDEX scored with the value set China.
    """
    questionnaire = load(instrument)
    table = reference(instrument)
    columns = [column for column in table.columns if column.startswith(PREFIX)]
    forms = table.drop(columns=columns)
    scored: dict[str, pd.DataFrame] = {}
    for column in columns:
        scale, _, option = column.removeprefix(PREFIX).partition(":")
        if option not in scored:
            scored[option] = _scores(questionnaire, forms, option)
        ours = scored[option][scale]
        yield Compared(scale=scale, option=option, ours=ours, theirs=table[column])


def _scores(questionnaire: Questionnaire, forms: pd.DataFrame, value_set: str) -> pd.DataFrame:
    return score(questionnaire, forms, {"value_set": value_set} if value_set else None)
