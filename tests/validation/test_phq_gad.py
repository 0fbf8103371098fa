"""PHQ-9 and GAD-7: sums, prorated where at most two, or one, of the items are unanswered."""

from __future__ import annotations

import pytest

from questionnaires import load
from tests.validation.forms import assert_refused, assert_score, numbered, one_form

PHQ = load("phq-9", "1.0")
GAD = load("gad-7", "1.0")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([3] * 9, 27, id="highest"),
        pytest.param([0] * 9, 0, id="lowest"),
        pytest.param([0, 1, 2, 3, 0, 1, 2, 3, 1], 13, id="a plain sum"),
        pytest.param([0, 1, 2, 3, 0, 1, 2, 3, None], 13.5, id="12 of eight is 13.5 of nine"),
        pytest.param([None, 1, 2, 3, 0, 1, 0, None, 0], 9, id="7 of seven is 9 of nine"),
        pytest.param([None, 1, None, 3, 0, 1, 0, None, 0], None, id="six of nine are too few"),
        pytest.param([None] * 9, None, id="no answers"),
    ],
)
def test_depressive_symptoms(answers: list[float | None], expected: float | None) -> None:
    assert_score(one_form(PHQ, numbered(answers))["total"], expected)


def test_everyday_difficulty_is_not_scored() -> None:
    with_difficulty = one_form(PHQ, {**numbered([1] * 9), "q10": 3})
    assert_score(with_difficulty["total"], 9)
    assert_score(one_form(PHQ, {**numbered([1] * 6), "q10": 3})["total"], None)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([3] * 7, 21, id="highest"),
        pytest.param([0] * 7, 0, id="lowest"),
        pytest.param([0, 1, 2, 3, 0, 1, 2], 9, id="a plain sum"),
        pytest.param([0, 1, 2, 3, None, 1, 2], 10.5, id="9 of six is 10.5 of seven"),
        pytest.param([0, 1, 2, 3, None, 1, None], None, id="five of seven are too few"),
        pytest.param([None] * 7, None, id="no answers"),
    ],
)
def test_anxiety_symptoms(answers: list[float | None], expected: float | None) -> None:
    assert_score(one_form(GAD, numbered(answers))["total"], expected)


@pytest.mark.parametrize("value", [-1, 4, 0.5])
def test_a_value_that_is_no_answer_is_refused(value: float) -> None:
    assert_refused(PHQ, "q9", value)
    assert_refused(GAD, "q7", value)
