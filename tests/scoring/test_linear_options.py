"""Options of the linear module that a few EORTC modules need, worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from questionnaires import from_document
from questionnaires.model import Questionnaire
from scoring import score

FOUR = ["q1", "q2", "q3", "q4"]


def form(*scales: tuple[str, Sequence[str], str, dict[str, Any]]) -> Questionnaire:
    """A questionnaire of four items with the codes 1 to 4."""
    return from_document(
        {
            "id": "a-test",
            "version": "1.0",
            "items": [
                {"id": one, "type": "one_of", "codes": [1, 2, 3, 4], "exclusive": []}
                for one in FOUR
            ],
            "pages": [],
            "skips": [],
            "scales": [
                {
                    "code": code,
                    "items": list(items),
                    "module": module,
                    "direction": None,
                    "low": 0,
                    "high": 100,
                    "options": options,
                }
                for code, items, module, options in scales
            ],
            "languages": [],
            "licence": "own",
            "sources": [],
            "confirmed": True,
            "cdisc_category": None,
        }
    )


def scored(questionnaire: Questionnaire, *rows: Sequence[float | None]) -> pd.DataFrame:
    return score(questionnaire, pd.DataFrame(list(rows), columns=FOUR, dtype="float64"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([1, 1, 4, 4], 0, id="lowest"),
        pytest.param([4, 4, 1, 1], 100, id="highest"),
        pytest.param([1, 1, 1, 1], 50, id="two items at each end"),
        pytest.param([2, None, 2, None], 50, id="2 and 5 - 2 = 3: mean 2.5"),
        pytest.param([2, None, 1, 1], 700 / 9, id="2, 4 and 4: mean 10/3"),
        pytest.param([None, None, 1, None], None, id="one of four is too few"),
    ],
)
def test_reversed_items_are_turned_before_the_mean(
    answers: list[float | None], expected: float | None
) -> None:
    mixed = form(("S", FOUR, "linear", {"reversed": ["q3", "q4"]}))
    result = scored(mixed, answers)["S"].iloc[0]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-12)


def test_an_item_that_does_not_apply_counts_as_unanswered() -> None:
    conditional = form(
        ("ONE", ["q2"], "linear", {"blank_if": {"q2": {"q1": [1]}}}),
        ("ALL", FOUR, "linear", {"blank_if": {"q3": {"q1": [1, 2]}, "q4": {"q1": [1]}}}),
    )
    scores = scored(
        conditional,
        [1, 4, 4, 4],
        [2, 4, 1, 4],
        [3, 4, 1, 4],
        [None, 4, 1, 1],
        [1, None, 4, 4],
    )
    # ALL: mean of 1, 4; of 2, 4, 4; of 3, 4, 1, 4; of 4, 1, 1; one answer of four is too few.
    assert scores["ONE"].iloc[1:4].tolist() == [100, 100, 100]
    assert scores["ONE"].iloc[[0, 4]].isna().all()
    assert scores["ALL"].iloc[:4].tolist() == pytest.approx([50, 700 / 9, 200 / 3, 100 / 3])
    assert pd.isna(scores["ALL"].iloc[4])


def test_a_mean_of_scales_can_ask_for_items_of_its_own() -> None:
    scales = [
        ("A", ["q1", "q2"], "linear", {}),
        ("B", ["q3", "q4"], "linear", {}),
        ("MEAN", FOUR, "mean_of_scales", {"as_is": ["A", "B"]}),
        ("WHOLE", FOUR, "mean_of_scales", {"as_is": ["A", "B"], "min_answered": 4}),
    ]
    scores = scored(form(*scales), [1, 1, 4, 4], [1, None, 4, 4], [None, None, 4, 4])
    assert scores["MEAN"].iloc[:2].tolist() == [50, 50]
    assert scores["WHOLE"].iloc[0] == 50
    assert pd.isna(scores["WHOLE"].iloc[1])
    assert scores.loc[2, ["MEAN", "WHOLE"]].isna().all()
