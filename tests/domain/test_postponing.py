"""Until when a visit may be put off: only to days of its window."""

from __future__ import annotations

from datetime import date

import pytest

from qol_app.domain.postponing import Delay, days
from qol_app.domain.schedule import Window

WINDOW = Window(
    opens=date(2026, 3, 1),
    target=date(2026, 3, 8),
    closes_on_time=date(2026, 3, 15),
    closes=date(2026, 3, 22),
)


@pytest.mark.parametrize(
    ("today", "offered"),
    [
        pytest.param(date(2026, 3, 2), ["tomorrow", "in_3_days", "in_a_week"], id="in good time"),
        pytest.param(
            date(2026, 3, 15), ["tomorrow", "in_3_days", "in_a_week"], id="days of grace count"
        ),
        pytest.param(date(2026, 3, 16), ["tomorrow", "in_3_days"], id="a week is too long"),
        pytest.param(date(2026, 3, 21), ["tomorrow"], id="one day is left"),
        pytest.param(date(2026, 3, 22), [], id="on the last day"),
        pytest.param(date(2026, 3, 23), [], id="after it"),
    ],
)
def test_only_days_inside_the_window_are_offered(today: date, offered: list[str]) -> None:
    assert list(days(WINDOW, today)) == offered


def test_the_days_are_counted_from_today() -> None:
    assert days(WINDOW, date(2026, 3, 2)) == {
        Delay.TOMORROW: date(2026, 3, 3),
        Delay.IN_3_DAYS: date(2026, 3, 5),
        Delay.IN_A_WEEK: date(2026, 3, 9),
    }
