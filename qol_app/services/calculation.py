"""From the answers of forms to their scores with all that is stored beside them; writes nothing.

This module imports pandas, so what imports it is imported only where scores are made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

import scoring
from qol_app.domain.answers import countable
from questionnaires.model import AnswerType, Item, Questionnaire, Value

UNSCORABLE = (scoring.AnswerOutOfRange, scoring.OptionUnknown, LookupError, ValueError)
"""What scoring raises for answers or options that it cannot score."""

OBJECTS = frozenset({AnswerType.SEVERAL_OF, AnswerType.TEXT})
"""Types of item whose answers are no single number."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form to score."""

    id: int
    questionnaire: Questionnaire
    options: Mapping[str, str]
    answers: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class ScoreValue:
    """One score as calculated, in the terms of a row of ``Score``."""

    scale: str
    value: float | None
    items_answered: int
    items_expected: int
    items_imputed: int
    flags: tuple[str, ...]
    module: str
    module_version: str


Outcome = list[ScoreValue] | str
"""The scores of a form, or why there are none."""


def outcomes(forms: Iterable[Form]) -> dict[int, Outcome]:
    """Score forms, all of one version and options in one calculation; outcomes by their id."""
    return {key: value for group in _alike(forms) for key, value in _outcomes(group).items()}


def _alike(forms: Iterable[Form]) -> list[list[Form]]:
    groups: dict[tuple[str, str], list[Form]] = {}
    for form in forms:
        key = (form.questionnaire.hash, json.dumps(dict(form.options), sort_keys=True))
        groups.setdefault(key, []).append(form)
    return list(groups.values())


def _outcomes(alike: list[Form]) -> dict[int, Outcome]:
    """Score forms of one form version and options together; if that fails, each by itself."""
    try:
        return dict(_calculate(alike))
    except UNSCORABLE as problem:
        if len(alike) == 1:
            return {alike[0].id: _reason(problem)}
    found: dict[int, Outcome] = {}
    for form in alike:
        found.update(_outcomes([form]))
    return found


def _reason(problem: Exception) -> str:
    said = problem.args[0] if isinstance(problem, KeyError) and problem.args else problem
    return f"{type(problem).__name__}: {said}"


def _calculate(alike: list[Form]) -> dict[int, list[ScoreValue]]:
    questionnaire, options = alike[0].questionnaire, alike[0].options
    frame = answers_frame(questionnaire, {form.id: form.answers for form in alike})
    found = scoring.details(questionnaire, frame, options)
    values: dict[int, list[ScoreValue]] = {form.id: [] for form in alike}
    for scale in questionnaire.scales:
        version = scoring.module_version(scale.module)
        columns = (found.scores, found.answered, found.imputed, found.flags)
        rows = zip(*(column[scale.code] for column in columns), strict=True)
        for own, (value, answered, imputed, flags) in zip(values.values(), rows, strict=True):
            own.append(
                ScoreValue(
                    scale=scale.code,
                    value=None if pd.isna(value) else float(value),
                    items_answered=int(answered),
                    items_expected=len(scale.items),
                    items_imputed=int(imputed),
                    flags=tuple(flag.value for flag in flags),
                    module=scale.module,
                    module_version=version,
                )
            )
    return values


def answers_frame(
    questionnaire: Questionnaire, answers: Mapping[int, Mapping[str, Value]]
) -> pd.DataFrame:
    """Return the answers that count as the frame that scoring takes.

    Args:
        questionnaire: The form version of all responses.
        answers: Response id to item id to value.

    Returns:
        One row per response in the given order, indexed by its id, and one column per item:
        numbers as float64 with NaN where unanswered, lists and texts as objects.

    Raises:
        ValueError: a stored value does not have its item's type; names item and response.
    """
    counted = {key: countable(questionnaire, values) for key, values in answers.items()}
    columns = {
        item.id: pd.Series(
            [_cell(item, values.get(item.id), key) for key, values in counted.items()],
            index=list(counted),
            dtype=object if item.type in OBJECTS else "float64",
        )
        for item in questionnaire.items
    }
    return pd.DataFrame(columns, index=list(counted))


def _cell(item: Item, value: Value, response_id: int) -> object:
    if item.type in OBJECTS:
        return value
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(
            f"item {item.id} of response {response_id} is stored as {type(value).__name__}"
        )
    return float(value)
