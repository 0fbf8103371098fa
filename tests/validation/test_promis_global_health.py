"""PROMIS Global Health v1.2: its tables, and pattern scores that agree with them on average."""

from __future__ import annotations

import copy
import itertools
import math
from functools import cache

import pandas as pd
import pytest

from questionnaires import from_document, load
from scoring import score
from tests.validation.forms import assert_refused, assert_score, one_form

FORM = load("promis-global-health", "1.2")

# Answers from the worst to the best; Global07 has one answer for each of its five values.
WORST_TO_BEST = {
    "GPH": {
        "Global03": [1, 2, 3, 4, 5],
        "Global06": [1, 2, 3, 4, 5],
        "Global07": [10, 8, 5, 2, 0],
        "Global08": [5, 4, 3, 2, 1],
    },
    "GMH": {
        "Global02": [1, 2, 3, 4, 5],
        "Global04": [1, 2, 3, 4, 5],
        "Global05": [1, 2, 3, 4, 5],
        "Global10": [5, 4, 3, 2, 1],
    },
}
# The public parameters (UCLA), written here a second time.
PARAMETERS = {
    "GPH": [
        (2.31116, [-2.11448, -0.89035, 0.28769, 1.54358]),
        (2.99151, [-2.79626, -1.77578, -1.04365, -0.39605]),
        (1.74443, [-3.8732, -1.80644, -0.6746, 0.9956]),
        (1.9022, [-3.23917, -1.87531, -0.35804, 1.16723]),
    ],
    "GMH": [
        (2.41143, [-2.44599, -1.31584, -0.19095, 1.07032]),
        (3.6681, [-2.30582, -1.25786, -0.3312, 0.66825]),
        (2.97642, [-1.7831, -0.89865, -0.00524, 1.07197]),
        (1.89441, [-2.8179, -1.51385, -0.25479, 0.99431]),
    ],
}
# The published tables for the raw sums 4 to 20.
PUBLISHED = {
    "GPH": [
        16.2, 19.9, 23.5, 26.7, 29.6, 32.4, 34.9, 37.4, 39.8,
        42.3, 44.9, 47.7, 50.8, 54.1, 57.7, 61.9, 67.7,
    ],
    "GMH": [
        21.2, 25.1, 28.4, 31.3, 33.8, 36.3, 38.8, 41.1, 43.5,
        45.8, 48.3, 50.8, 53.3, 56.0, 59.0, 62.5, 67.6,
    ],
    "GPH_SE": [
        4.8, 4.7, 4.5, 4.3, 4.2, 4.2, 4.1, 4.1, 4.1,
        4.2, 4.3, 4.4, 4.6, 4.7, 4.9, 5.2, 5.9,
    ],
    "GMH_SE": [
        4.6, 4.1, 3.9, 3.7, 3.7, 3.7, 3.6, 3.6, 3.6,
        3.6, 3.7, 3.7, 3.7, 3.8, 3.9, 4.2, 5.3,
    ],
}  # fmt: skip
THETAS = [number / 20 for number in range(-160, 161)]
RESCALED = {"GPH": (49.087, 10.208), "GMH": (49.803, 10.225)}


def curves(a: float, b: list[float]) -> list[list[float]]:
    """For each category its probability at every theta."""
    steps = [
        [1.0] * len(THETAS),
        *([1 / (1 + math.exp(-a * (theta - one))) for theta in THETAS] for one in b),
        [0.0] * len(THETAS),
    ]
    return [[x - y for x, y in zip(steps[k], steps[k + 1], strict=True)] for k in range(5)]


@cache
def curves_of(code: str) -> list[list[list[float]]]:
    return [curves(a, b) for a, b in PARAMETERS[code]]


def weights(code: str, categories: tuple[int | None, ...]) -> list[float]:
    """The posterior of a pattern at every theta, not divided by its sum."""
    density = [math.exp(-theta * theta / 2) for theta in THETAS]
    for curve, category in zip(curves_of(code), categories, strict=True):
        if category is not None:
            density = [one * other for one, other in zip(density, curve[category], strict=True)]
    return density


def mean_and_deviation(density: list[float]) -> tuple[float, float]:
    total = sum(density)
    mean = sum(w * t for w, t in zip(density, THETAS, strict=True)) / total
    square = sum(w * (t - mean) ** 2 for w, t in zip(density, THETAS, strict=True)) / total
    return mean, math.sqrt(square)


def answers_of(code: str, categories: tuple[int | None, ...]) -> dict[str, float | None]:
    return {
        item: None if category is None else codes[category]
        for (item, codes), category in zip(WORST_TO_BEST[code].items(), categories, strict=True)
    }


