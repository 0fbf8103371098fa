"""Nobody is told that no time is left while a question is."""

from __future__ import annotations

import pytest

from qol_app.domain.durations import minutes_left


@pytest.mark.parametrize(
    ("typical", "ahead", "total", "minutes"),
    [
        pytest.param(6, 56, 56, 6, id="all of it at the start"),
        pytest.param(6, 28, 56, 3, id="half of it half-way"),
        pytest.param(6, 29, 56, 4, id="rounded up"),
        pytest.param(6, 1, 56, 1, id="a minute for the last item"),
        pytest.param(6, 0, 56, 1, id="never nothing"),
        pytest.param(None, 28, 56, None, id="unknown stays unknown"),
        pytest.param(6, 0, 0, None, id="no items"),
    ],
)
def test_the_minutes_left_are_the_share_of_items_ahead(
    typical: int | None, ahead: int, total: int, minutes: int | None
) -> None:
    assert minutes_left(typical, ahead=ahead, total=total) == minutes
