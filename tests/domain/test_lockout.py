"""How long wrong tries shut an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qol_app.domain.lockout import is_locked, lock_after


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [
        (0, None),
        (4, None),
        (5, 15),
        (6, 30),
        (7, 60),
        (11, 960),
        (12, 1440),
        (500, 1440),
    ],
)
def test_the_fifth_failure_shuts_and_each_further_one_doubles_up_to_a_day(
    failures: int, minutes: int | None
) -> None:
    expected = timedelta(minutes=minutes) if minutes else None
    assert lock_after(failures) == expected


def test_an_account_is_open_again_at_the_very_moment() -> None:
    until = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    assert is_locked(until, now=datetime(2026, 3, 2, 10, 14, 59, tzinfo=UTC))
    assert not is_locked(until, now=until)
    assert not is_locked(None, now=until)
