"""QLQ-C30 scores agree with QoLR on 150 forms with missing items, to 1e-9."""

from pathlib import Path

import pandas as pd
import pytest

from questionnaires import load
from scoring import score

REFERENCE = Path(__file__).parent / "data" / "qlq_c30_scores.csv"
THEIR_NAMES = {"QL2": "QL", "PF2": "PF", "RF2": "RF"}
SCALES = [
    "QL2", "PF2", "RF2", "EF", "CF", "SF", "FA", "NV",
    "PA", "DY", "SL", "AP", "CO", "DI", "FI",
]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_agrees_with_the_reference_on_every_form(scale: str) -> None:
    reference = pd.read_csv(REFERENCE)
    ours = score(load("eortc-qlq-c30", "3.0"), reference)[scale]
    theirs = reference[THEIR_NAMES.get(scale, scale)]
    assert len(ours) == 150
    pd.testing.assert_series_equal(ours, theirs, check_names=False, rtol=0, atol=1e-9)
