"""What a threshold acts as, and who reaches it: published step table, and floats that are off."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from qol_app.analysis.thresholds import (
    classify,
    effective_change,
    effective_threshold,
    is_beyond,
    reaches,
)
from questionnaires.thresholds import Side

QL, PF, PAIR, EF, FA, ITEM = (
    Fraction(100, 12),
    Fraction(20, 3),
    Fraction(50, 3),
    Fraction(25, 3),
    Fraction(100, 9),
    Fraction(100, 3),
)


@pytest.mark.parametrize(
    ("step", "threshold", "acts_as"),
    [
        pytest.param(QL, 5, Fraction(100, 12), id="QL 5"),
        pytest.param(QL, 10, Fraction(200, 12), id="QL 10"),
        pytest.param(QL, 15, Fraction(200, 12), id="QL 15"),
        pytest.param(QL, 20, Fraction(25), id="QL 20"),
        pytest.param(PF, 5, Fraction(20, 3), id="PF 5"),
        pytest.param(PF, 10, Fraction(40, 3), id="PF 10"),
        pytest.param(PF, 15, Fraction(20), id="PF 15"),
        pytest.param(PF, 20, Fraction(20), id="PF 20"),
        pytest.param(PAIR, 5, Fraction(50, 3), id="pairs 5"),
        pytest.param(PAIR, 10, Fraction(50, 3), id="pairs 10"),
        pytest.param(PAIR, 15, Fraction(50, 3), id="pairs 15"),
        pytest.param(PAIR, 20, Fraction(100, 3), id="pairs 20"),
        pytest.param(EF, 5, Fraction(25, 3), id="EF 5"),
        pytest.param(EF, 10, Fraction(50, 3), id="EF 10"),
        pytest.param(EF, 15, Fraction(50, 3), id="EF 15"),
        pytest.param(EF, 20, Fraction(25), id="EF 20"),
        pytest.param(FA, 5, Fraction(100, 9), id="FA 5"),
        pytest.param(FA, 10, Fraction(100, 9), id="FA 10"),
        pytest.param(FA, 15, Fraction(200, 9), id="FA 15"),
        pytest.param(FA, 20, Fraction(200, 9), id="FA 20"),
        pytest.param(ITEM, 5, Fraction(100, 3), id="single items 5"),
        pytest.param(ITEM, 20, Fraction(100, 3), id="single items 20"),
        pytest.param(Fraction(1, 10), 0.3, Fraction(3, 10), id="0.3 is three tenths"),
        pytest.param(Fraction(10, 3), 10, Fraction(10), id="three steps of 10/3 are 10"),
    ],
)
def test_a_threshold_acts_as_the_next_whole_step(
    step: Fraction, threshold: float, acts_as: Fraction
) -> None:
    assert effective_threshold(step, threshold) == acts_as


@pytest.mark.parametrize(
    ("scores", "threshold", "acts_as"),
    [
        pytest.param((0, 10, 14, 25), 10, 10, id="reached exactly"),
        pytest.param((0, 9, 14, 25), 10, 11, id="the smallest difference, not of neighbours only"),
        pytest.param((Fraction(81, 2), Fraction(253, 5)), 10, Fraction(101, 10), id="of a table"),
        pytest.param((0, 5), 10, None, id="no two scores lie so far apart"),
    ],
)
def test_on_uneven_steps_it_acts_as_the_next_difference_there_is(
    scores: tuple[int, ...], threshold: float, acts_as: int | None
) -> None:
    assert effective_change(tuple(map(Fraction, scores)), threshold) == acts_as


TEN_BELOW = 70.1 - 60.1
"""9.999999999999993 in doubles."""


@pytest.mark.parametrize(
    ("change", "threshold", "step", "is_reached"),
    [
        pytest.param(10.0, 10, None, True, id="exactly"),
        pytest.param(66.66666666666667 - 56.66666666666667, 10, None, True, id="two thirds"),
        pytest.param(TEN_BELOW, 10, None, True, id="a little below through floating error"),
        pytest.param(TEN_BELOW, 10, Fraction(1, 10), True, id="the same in steps"),
        pytest.param(3 * (10 / 3), 10, Fraction(10, 3), True, id="three steps of 10/3"),
        pytest.param(9.99, 10, None, False, id="a hundredth below"),
        pytest.param(9.99999, 10, None, False, id="less than rounding, more than floating error"),
        pytest.param(83.33333333333334 - 66.66666666666667, 100 / 6, PAIR, True, id="one of RF2"),
        pytest.param(66.66666666666667 - 50.0, 10, PAIR, True, id="10 acts as one step of RF2"),
        pytest.param(8.333333333333329, 10, QL, False, id="one step of QL2 is too little for 10"),
        pytest.param(16.666666666666657, 10, QL, True, id="two steps of QL2"),
        pytest.param(16.666666666666657, 16.67, QL, False, id="16.67 is more than two steps"),
        pytest.param(10.416666666666664, 10, PF, True, id="between the steps: an item is missing"),
        pytest.param(-20.0, 10, PF, False, id="the other way"),
        pytest.param(float("nan"), 10, PF, False, id="no change to speak of"),
    ],
)
def test_a_change_of_exactly_the_threshold_counts(
    change: float, threshold: float, step: Fraction | None, is_reached: bool
) -> None:
    assert reaches([change], threshold, step).tolist() == [is_reached]


def test_doubles_alone_would_miss_it() -> None:
    assert TEN_BELOW < 10


def test_every_pair_of_scores_one_step_apart_reaches_one_step() -> None:
    scores = [100 * (1 - (total / 2 - 1) / 3) for total in range(2, 9)]
    changes = -np.diff(scores)
    assert (changes >= 100 / 6).sum() < 6
    assert reaches(changes, 100 / 6).sum() == 6
    assert reaches(changes, Fraction(100, 6), PAIR).sum() == 6


def test_whoever_is_missing_is_neither_better_nor_worse_nor_stable() -> None:
    changes = [16.666666666666657, -16.666666666666657, 8.333333333333329, float("nan"), 0.0]
    assert classify(changes, 10, higher_is_better=True, step=QL).tolist() == [
        "improved",
        "worsened",
        "stable",
        "missing",
        "stable",
    ]
    assert classify(changes[:2], 10, higher_is_better=False, step=QL).tolist() == [
        "worsened",
        "improved",
    ]


@pytest.mark.parametrize(
    ("score", "value", "side", "inclusive", "is_found"),
    [
        pytest.param(80.0, 83, Side.BELOW, False, True, id="below 83"),
        pytest.param(86.66666666666667, 83, Side.BELOW, False, False, id="not below 83"),
        pytest.param(44.44444444444444, 39, Side.ABOVE, False, True, id="above 39"),
        pytest.param(50.0, 50, Side.BELOW, False, False, id="50 is not below 50"),
        pytest.param(49.99999999999999, 50, Side.BELOW, False, False, id="nor through rounding"),
        pytest.param(28.000000000000004, 28, Side.BELOW, True, True, id="28 is at most 28"),
        pytest.param(9.999999999999998, 10, Side.ABOVE, True, True, id="10 is at least 10"),
        pytest.param(float("nan"), 10, Side.ABOVE, True, False, id="no score"),
    ],
)
def test_the_value_itself_counts_only_where_the_source_says_so(
    score: float, value: float, side: Side, inclusive: bool, is_found: bool
) -> None:
    assert is_beyond([score], value, side, inclusive=inclusive).tolist() == [is_found]
