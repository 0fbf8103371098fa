"""How much data the main visit will have; expectations computed by hand and with R."""

from __future__ import annotations

import pytest

from qol_app.domain.forecast import VisitCount, forecast, half_width, wilson


def count(visit: str, closed: int, received: int) -> VisitCount:
    return VisitCount(visit=visit, closed=closed, received=received)


def test_the_main_visits_own_rate_is_taken_once_ten_windows_have_closed() -> None:
    counts = [count("baseline", 60, 57), count("m6", 20, 14), count("m12", 0, 0)]
    made = forecast(counts, "m6", enrolled=60, planned=130)
    assert made is not None
    assert (made.basis, made.received, made.awaited) == ("m6", 14, 110)
    assert made.expected == pytest.approx(91.0)  # 14 + 110 * 14 / 20
    assert made.low == pytest.approx(66.913, abs=0.001)  # R: prop.test(14, 20, correct=FALSE)
    assert made.high == pytest.approx(107.9975, abs=0.001)


def test_before_that_it_is_the_last_earlier_visit_with_ten() -> None:
    counts = [count("baseline", 60, 57), count("m3", 12, 9), count("m6", 9, 9)]
    made = forecast(counts, "m6", enrolled=60, planned=None)
    assert made is not None
    assert (made.basis, made.basis_received, made.basis_closed) == ("m3", 9, 12)
    assert made.awaited == 51
    assert made.expected == pytest.approx(47.25)  # 9 + 51 * 0.75


def test_nothing_is_foretold_from_fewer_than_ten() -> None:
    counts = [count("baseline", 9, 9), count("m6", 0, 0)]
    assert forecast(counts, "m6", enrolled=9, planned=130) is None


def test_later_visits_and_a_plan_smaller_than_the_study_change_nothing() -> None:
    counts = [count("m6", 10, 8), count("m12", 10, 1)]
    made = forecast(counts, "m6", enrolled=10, planned=5)
    assert made is not None
    assert (made.awaited, made.expected, made.low, made.high) == (0, 8.0, 8.0, 8.0)


def test_a_visit_without_counts_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no counts of visit m6"):
        forecast([count("baseline", 20, 20)], "m6", enrolled=20, planned=None)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(14, 20, 0.4810, 0.8545, id="14 of 20"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(1, 1, 0.2065, 1.0, id="one of one"),
    ],
)
def test_wilsons_interval(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, trials)


def test_the_half_width_of_a_difference_of_two_equal_groups() -> None:
    # 1.959964 * 25 * sqrt(1/50 + 1/50)
    assert half_width(25, 100) == pytest.approx(9.79982)
