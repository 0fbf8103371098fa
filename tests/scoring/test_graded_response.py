"""Scores by the graded response model, against slow arithmetic that is written out here."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from questionnaires.model import Questionnaire
from scoring import OptionUnknown, ScaleInvalid
from tests.scoring.one_scale import item, questionnaire, scale, scores

PARAMETERS = {
    "a": {"a": 2.3, "b": [-2.1, -0.9, 0.3, 1.5]},
    "b": {"a": 1.7, "b": [-3.9, -1.8, -0.7, 1.0]},
    "c": {"a": 4.0, "b": [-0.5]},
}
ITEMS = [item("a", 1, 2, 3, 4, 5), item("b", 5, 4, 3, 2, 1), item("c", low=0, high=1)]
AS_IS = {"slope": 1, "intercept": 0}


def form(parameters: dict[str, Any] = PARAMETERS, **options: Any) -> Questionnaire:
    """The three items with the scales T and SE, in units of theta unless told otherwise."""
    given = {"parameters": parameters, **AS_IS, **options}
    ids = ["a", "b", "c"]
    return questionnaire(
        ITEMS,
        scale("T", "graded_response", ids, **given),
        scale("SE", "graded_response", ids, **given, output="se"),
    )


def at_or_above(a: float, b: float, theta: float) -> float:
    return 1 / (1 + math.exp(-a * (theta - b)))


def posterior(answers: tuple[float | None, ...], theta: float) -> float:
    """The posterior at theta up to a constant, straight from the definition of the model."""
    density = math.exp(-theta * theta / 2)
    for answer, lowest, (a, b) in zip(
        answers, (1, 1, 0), [(p["a"], p["b"]) for p in PARAMETERS.values()], strict=True
    ):
        if answer is not None:
            steps = [1.0, *(at_or_above(a, one, theta) for one in b), 0.0]
            category = int(answer) - lowest
            density *= steps[category] - steps[category + 1]
    return density


PATTERNS = list(
    itertools.product([1.0, 2.0, 3.0, 4.0, 5.0, None], [1.0, 3.0, 5.0, None], [0.0, 1.0, None])
)[:-1]
"""Patterns of all kinds; the last, without any answer, is left out."""


def test_eap_is_the_mean_and_standard_deviation_of_the_posterior() -> None:
    thetas = [number / 100 for number in range(-700, 701)]
    ours = scores(form(), PATTERNS)
    for row, answers in enumerate(PATTERNS):
        weights = [posterior(answers, theta) for theta in thetas]
        mean = sum(w * t for w, t in zip(weights, thetas, strict=True)) / sum(weights)
        square = sum(w * (t - mean) ** 2 for w, t in zip(weights, thetas, strict=True))
        assert ours["T"][row] == pytest.approx(mean, abs=1e-6), answers
        assert ours["SE"][row] == pytest.approx(math.sqrt(square / sum(weights)), abs=1e-6), answers


def test_map_is_where_the_posterior_is_highest() -> None:
    ours = scores(form(estimate="map"), PATTERNS)
    grid = [number / 1000 for number in range(-4000, 4001)]
    for row, answers in enumerate(PATTERNS[::3]):
        best = max(grid, key=lambda theta: posterior(answers, theta))
        assert ours["T"][3 * row] == pytest.approx(best, abs=0.00051), answers


def test_the_standard_error_of_map_is_the_posteriors_curvature_at_the_maximum() -> None:
    ours = scores(form(estimate="map"), PATTERNS)
    for row, answers in enumerate(PATTERNS):
        theta, h = float(ours["T"][row]), 1e-3
        below, here, above = (
            math.log(posterior(answers, place)) for place in (theta - h, theta, theta + h)
        )
        curvature = -(above - 2 * here + below) / h**2
        assert ours["SE"][row] == pytest.approx(1 / math.sqrt(curvature), rel=1e-4), answers


# One yes-or-no item with a = 2, b = 0. Yes and no mirror each other, and together they make the
# prior: its variance 1 is the posterior's variance plus the square of the posterior's mean.
ONE = questionnaire(
    [item("x", 0, 1)],
    scale("T", "graded_response", ["x"], parameters={"x": {"a": 2, "b": [0]}}),
    scale("SE", "graded_response", ["x"], parameters={"x": {"a": 2, "b": [0]}}, output="se"),
    scale("MAP", "graded_response", ["x"], parameters={"x": {"a": 2, "b": [0]}}, estimate="map"),
)


def test_a_single_item_worked_by_hand() -> None:
    no, yes = scores(ONE, [[0], [1]]).to_numpy()
    assert no[0] + yes[0] == pytest.approx(100, abs=1e-9)
    assert ((yes[0] - 50) / 10) ** 2 + (yes[1] / 10) ** 2 == pytest.approx(1, abs=1e-9)
    # The maximum solves theta = 2 / (1 + exp(2 theta)): at 0.6019, 2 / 4.3327 = 0.4616 < 0.6019;
    # at 0.5218, 2 / 3.8393 = 0.5209; at 0.5213, 2 / 3.8366 = 0.5213.
    assert yes[2] == pytest.approx(55.213, abs=0.001)
    assert no[2] == pytest.approx(44.787, abs=0.001)


def test_slope_and_intercept_make_the_unit() -> None:
    plain = scores(form(), [[2, 3, 1]])
    scaled = scores(form(slope=10.2, intercept=49), [[2, 3, 1]])
    assert scaled["T"][0] == pytest.approx(49 + 10.2 * plain["T"][0])
    assert scaled["SE"][0] == pytest.approx(10.2 * plain["SE"][0])


def test_the_prior_moves_the_score() -> None:
    """A wide prior centred on 3 moves a score up; a very narrow one pins it to its own mean."""
    usual = scores(form(), [[2, 3, 1]])["T"][0]
    assert scores(form(prior={"mean": 3, "sd": 1}), [[2, 3, 1]])["T"][0] > usual
    for estimate in ("eap", "map"):
        narrow = scores(form(prior={"mean": 3, "sd": 0.001}, estimate=estimate), [[2, 3, 1]])
        assert narrow["T"][0] == pytest.approx(3, abs=1e-4)
        assert narrow["SE"][0] == pytest.approx(0.001, abs=1e-6)


@pytest.mark.parametrize("estimate", ["eap", "map"])
def test_a_higher_answer_never_lowers_a_score(estimate: str) -> None:
    ours = scores(form(estimate=estimate), [[a, 3, 1] for a in range(1, 6)])["T"]
    assert ours.is_monotonic_increasing
    assert ours.is_unique


@pytest.mark.parametrize("estimate", ["eap", "map"])
def test_any_answer_makes_a_score_surer_than_the_prior(estimate: str) -> None:
    ours = scores(form(estimate=estimate), PATTERNS)
    assert ours["SE"].between(0.2, 0.99).all()
    assert ours["T"].between(-3, 3).all()


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        pytest.param(0, [True, True, False], id="none is never enough"),
        pytest.param(1, [True, True, False], id="one is enough"),
        pytest.param(2, [True, False, False], id="one is too few where two are asked for"),
    ],
)
def test_a_form_with_too_few_answers_has_no_score(least: int, expected: list[bool]) -> None:
    rows = [[1, 2, None], [1, None, None], [None, None, None]]
    ours = scores(form(min_answered=least), rows)
    assert ours["T"].notna().tolist() == expected
    assert ours["SE"].notna().tolist() == expected


def test_a_complete_form_takes_the_table_and_an_incomplete_one_its_pattern() -> None:
    table = list(range(100, 110))  # raw sums from 1 + 1 + 0 to 5 + 5 + 1
    ours = scores(form(table=table), [[1, 1, 0], [5, 5, 1], [3, 3, 1], [3, 3, None]])["T"]
    assert ours[:3].tolist() == [100, 109, 105]
    assert ours[3] == scores(form(), [[3, 3, None]])["T"][0]


def test_a_recoded_item_is_scored_by_its_value() -> None:
    turned = {"a": {str(answer): 6 - answer for answer in range(1, 6)}}
    ours = scores(form(recode=turned), [[1, 3, 1], [4, 3, None]])
    plain = scores(form(), [[5, 3, 1], [2, 3, None]])
    assert ours.to_numpy() == pytest.approx(plain.to_numpy())


def test_extreme_parameters_give_numbers() -> None:
    steep = {**PARAMETERS, "a": {"a": 60, "b": [-4, -3.99, 3.99, 4]}}
    for estimate in ("eap", "map"):
        ours = scores(form(steep, estimate=estimate), [[1, 5, 1], [5, 1, 0], [2, 5, 1]])
        assert np.isfinite(ours.to_numpy()).all()
        assert ours["T"].between(-5, 5).all()


def test_no_forms_and_no_incomplete_forms_are_scored_without_a_fuss() -> None:
    assert scores(form(), []).shape == (0, 2)
    assert scores(form(table=list(range(10))), [[1, 1, 0]])["T"].tolist() == [0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"a": PARAMETERS["a"]}, "T.parameters: not the items of", id="items lacking"),
        pytest.param(
            {**PARAMETERS, "c": {"a": 1, "b": [0, 1]}},
            r"T.parameters.c: 2 thresholds need 3 values in steps of one, but the values are 0, 1",
            id="a threshold too many",
        ),
        pytest.param(
            {**PARAMETERS, "a": {"a": 1, "b": [0, 1, 1, 2]}}, "b must rise", id="equal thresholds"
        ),
        pytest.param({**PARAMETERS, "c": {"a": 0, "b": [0]}}, "a must be above 0", id="no slope"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ScaleInvalid, match=message):
        scores(form(parameters), [[1, 1, 1]])


def test_a_study_may_choose_the_estimate_and_a_wrong_choice_is_named() -> None:
    chosen = form(estimate="eap")
    of_study = scores(chosen, [[2, 3, 1]], estimate="map")["T"][0]
    assert of_study == scores(form(estimate="map"), [[2, 3, 1]])["T"][0]
    with pytest.raises(OptionUnknown, match="estimate: there is no ml; there are eap, map"):
        scores(chosen, [[2, 3, 1]], estimate="ml")
