"""The reason that is proposed for a missing form follows from what happened."""

from __future__ import annotations

import pytest

from qol_app.domain.missing import MissingReason, propose
from qol_app.domain.postponing import Reason


@pytest.mark.parametrize(
    ("postponed", "offered", "arrived", "opened", "expected"),
    [
        pytest.param(Reason.TOO_ILL, True, True, True, "too_ill", id="put off as too ill"),
        pytest.param(Reason.ANOTHER_TIME, True, True, False, "no_time", id="put off"),
        pytest.param(None, False, False, False, "not_offered", id="nobody offered it"),
        pytest.param(None, True, False, False, "technical", id="no message arrived"),
        pytest.param(None, True, True, False, "forgot", id="arrived and never opened"),
        pytest.param(None, True, True, True, None, id="opened and left"),
        pytest.param(None, True, False, True, None, id="opened from another link"),
    ],
)
def test_what_happened_suggests_a_reason(
    postponed: Reason | None, offered: bool, arrived: bool, opened: bool, expected: str | None
) -> None:
    found = propose(postponed=postponed, offered=offered, arrived=arrived, opened=opened)
    assert found == (MissingReason(expected) if expected else None)
