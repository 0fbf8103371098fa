"""Why one form's score is what it is, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from questionnaires.model import Questionnaire, Scale
from scoring.engine import each_scale
from scoring.reasons import Reasons, item_parts, number
from scoring.registry import Module, Numbers, ScaleAnswers, find

TOLERANCE = 1e-9


class Flag(StrEnum):
    """What must be said beside a score."""

    PRORATED = "prorated"
    """Made from fewer than all items, as the scale's rule allows."""
    OUT_OF_RANGE = "out_of_range"
    """Outside the range that the definition states."""
    UNCONFIRMED = "unconfirmed"
    """The instrument's scoring rests on one source only."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """Scores with what they rest on; all frames are (n_forms, n_scales), indexed alike."""

    scores: pd.DataFrame
    answered: pd.DataFrame
    """How many of the scale's items are answered."""
    imputed: pd.DataFrame
    """How many unanswered items the scale's rule filled in; 0 where there is no score."""
    flags: pd.DataFrame
    """Tuples of ``Flag``."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One score of one form with the reasons for it."""

    scale: Scale
    score: float | None
    module: Module
    answered: int
    expected: int
    imputed: int
    flags: tuple[Flag, ...]
    options: Mapping[str, Any]
    """The scoring options that applied, e.g. the value set."""
    reasons: Reasons


def details(
    questionnaire: Questionnaire, answers: pd.DataFrame, options: Mapping[str, Any] | None = None
) -> Details:
    """Score every form and say what each score rests on. Arguments and errors as ``score``."""
    columns: dict[str, dict[str, Any]] = {"scores": {}, "answered": {}, "imputed": {}, "flags": {}}
    for given, scores in each_scale(questionnaire, answers, options):
        code = given.scale.code
        answered, imputed = _counts(given, scores)
        columns["scores"][code] = scores
        columns["answered"][code] = answered
        columns["imputed"][code] = imputed
        columns["flags"][code] = _flags(questionnaire, given.scale, scores, imputed)
    return Details(**{name: pd.DataFrame(by, index=answers.index) for name, by in columns.items()})


def explain(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    code: str,
    options: Mapping[str, Any] | None = None,
) -> Explanation:
    """Return one scale's score of one form with the reasons for it.

    Args:
        questionnaire: The form that was answered.
        answers: Item id to its answer; an item that is not there is unanswered.
        code: The scale.
        options: Scoring options, as for ``score``.

    Raises:
        KeyError: the questionnaire has no such scale.
        AnswerOutOfRange, OptionUnknown: as ``score``.
    """
    questionnaire.scale(code)
    row = pd.DataFrame([{item.id: answers.get(item.id) for item in questionnaire.items}])
    for given, scores in each_scale(questionnaire, row, options):
        if given.scale.code == code:
            return _explained(questionnaire, given, scores)
    raise KeyError(code)


def _explained(questionnaire: Questionnaire, given: ScaleAnswers, scores: Numbers) -> Explanation:
    module = find(given.scale.module)
    answered, imputed = _counts(given, scores)
    return Explanation(
        scale=given.scale,
        score=number(scores[0]),
        module=module,
        answered=int(answered[0]),
        expected=len(given.items),
        imputed=int(imputed[0]),
        flags=_flags(questionnaire, given.scale, scores, imputed)[0],
        options=given.options,
        reasons=_reasons(module, given),
    )


def _reasons(module: Module, given: ScaleAnswers) -> Reasons:
    if module.explain is not None:
        return module.explain(given)
    answers = given.answers[0]
    return Reasons(parts=item_parts(given.scale.items, answers, answers), steps=())


def _counts(given: ScaleAnswers, scores: Numbers) -> tuple[Any, Any]:
    answered = np.count_nonzero(~np.isnan(given.answers), axis=1)
    fills = find(given.scale.module).imputes & ~np.isnan(scores)
    return answered, np.where(fills, len(given.items) - answered, 0)


def _flags(
    questionnaire: Questionnaire, scale: Scale, scores: Numbers, imputed: Any
) -> list[tuple[Flag, ...]]:
    outside = (scores < scale.low - TOLERANCE) | (scores > scale.high + TOLERANCE)
    is_unconfirmed = ~np.isnan(scores) & (not questionnaire.confirmed)
    raised = {
        Flag.PRORATED: imputed > 0,
        Flag.OUT_OF_RANGE: outside,
        Flag.UNCONFIRMED: is_unconfirmed,
    }
    return [
        tuple(flag for flag, rows in raised.items() if rows[place]) for place in range(len(scores))
    ]
