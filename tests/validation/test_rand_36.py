"""RAND-36 1.0: recoded answers worked by hand, and the mean of whatever is answered."""

from __future__ import annotations

import pytest

from questionnaires import load
from tests.validation.forms import assert_refused, assert_score, numbered, one_form

FORM = load("rand-36", "1.0")
SCALES = ["PF", "RP", "RE", "EN", "EW", "SF", "BP", "GH", "health_change"]
# The best and the worst answer to q1 ... q36.
BEST = [
    1, 1, *[3] * 10, *[2] * 7, 1, 1, 1, 1, 6, 6, 1, 1, 6, 6, 1, 6, 5, 5, 1, 5, 1,
]  # fmt: skip
WORST = [
    5, 5, *[1] * 10, *[1] * 7, 5, 6, 5, 6, 1, 1, 6, 6, 1, 1, 6, 1, 1, 1, 5, 1, 5,
]  # fmt: skip


def test_the_best_answers_give_100_and_the_worst_0() -> None:
    assert one_form(FORM, numbered(BEST)).to_dict() == dict.fromkeys(SCALES, 100)
    assert one_form(FORM, numbered(WORST)).to_dict() == dict.fromkeys(SCALES, 0)


# With 1 for every answer: EN (100 + 100 + 0 + 0) / 4, EW (0 + 0 + 100 + 0 + 100) / 5,
# SF (100 + 0) / 2, BP (100 + 100) / 2, GH (100 + 0 + 100 + 0 + 100) / 5.
@pytest.mark.parametrize(
    ("scale", "expected"),
    list(zip(SCALES, [0, 0, 0, 50, 40, 50, 100, 60, 100], strict=True)),
)
def test_one_for_every_answer(scale: str, expected: float) -> None:
    assert_score(one_form(FORM, numbered([1] * 36))[scale], expected)


@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        pytest.param("PF", {f"q{n}": 2 for n in range(3, 13)}, 50, id="limited a little"),
        pytest.param("PF", {"q3": 1, "q4": 2, "q12": 3}, 50, id="three of ten: 0, 50 and 100"),
        pytest.param("PF", {"q7": 2}, 50, id="one of ten is enough"),
        pytest.param("PF", {}, None, id="none of ten is not"),
        pytest.param("RP", {"q13": 1, "q14": 2, "q15": 2, "q16": 2}, 75, id="three of four times"),
        pytest.param("RE", {"q17": 2, "q18": 1, "q19": 1}, 100 / 3, id="one of three times"),
        pytest.param("RE", {"q18": 2}, 100, id="one of three is enough"),
        pytest.param("EN", {"q23": 2, "q27": 3, "q29": 4, "q31": 5}, 70, id="80, 60, 60, 80"),
        pytest.param("EN", {"q29": 2, "q31": None}, 20, id="q29 rises with its code"),
        pytest.param(
            "EW", {"q24": 6, "q25": 5, "q26": 2, "q28": 4, "q30": 3}, 76, id="100, 80, 80, 60, 60"
        ),
        pytest.param("EW", {"q26": 6, "q28": 6}, 50, id="q26 falls and q28 rises"),
        pytest.param("SF", {"q20": 2, "q32": 4}, 75, id="75 and 75"),
        pytest.param("SF", {"q32": 1}, 0, id="q32 rises with its code"),
        pytest.param("BP", {"q21": 3, "q22": 2}, 67.5, id="60 and 75"),
        pytest.param("BP", {"q21": 6}, 0, id="one of two is enough"),
        pytest.param("BP", {"q1": 1}, None, id="none of two is not"),
        pytest.param(
            "GH", {"q1": 3, "q33": 4, "q34": 2, "q35": 5, "q36": 1}, 80, id="50, 75, 75, 100, 100"
        ),
        pytest.param("GH", {"q33": 2, "q36": 4}, 25, id="25 and 25"),
        pytest.param("health_change", {"q2": 3}, 50, id="no change"),
        pytest.param("health_change", {"q2": 4}, 25, id="a little worse"),
        pytest.param("health_change", {"q1": 1}, None, id="not answered"),
    ],
)
def test_scales_worked_by_hand(
    scale: str, answers: dict[str, float | None], expected: float | None
) -> None:
    assert_score(one_form(FORM, answers)[scale], expected)


@pytest.mark.parametrize(("item", "value"), [("q1", 6), ("q3", 4), ("q13", 0), ("q23", 7)])
def test_a_value_that_is_no_answer_is_refused(item: str, value: float) -> None:
    assert_refused(FORM, item, value)
