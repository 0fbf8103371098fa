"""Prints the table of ``docs/validation.md``: ``python -m tests.validation.report``."""

from __future__ import annotations

import sys

import pandas as pd

from questionnaires import load
from scoring import score
from tests.validation.references import DATA, SCRIPTS, Compared, compared

HEAD = ("Instrument", "Scales", "Reference", "Forms", "Cells", "Largest difference", "State")
DIFFERENCE = HEAD.index("Largest difference")

QOLR_NAMES = {"QL2": "QL", "PF2": "PF", "RF2": "RF"}


def rows() -> list[tuple[str, ...]]:
    """One row per instrument, and one for the QLQ-C30 scored by QoLR."""
    made_in_r = [
        _row(instrument, f"`{script}`", list(compared(instrument)))
        for instrument, script in SCRIPTS.items()
    ]
    return [_row("eortc-qlq-c30", "QoLR 1.0.3", _by_qolr()), *made_in_r]


def as_markdown(table: list[tuple[str, ...]]) -> str:
    """The rows under their head, as a Markdown table."""
    lines = [HEAD, ("---",) * len(HEAD), *table]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(instrument: str, source: str, pairs: list[Compared]) -> tuple[str, ...]:
    questionnaire = load(instrument)
    return (
        f"{questionnaire.id} {questionnaire.version}",
        str(len({pair.scale for pair in pairs})),
        source,
        str(len(pairs[0].theirs)),
        str(sum(pair.cells for pair in pairs)),
        _number(max(pair.difference for pair in pairs)),
        "confirmed" if questionnaire.confirmed else "unconfirmed",
    )


def _by_qolr() -> list[Compared]:
    table = pd.read_csv(DATA / "qlq_c30_scores.csv")
    questionnaire = load("eortc-qlq-c30")
    ours = score(questionnaire, table)
    return [
        Compared(
            scale=scale.code,
            option="",
            ours=ours[scale.code],
            theirs=table[QOLR_NAMES.get(scale.code, scale.code)],
        )
        for scale in questionnaire.scales
        if scale.code != "SUMSC"
    ]


def _number(value: float) -> str:
    return f"{value:.1e}" if value else "0"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(rows()))