def categories_with_sum(total: int) -> tuple[int, ...]:
    """Four categories from 0 to 4 whose values from 1 to 5 add up to ``total``."""
    return tuple((total - 4) // 4 + (place < (total - 4) % 4) for place in range(4))


@pytest.mark.parametrize("code", ["GPH", "GMH"])
@pytest.mark.parametrize("total", range(4, 21))
def test_a_complete_form_has_the_published_score(code: str, total: int) -> None:
    scores = one_form(FORM, answers_of(code, categories_with_sum(total)))
    assert_score(scores[code], PUBLISHED[code][total - 4])
    assert_score(scores[f"{code}_SE"], PUBLISHED[f"{code}_SE"][total - 4])


@pytest.mark.parametrize(
    ("pain", "t"),
    [
        pytest.param(0, 54.1, id="0 counts 5"),
        pytest.param(1, 50.8, id="1 counts 4"),
        pytest.param(3, 50.8, id="3 counts 4"),
        pytest.param(4, 47.7, id="4 counts 3"),
        pytest.param(6, 47.7, id="6 counts 3"),
        pytest.param(7, 44.9, id="7 counts 2"),
        pytest.param(9, 44.9, id="9 counts 2"),
        pytest.param(10, 42.3, id="10 counts 1"),
    ],
)
def test_pain_is_counted_in_five_steps(pain: int, t: float) -> None:
    """With 4 + 4 + 4 from the others the raw sum is 12 and the value of pain."""
    answers = {"Global03": 4, "Global06": 4, "Global08": 2, "Global07": pain}
    assert_score(one_form(FORM, answers)["GPH"], t)


@pytest.mark.parametrize("code", ["GPH", "GMH"])
@pytest.mark.parametrize(
    "categories",
    [
        pytest.param((2, 3, None, 3), id="one unanswered"),
        pytest.param((None, 4, 4, 4), id="one unanswered, the others at best"),
        pytest.param((0, 0, 0, None), id="one unanswered, the others at worst"),
        pytest.param((None, 0, 4, None), id="two unanswered"),
        pytest.param((None, None, None, 1), id="three unanswered"),
    ],
)
def test_an_incomplete_form_has_its_pattern_score(
    code: str, categories: tuple[int | None, ...]
) -> None:
    theta, deviation = mean_and_deviation(weights(code, categories))
    intercept, slope = RESCALED[code]
    scores = one_form(FORM, answers_of(code, categories))
    assert_score(scores[code], intercept + slope * theta, within=1e-4)
    assert_score(scores[f"{code}_SE"], slope * deviation, within=1e-4)


def test_no_answers_give_no_score() -> None:
    assert one_form(FORM, {"Global01": 3}).drop("Global01").isna().all()


@pytest.mark.parametrize(("code", "largest"), [("GPH", 0.335), ("GMH", 0.145)])
def test_pattern_scores_meet_the_published_table_on_average(code: str, largest: float) -> None:
    """The mean pattern score of all patterns with one raw sum is the published score of the sum.

    A pattern weighs as much as it is probable. The spread within a sum comes on top of the
    patterns' own standard errors; their root mean square meets the published standard error.
    """
    document = copy.deepcopy(dict(FORM.document))
    for scale in document["scales"]:
        scale["options"].pop("table", None)
    patterns = list(itertools.product(range(5), repeat=4))
    blank = {item.id: None for item in FORM.items}
    rows = [blank | answers_of(code, pattern) for pattern in patterns]
    scores = score(from_document(document), pd.DataFrame(rows, dtype="Float64"))
    probable = [sum(weights(code, pattern)) for pattern in patterns]
    for total in range(4, 21):
        same = [row for row, pattern in enumerate(patterns) if sum(pattern) + 4 == total]
        weight = sum(probable[row] for row in same)
        mean = sum(probable[row] * scores[code][row] for row in same) / weight
        square = (
            sum(
                probable[row] * (scores[f"{code}_SE"][row] ** 2 + (scores[code][row] - mean) ** 2)
                for row in same
            )
            / weight
        )
        assert mean == pytest.approx(PUBLISHED[code][total - 4], abs=largest), total
        assert math.sqrt(square) == pytest.approx(PUBLISHED[f"{code}_SE"][total - 4], abs=0.35)


@pytest.mark.parametrize("code", ["GPH", "GMH"])
def test_every_pattern_score_lies_in_the_stated_range(code: str) -> None:
    patterns = list(itertools.product([0, 1, 2, 3, 4, None], repeat=4))[:-1]
    blank = {item.id: None for item in FORM.items}
    rows = [blank | answers_of(code, pattern) for pattern in patterns]
    scores = score(FORM, pd.DataFrame(rows, dtype="Float64"))
    for one in (code, f"{code}_SE"):
        assert scores[one].between(FORM.scale(one).low, FORM.scale(one).high).all()


def test_single_items_are_reported_as_they_are() -> None:
    scores = one_form(FORM, {"Global01": 5, "Global09": 1})
    assert_score(scores["Global01"], 5)
    assert_score(scores["Global09"], 1)
    assert_score(one_form(FORM, {"Global01": 5})["Global09"], None)


@pytest.mark.parametrize(("item", "value"), [("Global03", 0), ("Global08", 6), ("Global07", 10.5)])
def test_a_value_that_is_no_answer_is_refused(item: str, value: float) -> None:
    assert_refused(FORM, item, value)
