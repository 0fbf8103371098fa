"""Means of recoded answers: worked by hand, and the missing rule at its edge."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import ScaleInvalid
from tests.scoring.one_scale import item, questionnaire, scale, scores

ITEMS = [item("a", 1, 2, 3), item("b", 1, 2, 3), item("c", 1, 2)]
RECODE = {
    "thirds": {"items": ["a", "b"], "1": 0, "2": 50, "3": 100},
    "c": {"1": 100, "2": 0},
}
ANY = scale("ANY", "recoded_mean", ["a", "b", "c"], recode=RECODE)
TWO = scale("TWO", "recoded_mean", ["a", "b", "c"], recode=RECODE, min_answered=2)
FORM = questionnaire(ITEMS, ANY, TWO)


@pytest.mark.parametrize(
    ("answers", "any_answered", "two_answered"),
    [
        pytest.param([3, 3, 1], 100, 100, id="highest"),
        pytest.param([1, 1, 2], 0, 0, id="lowest: c is turned"),
        pytest.param([2, 3, 1], 250 / 3, 250 / 3, id="50, 100 and 100"),
        pytest.param([2, None, 1], 75, 75, id="two answered are enough for both"),
        pytest.param([2, None, None], 50, np.nan, id="one is enough for the first only"),
        pytest.param([None, None, None], np.nan, np.nan, id="none is never enough"),
    ],
)
def test_the_mean_of_the_answered_items(
    answers: list[float | None], any_answered: float, two_answered: float
) -> None:
    row = scores(FORM, [answers]).iloc[0]
    assert row.tolist() == pytest.approx([any_answered, two_answered], nan_ok=True)


def test_no_answers_give_no_score_even_if_none_is_asked_for() -> None:
    lax = questionnaire(ITEMS, {**ANY, "options": {"recode": RECODE, "min_answered": 0}})
    assert scores(lax, [[None, None, None]])["ANY"].isna().all()


def test_an_item_that_no_group_names_counts_as_answered() -> None:
    partly = {"a": {"1": 0, "2": 50, "3": 100}}
    form = questionnaire(ITEMS, scale("M", "recoded_mean", ["a", "c"], recode=partly))
    assert scores(form, [[3, 1, 2]])["M"].tolist() == [51]


def test_a_group_with_an_item_of_another_scale_is_refused() -> None:
    form = questionnaire(ITEMS, scale("M", "recoded_mean", ["a", "c"], recode=RECODE))
    with pytest.raises(ScaleInvalid, match=r"M\.recode\.thirds: b is not an item of the scale"):
        scores(form, [[3, 1, 2]])
