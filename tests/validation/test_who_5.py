"""WHO-5: four times the sum, and all five items are needed."""

from __future__ import annotations

import pytest

from questionnaires import load
from tests.validation.forms import assert_refused, assert_score, numbered, one_form

FORM = load("who-5", "2024")


@pytest.mark.parametrize(
    ("answers", "raw", "score"),
    [
        pytest.param([5, 5, 5, 5, 5], 25, 100, id="highest"),
        pytest.param([0, 0, 0, 0, 0], 0, 0, id="lowest"),
        pytest.param([0, 1, 2, 4, 5], 12, 48, id="just below the cut of 13, or 50"),
        pytest.param([5, 4, 3, 1, None], None, None, id="four of five are too few"),
        pytest.param([None] * 5, None, None, id="no answers"),
    ],
)
def test_scores_worked_by_hand(
    answers: list[float | None], raw: float | None, score: float | None
) -> None:
    scores = one_form(FORM, numbered(answers))
    assert_score(scores["raw"], raw)
    assert_score(scores["score"], score)


@pytest.mark.parametrize("value", [-1, 6, 2.5])
def test_a_value_that_is_no_answer_is_refused(value: float) -> None:
    assert_refused(FORM, "q3", value)
