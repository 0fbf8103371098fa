"""From a frame of answers to a frame of scores, one column per scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from questionnaires.model import Item, Questionnaire, Scale
from scoring import (
    composite_grade,
    eq5d,
    expression,
    facit,
    graded_response,
    linear,
    lookup,
    mean_of_scales,
    recoded_mean,
    sums,
    value_set,
)
from scoring.answers import allowed_text, is_allowed
from scoring.errors import AnswerOutOfRange, ModuleFailed, OptionUnknown
from scoring.registry import BUILT_IN, Module, Numbers, ScaleAnswers, find

MODULES = (
    composite_grade,
    eq5d,
    expression,
    facit,
    graded_response,
    linear,
    lookup,
    mean_of_scales,
    recoded_mean,
    sums,
    value_set,
)
"""Importing these registers their scoring modules."""


def score(
    questionnaire: Questionnaire,
    answers: pd.DataFrame,
    options: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Score every form.

    Args:
        answers: (n_forms, >= n_items), one column per item id; unanswered is NA. Extra columns
            are ignored. An item's missing codes count as unanswered.
        options: Scoring options of the study, e.g. ``{"value_set": "China"}``; they apply to
            every scale that has an option of that name.

    Returns:
        (n_forms, n_scales) float64 with one column per scale in the definition's order and the
        index of ``answers``; NaN where the scale's missing rule gives no score.

    Raises:
        KeyError: ``answers`` lacks a column that a scale needs.
        ValueError: ``answers`` has two columns for one item.
        AnswerOutOfRange: a value is not among the item's codes or outside its range.
        OptionUnknown: no scale has an option of that name, or it has no such value.
        ModuleUnknown: a scale names a scoring module that there is not.
        ModuleFailed: a plug-in broke down, or did not return one number per form.
    """
    result = np.empty((len(questionnaire.scales), len(answers)))
    each = each_scale(questionnaire, answers, options)
    for column, (_, scores) in zip(result, each, strict=True):
        column[:] = scores
    codes = [scale.code for scale in questionnaire.scales]
    return pd.DataFrame(result.T, index=answers.index, columns=codes, copy=False)


def each_scale(
    questionnaire: Questionnaire, answers: pd.DataFrame, options: Mapping[str, Any] | None = None
) -> Iterator[tuple[ScaleAnswers, Numbers]]:
    """Yield what each scale's module saw, and the scores that it gave, in the definition's order.

    Arguments and errors as ``score``.
    """
    given = dict(options or {})
    _refuse_unknown(questionnaire, given)
    items = {item.id: item for item in questionnaire.items}
    block = _Block(questionnaire, items, answers)
    scores: dict[str, Numbers] = {}
    for scale in questionnaire.scales:
        own = {name: value for name, value in given.items() if name in scale.options}
        scale_answers = ScaleAnswers(
            scale=scale,
            items=tuple(items[item] for item in scale.items),
            answers=block.rows(scale).T,
            scores=scores,
            options={**scale.options, **own},
            form=block.by_item,
        )
        scores[scale.code] = _read_only(_run(find(scale.module), scale_answers))
        yield scale_answers, scores[scale.code]


def _run(module: Module, given: ScaleAnswers) -> Numbers:
    """Return a module's scores; a plug-in that breaks down fails in a way callers expect."""
    if module.origin == BUILT_IN:
        return module.function(given)
    named = f"{given.scale.code}: scoring module {module.id} {module.version} ({module.origin})"
    try:
        scores = np.asarray(module.function(given), dtype="float64")
    except (AnswerOutOfRange, OptionUnknown):
        raise
    except Exception as error:  # a plug-in may raise anything
        raise ModuleFailed(f"{named} failed: {type(error).__name__}: {error}") from error
    if scores.shape != (len(given.answers),):
        raise ModuleFailed(f"{named} gave shape {scores.shape} for {len(given.answers)} forms")
    return scores


def completeness(questionnaire: Questionnaire, answers: pd.DataFrame) -> pd.DataFrame:
    """Count the answered items of every scale: (n_forms, n_scales) integers, index as given.

    Raises as ``score``.
    """
    block = _Block(questionnaire, {item.id: item for item in questionnaire.items}, answers)
    counts = {
        scale.code: np.count_nonzero(~np.isnan(block.rows(scale)), axis=0)
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


class _Block:
    """The answers to all scored items: one row per item, in the questionnaire's order.

    A scale whose items are neighbours sees its part of the block; others get a copy of theirs.
    """

    def __init__(
        self, questionnaire: Questionnaire, items: Mapping[str, Item], answers: pd.DataFrame
    ) -> None:
        scored = {item for scale in questionnaire.scales for item in scale.items}
        used = [item for item in items if item in scored]
        _refuse_columns(used, answers)
        self._places = {item: place for place, item in enumerate(used)}
        self._block = np.empty((len(used), len(answers)))
        for item, place in self._places.items():
            self._block[place] = _numbers(items[item], answers[item])
        self._block.flags.writeable = False
        self.by_item = {item: self._block[place] for item, place in self._places.items()}

    def rows(self, scale: Scale) -> Numbers:
        """Return (n_items, n_forms) of one scale."""
        places = [self._places[item] for item in scale.items]
        first, end = places[0], places[0] + len(places)
        if places == list(range(first, end)):
            return self._block[first:end]
        return _read_only(self._block[places])


def _refuse_columns(used: Iterable[str], answers: pd.DataFrame) -> None:
    columns = Counter(answers.columns)
    absent = [item for item in used if not columns[item]]
    if absent:
        raise KeyError(f"no column for {', '.join(absent)}")
    twice = [item for item in used if columns[item] > 1]
    if twice:
        raise ValueError(f"more than one column for {', '.join(twice)}")


def _numbers(item: Item, column: pd.Series[Any]) -> Numbers:
    """Return the answers as float64 with NaN for unanswered; refuse any that is not allowed."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        values = column.to_numpy(dtype="float64")
        unanswered = np.isnan(values)
    else:
        values = _converted(column)
        unanswered = column.isna().to_numpy()
    bad = ~(is_allowed(item, values) | unanswered)
    if bad.any():
        values, bad = _meant(item, values, bad)
    _refuse(item, column, bad)
    return values


def _meant(item: Item, values: Numbers, bad: Any) -> tuple[Numbers, Any]:
    """Replace the codes that stand for another answer or for none."""
    for code, answer in (*item.read_as, *((code, np.nan) for code in item.missing_codes)):
        is_code = values == code
        values, bad = np.where(is_code, answer, values), bad & ~is_code
    return values, bad


def _converted(column: pd.Series[Any]) -> Numbers:
    try:
        return column.to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError):
        texts = column.astype("object").map(str, na_action="ignore")
        numbers = pd.to_numeric(texts, errors="coerce")
        return numbers.to_numpy(dtype="float64", na_value=np.nan)


def _read_only(values: Numbers) -> Numbers:
    """Return a view that cannot be changed, so that no module changes what another sees."""
    view = values.view()
    view.flags.writeable = False
    return view


def _refuse(item: Item, column: pd.Series[Any], bad: Any) -> None:
    if not bad.any():
        return
    place = int(np.argmax(bad))
    raise AnswerOutOfRange(
        f"{item.id}, row {column.index[place]}: {column.iloc[place]!r} is not allowed "
        f"({allowed_text(item)})"
    )
