"""What a changed anchor date does to a visit today, and to its neighbours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qol_app.domain.moving import Effect, Move, overlaps
from qol_app.domain.schedule import Window


def window(opens: date, days: int = 14) -> Window:
    closes = opens + timedelta(days=days)
    return Window(opens=opens, target=opens, closes_on_time=closes, closes=closes)


def move(before: date, after: date, *, code: str = "v") -> Move:
    return Move(code=code, before=window(before), after=window(after), is_kept=False)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(date(2026, 5, 1), date(2026, 3, 1), Effect.OPENS, id="brought forward"),
        pytest.param(date(2026, 1, 1), date(2026, 3, 1), Effect.OPENS, id="missed, asked again"),
        pytest.param(date(2026, 3, 1), date(2026, 5, 1), Effect.WAITS, id="put back"),
        pytest.param(date(2026, 3, 1), date(2026, 1, 1), Effect.CLOSES, id="over at once"),
        pytest.param(date(2026, 5, 1), date(2026, 1, 1), Effect.IS_PAST, id="never asked"),
        pytest.param(date(2026, 3, 1), date(2026, 3, 5), None, id="open before and after"),
        pytest.param(date(2026, 1, 1), date(2026, 5, 1), None, id="missed, now to come"),
    ],
)
def test_a_move_says_what_it_means_today(
    before: date, after: date, expected: Effect | None
) -> None:
    assert move(before, after).effect(date(2026, 3, 10)) is expected


def test_the_shift_is_counted_in_days_of_the_target() -> None:
    assert move(date(2028, 2, 28), date(2028, 3, 1)).days == 2
    assert move(date(2026, 3, 1), date(2026, 2, 28)).days == -1


def test_neighbours_that_share_a_day_overlap() -> None:
    first = move(date(2026, 1, 1), date(2026, 1, 1), code="baseline")
    touching = move(date(2026, 2, 1), date(2026, 1, 15), code="m1")
    after = move(date(2026, 3, 1), date(2026, 1, 30), code="m2")
    assert overlaps([first, touching, after]) == [("baseline", "m1")]
