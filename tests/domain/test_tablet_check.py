"""The check of who holds a shared tablet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qol_app.domain.tablet_check import is_held_by, is_idle

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "typed_digits", "typed_year"),
    [
        pytest.param("EX-SHA-001-68", "168", "1960", id="plain"),
        pytest.param("EX-SHA-001-68", "1-68", "1960", id="with the dash of the number"),
        pytest.param("EX-SHA-001-68", "１６８", "１９６０年", id="full width"),
        pytest.param("LM-S01-0007-19", "719", " 1960 ", id="of another scheme"),
        pytest.param("S1-00000012-05", "205", "1960", id="of eight digits"),
    ],
)
def test_the_participant_passes(number: str, typed_digits: str, typed_year: str) -> None:
    assert is_held_by(number, 1960, typed_digits=typed_digits, typed_year=typed_year)


@pytest.mark.parametrize(
    ("typed_digits", "typed_year"),
    [
        pytest.param("169", "1960", id="another number"),
        pytest.param("168", "1961", id="another year"),
        pytest.param("68", "1960", id="too few digits"),
        pytest.param("0168", "1960", id="too many digits"),
        pytest.param("168", "60", id="half a year"),
        pytest.param("1681960", "", id="all in one field"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_somebody_else_does_not(typed_digits: str, typed_year: str) -> None:
    assert not is_held_by("EX-SHA-001-68", 1960, typed_digits=typed_digits, typed_year=typed_year)


def test_without_a_year_of_birth_the_digits_decide() -> None:
    assert is_held_by("EX-SHA-001-68", None, typed_digits="168", typed_year="")
    assert not is_held_by("EX-SHA-001-68", None, typed_digits="167", typed_year="1960")


def test_after_fifteen_minutes_without_an_answer_a_tablet_is_idle() -> None:
    begun = NOW - timedelta(minutes=40)
    assert not is_idle([begun, NOW - timedelta(minutes=14, seconds=59)], now=NOW)
    assert is_idle([begun, None, NOW - timedelta(minutes=15)], now=NOW)
