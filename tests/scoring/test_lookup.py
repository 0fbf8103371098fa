"""Tables by raw sum: worked by hand, whole forms only, and tables that do not fit refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from questionnaires.model import Questionnaire
from scoring import AnswerOutOfRange, ScaleInvalid
from tests.scoring.one_scale import item, questionnaire, scale, scores

# a and b are worth 1 to 3, c is turned: sums go from 3 to 9.
TABLE = [20.5, 30, 40, 50, 60, 70, 80.5]
TURNED = {"c": {"0": 3, "1": 2, "2": 1}}


def three_items(**options: Any) -> Questionnaire:
    items = [item("a", 1, 2, 3), item("b", 3, 2, 1), item("c", low=0, high=2)]
    return questionnaire(items, scale("T", "lookup", ["a", "b", "c"], **options))


FORM = three_items(table=TABLE, recode=TURNED)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([1, 1, 2], 20.5, id="the lowest sum, 1 + 1 + 1"),
        pytest.param([3, 3, 0], 80.5, id="the highest sum, 3 + 3 + 3"),
        pytest.param([2, 1, 0], 50.0, id="2 + 1 + 3 is the fourth sum"),
        pytest.param([1, 3, 1], 50.0, id="1 + 3 + 2 is the same sum"),
        pytest.param([3, 3, None], np.nan, id="one unanswered is one too many"),
        pytest.param([None, None, None], np.nan, id="no answers"),
    ],
)
def test_the_score_stands_in_the_table_at_the_sum(
    answers: list[float | None], expected: float
) -> None:
    assert scores(FORM, [answers])["T"].tolist() == pytest.approx([expected], nan_ok=True)


def test_without_recoding_the_lowest_sum_is_that_of_the_items_own_codes() -> None:
    assert scores(three_items(table=TABLE), [[1, 1, 0], [3, 3, 2]])["T"].tolist() == [20.5, 80.5]


def test_an_answer_that_only_the_recoding_knows_is_refused() -> None:
    with pytest.raises(AnswerOutOfRange, match="c, row 0"):
        scores(FORM, [[1, 1, 3]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"table": TABLE[:-1], "recode": TURNED},
            r"T.table: raw sums go from 3 to 9 in whole steps, but the table has 6 entries",
            id="a table too short",
        ),
        pytest.param(
            {"table": TABLE, "recode": {"c": {"0": 3, "1": 2.5, "2": 1}}},
            r"in whole steps",
            id="half points",
        ),
        pytest.param(
            {"table": TABLE, "recode": {"d": {"1": 1}}},
            r"T.recode.d: d is not an item of the scale",
            id="an item of no scale",
        ),
        pytest.param(
            {"table": TABLE, "recode": {"c": {"0": 3, "1": 2}}},
            r"T.recode: c allows 0, 1, 2, but the table has 0, 1",
            id="an answer without a value",
        ),
        pytest.param(
            {"table": TABLE, "recode": {**TURNED, "ends": {"items": ["c"], "0": 1}}},
            r"T.recode.ends: c .* stands twice",
            id="an item recoded twice",
        ),
        pytest.param(
            {"table": TABLE, "recode": {"c": {"0": "3", "1": 2, "2": 1}}},
            r"T.recode: c has a value that is no number",
            id="a text for a value",
        ),
    ],
)
def test_options_that_do_not_fit_the_items_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScaleInvalid, match=message):
        scores(three_items(**options), [[1, 1, 1]])
