"""PROMIS-29 v2.1: T scores and standard errors from the tables, and summaries worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from questionnaires import load
from scoring import score
from tests.validation.forms import assert_refused, assert_score, one_form

FORM = load("promis-29", "2.1")
SCALES = ["PF", "AN", "DE", "FA", "SD", "SR", "PI"]


def with_sum(code: str, total: int) -> dict[str, float]:
    """Answers to a scale's four items that add up to ``total``, as even as can be."""
    return {
        item: total // 4 + (place < total % 4) for place, item in enumerate(FORM.scale(code).items)
    }


@pytest.mark.parametrize(
    ("code", "total", "t", "error"),
    [
        pytest.param("PF", 4, 22.5, 4.0, id="PF lowest"),
        pytest.param("PF", 13, 37.9, 2.3, id="PF middle"),
        pytest.param("PF", 20, 57.0, 6.6, id="PF highest"),
        pytest.param("AN", 4, 40.3, 6.1, id="AN lowest"),
        pytest.param("AN", 13, 65.3, 2.7, id="AN middle"),
        pytest.param("AN", 20, 81.6, 3.7, id="AN highest"),
        pytest.param("DE", 4, 41.0, 6.2, id="DE lowest"),
        pytest.param("DE", 12, 62.2, 2.3, id="DE middle"),
        pytest.param("DE", 20, 79.4, 2.6, id="DE highest"),
        pytest.param("FA", 4, 33.7, 4.9, id="FA lowest"),
        pytest.param("FA", 7, 46.0, 2.6, id="FA fourth"),
        pytest.param("FA", 20, 75.8, 3.9, id="FA highest"),
        pytest.param("SD", 4, 32.0, 5.2, id="SD lowest"),
        pytest.param("SD", 14, 57.9, 3.3, id="SD middle"),
        pytest.param("SD", 20, 73.3, 4.6, id="SD highest"),
        pytest.param("SR", 4, 27.5, 4.1, id="SR lowest"),
        pytest.param("SR", 15, 50.0, 2.2, id="SR middle"),
        pytest.param("SR", 20, 64.2, 5.1, id="SR highest"),
        pytest.param("PI", 4, 41.6, 6.1, id="PI lowest"),
        pytest.param("PI", 19, 71.6, 2.1, id="PI last but one"),
        pytest.param("PI", 20, 75.6, 3.7, id="PI highest"),
    ],
)
def test_the_t_score_stands_in_the_table(code: str, total: int, t: float, error: float) -> None:
    scores = one_form(FORM, with_sum(code, total))
    assert_score(scores[code], t)
    assert_score(scores[f"{code}_SE"], error)


@pytest.mark.parametrize("code", SCALES)
def test_t_scores_rise_with_the_sum(code: str) -> None:
    rows = [{item.id: None for item in FORM.items} | with_sum(code, n) for n in range(4, 21)]
    values = score(FORM, pd.DataFrame(rows, dtype="Float64"))[code]
    assert values.is_monotonic_increasing
    assert values.is_unique


@pytest.mark.parametrize("code", SCALES)
def test_one_unanswered_item_is_one_too_many(code: str) -> None:
    answers = with_sum(code, 12)
    del answers[FORM.scale(code).items[3]]
    scores = one_form(FORM, answers)
    assert_score(scores[code], None)
    assert_score(scores[f"{code}_SE"], None)


def everything(function: int, symptom: int, pain: int) -> dict[str, float | None]:
    sums = {code: function if code in ("PF", "SR") else symptom for code in SCALES}
    answers: dict[str, float | None] = {"Global07": pain}
    for code, total in sums.items():
        answers |= with_sum(code, total)
    return answers


# At best, z is PF 0.7, SR 1.42, FA -1.63, SD -1.8, PI -0.84, AN -0.97, DE -0.9 and pain intensity
# -0.987179; the pain composite is -0.913590 and the emotional one -0.935.
# physical: 0.6104 + 0.085877 + 0.16046 + 0.01467 - 0.002805 - 0.0036 = 0.865002
# mental: -0.0105 + 0.140693 + 0.35784 + 0.57213 + 0.240295 + 0.2502 = 1.550658
# At worst, z is PF -2.75, SR -2.25, FA 2.58, SD 2.33, PI 2.56, AN 3.16, DE 2.94 and pain intensity
# 3.286325; the composites are 2.923162 and 3.05.
# physical: -2.398 - 0.274777 - 0.25425 - 0.02322 + 0.00915 + 0.00466 = -2.936437
# mental: 0.04125 - 0.450167 - 0.567 - 0.90558 - 0.78385 - 0.32387 = -2.989217
@pytest.mark.parametrize(
    ("answers", "physical", "mental"),
    [
        pytest.param(everything(20, 4, 0), 58.65002, 65.50658, id="as good as can be"),
        pytest.param(everything(4, 20, 10), 20.63563, 20.10783, id="as bad as can be"),
    ],
)
def test_summaries_worked_by_hand(
    answers: dict[str, float], physical: float, mental: float
) -> None:
    scores = one_form(FORM, answers)
    assert_score(scores["physical"], physical, within=1e-5)
    assert_score(scores["mental"], mental, within=1e-5)


@pytest.mark.parametrize("blank", ["Global07", "Sleep44", "PFA53"])
def test_a_summary_needs_every_scale(blank: str) -> None:
    scores = one_form(FORM, everything(20, 4, 0) | {blank: None})
    assert_score(scores["physical"], None)
    assert_score(scores["mental"], None)


def test_pain_intensity_is_reported_as_it_is() -> None:
    assert_score(one_form(FORM, {"Global07": 10})["pain_intensity"], 10)
    assert_score(one_form(FORM, {"Global07": 0})["pain_intensity"], 0)
    assert_score(one_form(FORM, {"PFA11": 3})["pain_intensity"], None)


@pytest.mark.parametrize(("item", "value"), [("PFA11", 0), ("EDANX01", 6), ("Global07", 11)])
def test_a_value_that_is_no_answer_is_refused(item: str, value: float) -> None:
    assert_refused(FORM, item, value)
