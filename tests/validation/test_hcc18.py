"""QLQ-HCC18 scores worked by hand; what is not settled about it is said."""

from __future__ import annotations

import pandas as pd
import pytest

from questionnaires import load
from scoring import AnswerOutOfRange, score

FORM = load("eortc-qlq-hcc18", "1.0")
ITEMS = [item.id for item in FORM.items]


def one_form(**answers: int | None) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    form = pd.DataFrame([{item: answers.get(item) for item in ITEMS}], dtype="Float64")
    return score(FORM, form).iloc[0]


@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        pytest.param("FATIGUE", {"q45": 2, "q46": 3, "q47": 3}, 55.555556, id="mean 8/3"),
        pytest.param("FATIGUE", {"q45": 4, "q47": 1}, 50.0, id="two of three is enough"),
        pytest.param("FATIGUE", {"q46": 4}, None, id="one of three is not"),
        pytest.param(
            "NUTRITION", {"q31": 1, "q32": 2, "q42": 3, "q43": 4, "q44": 4}, 60.0, id="mean 2.8"
        ),
        pytest.param("NUTRITION", {"q31": 1, "q32": 2, "q44": 3}, 33.333333, id="three of five"),
        pytest.param("NUTRITION", {"q31": 1, "q32": 2}, None, id="two of five is not enough"),
        pytest.param("BODY_IMAGE", {"q33": 1, "q35": 2}, 16.666667, id="not reversed"),
        pytest.param("BODY_IMAGE", {"q35": 4}, 100.0, id="one of two is enough"),
        pytest.param("BODY_IMAGE", {}, None, id="body image from zero answers"),
        pytest.param("JAUNDICE", {"q36": 3, "q37": 4}, 83.333333, id="mean 3.5"),
        pytest.param("PAIN", {"q38": 2, "q39": 4}, 66.666667, id="mean 3"),
        pytest.param("PAIN", {"q39": 2}, 33.333333, id="half of the pain items"),
        pytest.param("PAIN", {}, None, id="pain from zero answers"),
        pytest.param("FEVER", {"q40": 1, "q41": 4}, 50.0, id="mean 2.5"),
        pytest.param("FEVER", {}, None, id="fever from zero answers"),
        pytest.param("ABD_SWELLING", {"q34": 3}, 66.666667, id="q34"),
        pytest.param("SEX", {"q48": 2}, 33.333333, id="q48"),
        pytest.param("SEX", {"q47": 2}, None, id="a single item must be answered"),
    ],
)
def test_a_scale_by_hand(scale: str, answers: dict[str, int], expected: float | None) -> None:
    result = one_form(**answers)[scale]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("code", "expected"), [(1, 0), (4, 100)])
def test_every_scale_is_higher_the_worse(code: int, expected: float) -> None:
    scores = one_form(**dict.fromkeys(ITEMS, code))
    assert len(scores) == 8
    assert (scores == expected).all()
    assert {scale.direction for scale in FORM.scales} == {"worse"}


def test_every_item_is_in_one_scale() -> None:
    assert sorted(item for scale in FORM.scales for item in scale.items) == ITEMS


def test_the_instrument_says_that_it_is_unconfirmed_and_why() -> None:
    assert not FORM.confirmed
    assert any("BODY_IMAGE is unsettled" in source for source in FORM.sources)


def test_an_empty_form_has_no_score_and_an_odd_answer_is_refused() -> None:
    assert one_form().isna().all()
    for odd in (0, 5, 1.5):
        with pytest.raises(AnswerOutOfRange, match=r"q33, row 0: .*1, 2, 3, 4"):
            score(FORM, pd.DataFrame([{"q33": odd}]).reindex(columns=ITEMS))
