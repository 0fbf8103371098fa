"""PINs of shared tablets."""

from __future__ import annotations

import pytest

from qol_app.domain.errors import InvalidInput
from qol_app.domain.pins import check_pin, digits


@pytest.mark.parametrize(
    ("typed", "pin"),
    [
        pytest.param("274913", "274913", id="six digits"),
        pytest.param(" 274913 ", "274913", id="with spaces around it"),
        pytest.param("２７４９１３", "274913", id="full width"),
        pytest.param("٢٧٤٩١٣", "274913", id="Arabic digits"),
        pytest.param("112113", "112113", id="three kinds of digits"),
        pytest.param("123457", "123457", id="counting, and then not"),
    ],
)
def test_a_good_pin_is_kept_as_plain_digits(typed: str, pin: str) -> None:
    assert check_pin(typed) == pin


@pytest.mark.parametrize(
    "typed", ["", "27491", "1234567890123", "27 49 13", "27a913", "111111", "121212", "112112"]
)
def test_a_short_a_long_a_mixed_and_a_repeated_pin_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_pin(typed)


@pytest.mark.parametrize("typed", ["123456", "654321", "567890", "345678", "098765"])
def test_a_pin_that_counts_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="easy to guess"):
        check_pin(typed)


def test_digits_leave_everything_else_out() -> None:
    assert digits("EX-SHA-００1-68年²") == "00168"
