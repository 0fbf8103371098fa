"""From a frame of answers to a frame of scores, one column per scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from questionnaires.model import Item, Questionnaire
from scoring import eq5d, linear, mean_of_scales, sums
from scoring.errors import AnswerOutOfRange, OptionUnknown
from scoring.registry import Numbers, ScaleAnswers, find

MODULES = (eq5d, linear, mean_of_scales, sums)
"""Importing these registers their scoring modules."""


def score(
    questionnaire: Questionnaire,
    answers: pd.DataFrame,
    options: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Score every form.

    Args:
        answers: (n_forms, >= n_items), one column per item id; unanswered is NA. Extra columns
            are ignored.
        options: Scoring options of the study, e.g. ``{"value_set": "China"}``; they apply to
            every scale that has an option of that name.

    Returns:
        (n_forms, n_scales) float64 with one column per scale in the definition's order and the
        index of ``answers``; NaN where the scale's missing rule gives no score.

    Raises:
        KeyError: ``answers`` lacks a column that a scale needs.
        AnswerOutOfRange: a value is not among the item's codes or outside its range.
        OptionUnknown: no scale has an option of that name, or it has no such value.
    """
    given = dict(options or {})
    _refuse_unknown(questionnaire, given)
    numbers = _item_numbers(questionnaire, answers)
    scores: dict[str, Numbers] = {}
    for scale in questionnaire.scales:
        own = {name: value for name, value in given.items() if name in scale.options}
        scale_answers = ScaleAnswers(
            scale=scale,
            items=tuple(questionnaire.item(item) for item in scale.items),
            answers=np.array([numbers[item] for item in scale.items]).T,
            scores=scores,
            options={**scale.options, **own},
        )
        scores[scale.code] = find(scale.module).function(scale_answers)
    return pd.DataFrame(scores, index=answers.index)


def completeness(questionnaire: Questionnaire, answers: pd.DataFrame) -> pd.DataFrame:
    """Count the answered items of every scale: (n_forms, n_scales) integers, index as given.

    Raises as ``score``.
    """
    numbers = _item_numbers(questionnaire, answers)
    counts = {
        scale.code: np.sum([~np.isnan(numbers[item]) for item in scale.items], axis=0)
        for scale in questionnaire.scales
    }
    return pd.DataFrame(counts, index=answers.index)


def expected_items(questionnaire: Questionnaire) -> dict[str, int]:
    """Return the number of items of every scale."""
    return {scale.code: len(scale.items) for scale in questionnaire.scales}


def _refuse_unknown(questionnaire: Questionnaire, options: Mapping[str, Any]) -> None:
    known = {name for scale in questionnaire.scales for name in scale.options}
    unknown = sorted(set(options) - known)
    if unknown:
        raise OptionUnknown(
            f"{questionnaire.id} has no scoring option {', '.join(unknown)}; "
            f"there are {', '.join(sorted(known)) or 'none'}"
        )


def _item_numbers(questionnaire: Questionnaire, answers: pd.DataFrame) -> dict[str, Numbers]:
    used = {item: None for scale in questionnaire.scales for item in scale.items}
    absent = [item for item in used if item not in answers.columns]
    if absent:
        raise KeyError(f"no column for {', '.join(absent)}")
    return {item: _numbers(questionnaire.item(item), answers[item]) for item in used}


def _numbers(item: Item, column: pd.Series[Any]) -> Numbers:
    try:
        values = np.ascontiguousarray(column.to_numpy(dtype="float64", na_value=np.nan))
    except (TypeError, ValueError):
        numeric = pd.to_numeric(column, errors="coerce")
        _refuse(item, column, (numeric.isna() & column.notna()).to_numpy())
        raise
    with np.errstate(invalid="ignore"):
        _refuse(item, column, ~np.isnan(values) & ~_allowed(item, values))
    return values


def _allowed(item: Item, values: Numbers) -> Any:
    if item.codes and _are_consecutive(item.codes):
        return (values >= item.codes[0]) & (values <= item.codes[-1]) & (np.floor(values) == values)
    if item.codes:
        return np.isin(values, item.codes)
    low, high = float(item.low or 0), float(item.high or 0)
    step = 10.0**item.decimals
    whole = np.isclose(values * step, np.round(values * step), rtol=0, atol=1e-9)
    return (values >= low) & (values <= high) & whole


def _are_consecutive(codes: tuple[int, ...]) -> bool:
    return list(codes) == list(range(codes[0], codes[0] + len(codes)))


def _refuse(item: Item, column: pd.Series[Any], bad: Any) -> None:
    if not bad.any():
        return
    place = int(np.argmax(bad))
    allowed = ", ".join(map(str, item.codes)) or f"{item.low:g} to {item.high:g}"
    raise AnswerOutOfRange(
        f"{item.id}, row {column.index[place]}: {column.iloc[place]!r} is not allowed ({allowed})"
    )
