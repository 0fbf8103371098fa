"""CDC HRQOL-4: unhealthy days are the sum of both counts, but never more than 30."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import load
from scoring import score_file
from tests.validation.forms import assert_refused, assert_score, one_form

FORM = load("cdc-hrqol-4", "1.0")


@pytest.mark.parametrize(
    ("physical", "mental", "unhealthy", "healthy"),
    [
        pytest.param(0, 0, 0, 30, id="none"),
        pytest.param(4, 2, 6, 24, id="a plain sum"),
        pytest.param(10, 20, 30, 0, id="just 30"),
        pytest.param(11, 20, 30, 0, id="31 counts 30"),
        pytest.param(30, 30, 30, 0, id="60 counts 30"),
        pytest.param(30, None, None, None, id="30 and unanswered, also if no more could count"),
        pytest.param(None, 5, None, None, id="physical health unanswered"),
        pytest.param(None, None, None, None, id="no answers"),
    ],
)
def test_days_worked_by_hand(
    physical: float | None, mental: float | None, unhealthy: float | None, healthy: float | None
) -> None:
    scores = one_form(FORM, {"PHYSHLTH": physical, "MENTHLTH": mental})
    assert_score(scores["unhealthy_days"], unhealthy)
    assert_score(scores["healthy_days"], healthy)


def test_the_other_items_are_not_needed_and_change_nothing() -> None:
    scores = one_form(FORM, {"PHYSHLTH": 3, "MENTHLTH": 4, "POORHLTH": 30, "GENHLTH": 5})
    assert_score(scores["unhealthy_days"], 7)


@pytest.mark.parametrize("value", [-1, 31, 1.5, 78, 87, 98])
def test_a_value_that_is_no_number_of_days_is_refused(value: float) -> None:
    assert_refused(FORM, "PHYSHLTH", value)
    assert_refused(FORM, "MENTHLTH", value)


def test_the_codes_of_the_telephone_survey_are_understood(tmp_path: Path) -> None:
    """88 is no day at all; 77 and 99 are no answer. In frames and in files alike."""
    rows = [(88, 3, 3), (5, 88, 5), (77, 2, None), (1, 99, None)]
    for physical, mental, unhealthy in rows:
        scores = one_form(FORM, {"PHYSHLTH": physical, "MENTHLTH": mental})
        assert_score(scores["unhealthy_days"], unhealthy)
    lines = [f"{physical},{mental}" for physical, mental, _ in rows]
    (tmp_path / "in.csv").write_text("\n".join(["PHYSHLTH,MENTHLTH", *lines]), encoding="utf-8")
    score_file(FORM, tmp_path / "in.csv", tmp_path / "out.csv", bom=False)
    written = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert written[1:] == ["88,3,3.0,27.0", "5,88,5.0,25.0", "77,2,,", "1,99,,"]
