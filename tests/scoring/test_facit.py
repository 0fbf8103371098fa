"""Prorated sums and their totals, worked by hand at the edges of their missing rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from questionnaires import from_document
from scoring import AnswerOutOfRange, score

SIX = ["a", "b", "c", "d", "e", "f"]


def scale(code: str, items: Sequence[str], module: str, **options: Any) -> dict[str, Any]:
    return {
        "code": code,
        "items": list(items),
        "module": module,
        "direction": "better",
        "low": 0,
        "high": 100,
        "options": options,
    }


def scored(scales: Sequence[dict[str, Any]], *rows: Sequence[float | None]) -> pd.DataFrame:
    """The scores of forms whose answers to the items a to f are given in order."""
    item = {
        "type": "one_of",
        "codes": [0, 1, 2, 3, 4],
        "missing_codes": [8, 9],
        "exclusive": [],
    }
    form = from_document(
        {
            "id": "a-test",
            "version": "1.0",
            "items": [{"id": one, **item} for one in SIX],
            "pages": [],
            "skips": [],
            "scales": list(scales),
            "languages": [],
            "licence": "own",
            "sources": [],
            "confirmed": True,
            "cdisc_category": None,
        }
    )
    return score(form, pd.DataFrame(list(rows), columns=SIX, dtype="float64"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([4, 3, 2, 1, 0, 4], 14, id="all answered is the plain sum"),
        pytest.param([0] * 6, 0, id="lowest"),
        pytest.param([4] * 6, 24, id="highest"),
        pytest.param([4, 3, 2, 1, None, None], 15, id="10 from four of six counts as 15"),
        pytest.param([4, 4, 3, 1, 0, None], 14.4, id="12 from five of six counts as 14.4"),
        pytest.param([4, 4, 4, None, None, None], None, id="exactly half is too few"),
        pytest.param([None] * 6, None, id="nothing answered"),
        pytest.param([4, 3, 2, 1, 8, 9], 15, id="missing codes are unanswered"),
    ],
)
def test_a_sum_is_prorated_when_more_than_half_is_answered(
    answers: list[float | None], expected: float | None
) -> None:
    result = scored([scale("S", SIX, "prorated_sum")], answers)["S"].iloc[0]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([0, 0, 0, 4, 4, 4], 24, id="best"),
        pytest.param([4, 4, 4, 0, 0, 0], 0, id="worst"),
        pytest.param([1, 0, 2, 3, 1, 0], 13, id="3 + 4 + 2 and 3 + 1 + 0"),
        pytest.param([1, None, 2, 3, 1, None], 13.5, id="3 + 2 and 3 + 1, nine from four of six"),
    ],
)
def test_reversed_items_are_turned_before_they_are_added(
    answers: list[float | None], expected: float
) -> None:
    scales = [scale("S", SIX, "prorated_sum", reversed=["a", "b", "c"])]
    assert scored(scales, answers)["S"].iloc[0] == pytest.approx(expected, abs=1e-12)


def test_half_of_an_odd_number_of_items_is_not_more_than_half() -> None:
    scales = [scale("S", SIX[:5], "prorated_sum")]
    scores = scored(scales, [1, 2, 4, None, None, 4], [1, 2, None, None, None, 4])["S"]
    assert scores.iloc[0] == pytest.approx(35 / 3, abs=1e-12)
    assert pd.isna(scores.iloc[1])


def test_the_number_needed_can_be_set() -> None:
    scales = [scale("S", SIX, "prorated_sum", min_answered=2)]
    scores = scored(scales, [1, 2, None, None, None, None], [1, None, None, None, None, None])["S"]
    assert scores.iloc[0] == 9
    assert pd.isna(scores.iloc[1])


def test_a_sum_can_be_prorated_to_more_items_than_there_are() -> None:
    scales = [scale("S", SIX, "prorated_sum", prorated_to=7)]
    scores = scored(scales, [4, 4, 4, 4, 4, 4], [2, 2, 2, 4, None, None])["S"]
    assert scores.tolist() == [28, 17.5]


def test_a_total_needs_every_part_and_enough_items() -> None:
    parts = [scale("P", SIX[:3], "prorated_sum"), scale("Q", SIX[3:], "prorated_sum")]
    scales = [
        *parts,
        scale("TOTAL", SIX, "sum_of_scales", of=["P", "Q"], min_answered=5),
        scale("TOI", SIX, "sum_of_scales", of=["P", "Q"]),
    ]
    scores = scored(
        scales,
        [1, 2, 3, 4, 4, 4],
        [1, 2, None, 4, 4, 4],
        [1, 2, None, 4, 4, None],
        [1, None, None, 4, 4, 4],
        [None] * 6,
    )
    assert scores["TOTAL"].iloc[:2].tolist() == [18, 16.5]
    assert scores["TOTAL"].iloc[2:].isna().all()
    assert scores["TOI"].iloc[:3].tolist() == [18, 16.5, 16.5]
    assert scores["TOI"].iloc[3:].isna().all()


@pytest.mark.parametrize("bad", [5, 7, -1, 2.5])
def test_an_answer_that_is_neither_code_nor_missing_code_is_refused(bad: float) -> None:
    with pytest.raises(AnswerOutOfRange, match="b, row 0"):
        scored([scale("S", SIX, "prorated_sum")], [1, bad, 1, 1, 1, 1])
