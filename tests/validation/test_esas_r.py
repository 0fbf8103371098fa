"""ESAS-r: nine symptoms, each reported alone and in sums that need all of their items."""

from __future__ import annotations

import pytest

from questionnaires import load
from tests.validation.forms import assert_refused, assert_score, one_form

FORM = load("esas-r", "1.0")
SYMPTOMS = {
    "pain": 1,
    "tiredness": 2,
    "drowsiness": 3,
    "nausea": 4,
    "lack_of_appetite": 5,
    "shortness_of_breath": 6,
    "depression": 7,
    "anxiety": 8,
    "wellbeing": 10,
}


def test_sums_and_symptoms_worked_by_hand() -> None:
    scores = one_form(FORM, SYMPTOMS)
    assert scores.to_dict() == {"physical": 21, "emotional": 15, "total": 46} | SYMPTOMS


@pytest.mark.parametrize(("value", "sums"), [(0, [0, 0, 0]), (10, [60, 20, 90])])
def test_the_lowest_and_the_highest_sums(value: int, sums: list[int]) -> None:
    scores = one_form(FORM, dict.fromkeys(SYMPTOMS, value))
    assert scores[["physical", "emotional", "total"]].tolist() == sums


@pytest.mark.parametrize(
    ("blank", "physical", "emotional"),
    [
        pytest.param("nausea", None, 15, id="a physical symptom"),
        pytest.param("anxiety", 21, None, id="an emotional symptom"),
        pytest.param("wellbeing", 21, 15, id="well-being belongs to the total only"),
    ],
)
def test_nothing_is_imputed(blank: str, physical: float | None, emotional: float | None) -> None:
    scores = one_form(FORM, {**SYMPTOMS, blank: None})
    assert_score(scores["physical"], physical)
    assert_score(scores["emotional"], emotional)
    assert_score(scores["total"], None)
    assert_score(scores[blank], None)


def test_its_scores_are_marked_as_resting_on_one_source() -> None:
    assert not FORM.confirmed


@pytest.mark.parametrize("value", [-1, 11, 0.5])
def test_a_value_that_is_no_answer_is_refused(value: float) -> None:
    assert_refused(FORM, "wellbeing", value)
