"""NCCN Distress Thermometer: one number, reported as it is."""

from __future__ import annotations

import pytest

from questionnaires import load
from tests.validation.forms import assert_refused, assert_score, one_form

FORM = load("nccn-distress-thermometer", "1.0")


@pytest.mark.parametrize("answer", [0, 4, 10, None])
def test_the_answer_is_the_score(answer: float | None) -> None:
    assert_score(one_form(FORM, {"q1": answer})["distress"], answer)


@pytest.mark.parametrize("value", [-1, 11, 3.5])
def test_a_value_that_is_no_answer_is_refused(value: float) -> None:
    assert_refused(FORM, "q1", value)


def test_its_score_is_marked_as_unconfirmed() -> None:
    assert not FORM.confirmed
