"""The EQ-5D-5L index from a country's value set."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scoring.errors import OptionUnknown
from scoring.reasons import Part, PartKind, Reasons, StepKind, item_parts, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register

DIMENSIONS = ("MO", "SC", "UA", "PD", "AD")
SEVERE = 4
UNANSWERED = 0
"""Stands for a missing level; it has no value, so neither has the form."""


@cache
def value_sets() -> dict[str, dict[str, Any]]:
    """Return all value sets by country: start, decrements per level, extra terms, doi."""
    path = Path(__file__).parent / "eq5d_value_sets.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def reasons(given: ScaleAnswers) -> Reasons:
    """Return each dimension's decrement, the set's extra terms that apply, and what is left."""
    values, answers = _chosen(given), given.answers
    answered = int(np.count_nonzero(~np.isnan(answers)))
    if answered < len(DIMENSIONS):
        return Reasons(
            parts=item_parts(given.scale.items, answers[0], np.full(len(DIMENSIONS), np.nan)),
            steps=too_few(answered=answered, expected=len(DIMENSIONS), needed=len(DIMENSIONS)),
        )
    levels = answers.T.astype(int)
    less = [-values[name][level - 1] for name, level in zip(DIMENSIONS, levels[:, 0], strict=True)]
    terms = {name: weight * _term(name, levels)[0] for name, weight in _extra(values)}
    parts = item_parts(given.scale.items, answers[0], np.array(less, dtype=float))
    parts += tuple(
        Part(kind=PartKind.TERM, code=name, given=None, used=float(worth))
        for name, worth in terms.items()
        if worth
    )
    lost = -sum(part.used or 0 for part in parts)
    score = index(given)[0]
    left = step(StepKind.LESS, start=values["start"], decrements=lost, score=score)
    return Reasons(parts=parts, steps=(left,))


def _extra(values: dict[str, Any]) -> Any:
    return values.get("extra", {}).items()


def _chosen(given: ScaleAnswers) -> dict[str, Any]:
    chosen = given.options.get("value_set")
    if chosen not in value_sets():
        known = ", ".join(sorted(value_sets()))
        raise OptionUnknown(f"no value set {chosen}; there are {known}")
    return value_sets()[chosen]


@register("eq5d_index", "1.0.0", explain=reasons)
def index(given: ScaleAnswers) -> Numbers:
    """Return the index: start, less each dimension's decrement, plus the set's extra terms.

    The option ``value_set`` names the country. Extra terms are mostly negative: ``Intercept`` if
    any level is above 1, ``N4`` if any is 4 or 5, ``N5`` if any is 5, ``XX45`` if dimension XX is
    4 or 5, ``Num45sq`` times the square of (dimensions at 4 or 5, less one).

    Returns:
        (n_forms,) float64, at most 1; NaN unless all five dimensions are answered.

    Raises:
        OptionUnknown: there is no such value set.

    Source:
        The value sets' own references (doi in the data); form of the terms as in eq5d 0.16.0.
    """
    values = _chosen(given)
    levels = np.fmax(given.answers.T, UNANSWERED).astype("int8")
    result = np.full(len(given.answers), float(values["start"]))
    for dimension, row in zip(DIMENSIONS, levels, strict=True):
        result -= np.take([np.nan, *values[dimension]], row)
    for name, weight in _extra(values):
        result += weight * _term(name, levels)
    return result


def _term(name: str, levels: Any) -> Numbers:
    severe = levels >= SEVERE
    terms = {
        "Intercept": (levels > 1).any(axis=0),
        "N4": severe.any(axis=0),
        "N5": (levels > SEVERE).any(axis=0),
        "Num45sq": np.maximum(severe.sum(axis=0) - 1, 0) ** 2,
    }
    if name not in terms:
        terms[name] = severe[DIMENSIONS.index(name.removesuffix("45"))]
    return np.asarray(terms[name], dtype=float)
