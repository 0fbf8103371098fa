"""Composite grades of symptoms asked by frequency, severity and interference: PRO-CTCAE."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.errors import OptionUnknown
from scoring.reasons import Reasons, StepKind, item_parts, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register

LEVELS = 5
YES_OR_NO: dict[object, bool] = {True: True, False: False, "true": True, "false": False}
"""A study's options arrive as words, a definition's as truth values."""


@cache
def tables() -> dict[str, NDArray[np.int_]]:
    """Return the grades of every set of attributes, e.g. ``frq+sev``: one axis per attribute."""
    path = Path(__file__).parent / "pro_ctcae_grades.toml"
    grades = tomllib.loads(path.read_text(encoding="utf-8"))
    return {attributes: np.array(rows) for attributes, rows in grades.items()}


def reasons(given: ScaleAnswers) -> Reasons:
    """Return the attributes and the grade that the table gives them."""
    answers, score = given.answers[0], composite_grade(given)[0]
    parts = item_parts(given.scale.items, answers, answers)
    if np.isnan(score):
        answered = int(np.count_nonzero(~np.isnan(answers)))
        missing = too_few(answered=answered, expected=len(answers), needed=len(answers))
        return Reasons(parts=parts, steps=missing)
    kind = StepKind.GRADE_ZERO if answers[0] == 0 else StepKind.GRADE
    return Reasons(parts=parts, steps=(step(kind, score=score),))


@register("composite_grade", "1.0.0", explain=reasons, imputes=False)
def composite_grade(given: ScaleAnswers) -> Numbers:
    """Look up the grade of one term from its attributes, each answered 0-4.

    The option ``attributes`` says what the items ask, in their order: some of ``frq``, ``sev`` and
    ``int`` (amount is graded as interference). Where the first attribute is 0 the grade is 0,
    whatever the others say. All attributes must be answered; with the option ``skipped_is_zero``
    (false) those after a first attribute of 0 need not be, as on forms that do not ask them then.

    Returns:
        (n_forms,) float64, whole grades 0-3; NaN where an attribute that is needed is unanswered.
        The grades describe and are no CTCAE grades.

    Raises:
        OptionUnknown: these attributes have no table, or ``skipped_is_zero`` is no truth value.

    Source:
        Basch et al., Clin Trials 2021;18:104-114, as its authors' R package ProAE 1.0.4 applies it:
        without the option as its default, with it as its ``impute = TRUE``.
    """
    grades = _table(given)
    blank = np.isnan(given.answers)
    graded = ~blank.any(axis=1)
    if _skipped_is_zero(given):
        graded |= given.answers[:, 0] == 0
    places = LEVELS ** np.arange(grades.ndim - 1, -1, -1)
    cells = np.where(blank, 0, given.answers).astype(int) @ places
    return np.where(graded, grades.ravel()[cells], np.nan)


def _table(given: ScaleAnswers) -> NDArray[np.int_]:
    attributes = "+".join(given.options.get("attributes", ()))
    if attributes not in tables():
        raise OptionUnknown(
            f"{given.scale.code}: no grades for attributes {attributes or 'none'}; "
            f"there are {', '.join(tables())}"
        )
    grades = tables()[attributes]
    if grades.ndim != len(given.items):
        raise OptionUnknown(
            f"{given.scale.code}: attributes {attributes} need {grades.ndim} items, "
            f"not {len(given.items)}"
        )
    return grades


def _skipped_is_zero(given: ScaleAnswers) -> bool:
    value = given.options.get("skipped_is_zero", False)
    if value not in YES_OR_NO:
        raise OptionUnknown(
            f"{given.scale.code}: skipped_is_zero is {value!r}; it may be true or false"
        )
    return YES_OR_NO[value]
