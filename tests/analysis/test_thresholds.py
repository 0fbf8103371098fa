"""What a threshold acts as on each QLQ-C30 scale: every cell of the published step table."""

from fractions import Fraction

import pytest

from qol_app.analysis.thresholds import effective_threshold, steps


@pytest.mark.parametrize(
    ("n_items", "item_range", "threshold", "acts_as"),
    [
        pytest.param(2, 6, 5, Fraction(100, 12), id="QL 5"),
        pytest.param(2, 6, 10, Fraction(200, 12), id="QL 10"),
        pytest.param(2, 6, 15, Fraction(200, 12), id="QL 15"),
        pytest.param(2, 6, 20, Fraction(25), id="QL 20"),
        pytest.param(5, 3, 5, Fraction(20, 3), id="PF 5"),
        pytest.param(5, 3, 10, Fraction(40, 3), id="PF 10"),
        pytest.param(5, 3, 15, Fraction(20), id="PF 15"),
        pytest.param(5, 3, 20, Fraction(20), id="PF 20"),
        pytest.param(2, 3, 5, Fraction(50, 3), id="pairs 5"),
        pytest.param(2, 3, 10, Fraction(50, 3), id="pairs 10"),
        pytest.param(2, 3, 15, Fraction(50, 3), id="pairs 15"),
        pytest.param(2, 3, 20, Fraction(100, 3), id="pairs 20"),
        pytest.param(4, 3, 5, Fraction(25, 3), id="EF 5"),
        pytest.param(4, 3, 10, Fraction(50, 3), id="EF 10"),
        pytest.param(4, 3, 15, Fraction(50, 3), id="EF 15"),
        pytest.param(4, 3, 20, Fraction(25), id="EF 20"),
        pytest.param(3, 3, 5, Fraction(100, 9), id="FA 5"),
        pytest.param(3, 3, 10, Fraction(100, 9), id="FA 10"),
        pytest.param(3, 3, 15, Fraction(200, 9), id="FA 15"),
        pytest.param(3, 3, 20, Fraction(200, 9), id="FA 20"),
        pytest.param(1, 3, 5, Fraction(100, 3), id="single items 5"),
        pytest.param(1, 3, 20, Fraction(100, 3), id="single items 20"),
    ],
)
def test_a_threshold_acts_as_the_next_whole_step(
    n_items: int, item_range: int, threshold: float, acts_as: Fraction
) -> None:
    assert effective_threshold(threshold, steps(n_items, item_range)) == acts_as


def test_a_scale_without_items_has_no_step() -> None:
    with pytest.raises(ValueError, match="at least one item"):
        steps(0, 3)
