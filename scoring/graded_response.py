"""Scores by item response theory: the graded response model, by EAP or MAP.

The model (Samejima 1969, logistic, D = 1). An item has a slope a > 0 and thresholds b_1 < ... <
b_m; its answer is one of the categories 0..m. With L(z) = 1 / (1 + exp(-z)),

    P(answer >= k | theta) = L(a (theta - b_k)),        k = 1..m
    P(answer  = k | theta) = L(x) - L(y),               x = a (theta - b_k), y = a (theta - b_{k+1})

with b_0 = -inf and b_{m+1} = +inf. Far from the thresholds that difference loses all its digits,
so the same value is used in the form

    log P = log L(x) + log L(-y) + log(1 - exp(-(x - y))),

in which x - y does not depend on theta. Hence d log P / d theta = a (L(-x) - L(y)), and the second
derivative, -a^2 (L(x) L(-x) + L(y) L(-y)), is never positive. Answers are independent given theta,
theta is N(mean, sd^2) before any answer, and an unanswered item says nothing. The posterior is

    log p(theta | answers) = -((theta - mean) / sd)^2 / 2 + sum over answered of log P + c.

EAP is the posterior's mean, with its standard deviation as standard error, by the trapezoid rule
on 161 points from -8 to +8 prior standard deviations; exact to many digits as long as the
posterior's standard deviation is not much below the spacing of 0.1.

MAP is the posterior's maximum, by Newton's method; the standard error is one over the root of the
posterior's curvature there. The posterior is strictly log-concave, so there is one maximum, and as
each item's slope in theta is between -a and +a it lies within sd^2 times the sum of a from the
mean. A Newton step that leaves the bracket, or is not half as long as the one before, is replaced
by a bisection, so that the search always ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import OptionUnknown, ScaleInvalid
from scoring.lookup import by_raw_sum, table_steps
from scoring.reasons import Reasons, StepKind, item_parts, step, too_few
from scoring.recoding import Recoded, recoded
from scoring.registry import Numbers, ScaleAnswers, register

POINTS = 161
REACH = 8.0
"""How many prior standard deviations the points of the EAP lie to either side of the mean."""
MOST_STEPS = 200
CLOSE = 1e-12
"""The step of theta below which a maximum is found."""
UNANSWERED = -1
"""The category of an unanswered item; as an index it finds the last entry, that says nothing."""

Categories = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Model:
    """The items' parameters and the prior. Items are rows, categories are columns.

    ``below`` and ``above`` are (n_items, n_categories + 1): the thresholds on either side of each
    category. Entries that belong to no category, always the last, hold -inf and +inf, with which
    log P and its derivatives are 0.
    """

    a: Numbers
    below: Numbers
    above: Numbers
    mean: float
    sd: float


def reasons(given: ScaleAnswers) -> Reasons:
    """Return what every item counted as, and whether the table or the pattern gave the score."""
    values = recoded(given).values[0]
    parts = item_parts(given.scale.items, given.answers[0], values)
    answered = int(np.count_nonzero(~np.isnan(values)))
    if answered < _needed(given):
        missing = too_few(answered=answered, expected=len(values), needed=_needed(given))
        return Reasons(parts=parts, steps=missing)
    score = graded_response(given)[0]
    if "table" in given.options and answered == len(values):
        return Reasons(parts=parts, steps=table_steps(values, score))
    by_pattern = step(StepKind.PATTERN, answered=answered, expected=len(values), score=score)
    return Reasons(parts=parts, steps=(by_pattern,))


def _needed(given: ScaleAnswers) -> int:
    return max(int(given.options.get("min_answered", 1)), 1)


@register("graded_response", "1.0.0", explain=reasons)
def graded_response(given: ScaleAnswers) -> Numbers:
    """Score the pattern of answers of every form by the graded response model.

    Options:
        parameters: per item id ``{ a = slope, b = [thresholds] }``; an item's lowest value (after
            ``recode``) is category 0.
        recode: answer to value, as in ``recoding``.
        estimate: "eap" (default) or "map".
        output: "t" (default) for ``intercept + slope * theta``, or "se" for its standard error.
        slope, intercept: 10 and 50 unless given.
        prior: ``{ mean = 0, sd = 1 }`` unless given.
        min_answered: fewest answered items that give a score; 1 unless given, never less.
        table: published values by raw sum, as in ``lookup``. A complete form then gets the
            table's value, and only incomplete forms are scored by their pattern.

    Returns:
        (n_forms,) float64, theta or its standard error in the unit that slope and intercept
        make; NaN where too few items are answered.

    Raises:
        ScaleInvalid: the parameters do not fit the items or each other, or as ``lookup``.
        OptionUnknown: there is no such estimate or output.

    Source:
        Samejima, Psychometrika Monograph 17, 1969; Bock and Mislevy, Appl Psychol Meas
        1982;6:431-444 (EAP). The definition names the source of the parameters.
    """
    estimate = _choice(given, "estimate", {"eap": eap, "map": maximum})
    place = _choice(given, "output", {"t": 0, "se": 1})
    answers = recoded(given)
    model = _model(given, answers)
    answered = np.count_nonzero(~np.isnan(answers.values), axis=1)
    scored = answered >= _needed(given)
    result = np.full(len(answered), np.nan)
    if "table" in given.options:
        result = by_raw_sum(given, answers)
        scored &= answered < len(given.items)
    patterns, pattern_of = _distinct(_categories(answers)[scored])
    found = estimate(model, patterns)[place][pattern_of]
    slope = float(given.options.get("slope", 10))
    intercept = float(given.options.get("intercept", 50))
    result[scored] = abs(slope) * found if place else intercept + slope * found
    return result


def eap(model: Model, patterns: Categories) -> tuple[Numbers, Numbers]:
    """Return the posterior's mean and standard deviation of every pattern, each (n_patterns,)."""
    nodes = model.mean + model.sd * np.linspace(-REACH, REACH, POINTS)
    log_posterior = np.tile(-0.5 * ((nodes - model.mean) / model.sd) ** 2, (len(patterns), 1))
    for column in range(len(model.a)):
        log_posterior += _log_probability(model, column, nodes)[patterns[:, column]]
    weights = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    theta = np.sum(weights * nodes, axis=1)
    variance = np.sum(weights * (nodes - theta[:, np.newaxis]) ** 2, axis=1)
    return theta, np.sqrt(variance)


def maximum(model: Model, patterns: Categories) -> tuple[Numbers, Numbers]:
    """Return the posterior's maximum and its standard error of every pattern (n_patterns,)."""
    column = np.arange(len(model.a))
    below, above = model.below[column, patterns], model.above[column, patterns]
    theta = np.full(len(patterns), model.mean)
    low = theta - model.sd**2 * model.a.sum() - 1
    high = theta + model.sd**2 * model.a.sum() + 1
    before = high - low
    for _ in range(MOST_STEPS):
        gradient, curvature = _derivatives(model, theta, below, above)
        low, high = np.where(gradient > 0, theta, low), np.where(gradient > 0, high, theta)
        step = gradient / curvature
        target = theta + step
        trusted = (target >= low) & (target <= high) & (np.abs(step) <= before / 2)
        step = np.where(trusted, step, (low + high) / 2 - theta)
        step = np.where(before > CLOSE, step, 0)
        theta, before = theta + step, np.abs(step)
        if not (before > CLOSE).any():
            break
    return theta, 1 / np.sqrt(_derivatives(model, theta, below, above)[1])


def _log_probability(model: Model, column: int, nodes: Numbers) -> Numbers:
    """Return log P of one item, (n_categories + 1, n_nodes); the last row is 0."""
    below, above = model.below[column][:, np.newaxis], model.above[column][:, np.newaxis]
    a = model.a[column]
    width = np.log1p(-np.exp(-a * (above - below)))
    result: Numbers = (
        _log_logistic(a * (nodes - below)) + _log_logistic(a * (above - nodes)) + width
    )
    return result


def _derivatives(
    model: Model, theta: Numbers, below: Numbers, above: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the log-posterior's slope and curvature (minus its second derivative) at theta."""
    from_below = np.exp(_log_logistic(model.a * (theta[:, np.newaxis] - below)))
    from_above = np.exp(_log_logistic(model.a * (above - theta[:, np.newaxis])))
    precision = 1 / model.sd**2
    gradient = (model.mean - theta) * precision + ((from_above - from_below) * model.a).sum(axis=1)
    information = from_below * (1 - from_below) + from_above * (1 - from_above)
    return gradient, precision + (information * model.a**2).sum(axis=1)


def _log_logistic(z: Numbers) -> Numbers:
    result: Numbers = -np.logaddexp(0, -z)
    return result


def _categories(answers: Recoded) -> Categories:
    lowest = np.array([possible[0] for possible in answers.possible])
    blank = np.isnan(answers.values)
    return np.where(blank, UNANSWERED, np.where(blank, 0, answers.values) - lowest).astype(np.int64)


def _distinct(categories: Categories) -> tuple[Categories, NDArray[np.intp]]:
    """Return the distinct rows, and for every row the place of its equal among them.

    Numbering the rows column by column is many times faster than sorting whole rows.
    """
    number = np.zeros(len(categories), dtype=np.intp)
    first = number[:1]
    for column in categories.T:
        keys = number * (column.max(initial=0) + 2) + column + 1
        _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return categories[first], number


def _model(given: ScaleAnswers, answers: Recoded) -> Model:
    parameters: Mapping[str, Any] = given.options["parameters"]
    place = f"{given.scale.code}.parameters"
    if set(parameters) != set(given.scale.items):
        raise ScaleInvalid(f"{place}: not the items of the scale, {', '.join(given.scale.items)}")
    width = max(len(parameters[item]["b"]) for item in parameters) + 2
    below = np.full((len(given.items), width), -np.inf)
    above = np.full((len(given.items), width), np.inf)
    for row, (item, possible) in enumerate(zip(given.scale.items, answers.possible, strict=True)):
        b = [float(threshold) for threshold in parameters[item]["b"]]
        _refuse_misfit(f"{place}.{item}", float(parameters[item]["a"]), b, possible)
        below[row, 1 : len(b) + 1] = b
        above[row, : len(b)] = b
    prior = given.options.get("prior", {})
    return Model(
        a=np.array([float(parameters[item]["a"]) for item in given.scale.items]),
        below=below,
        above=above,
        mean=float(prior.get("mean", 0)),
        sd=float(prior.get("sd", 1)),
    )


def _refuse_misfit(place: str, a: float, b: list[float], possible: tuple[float, ...]) -> None:
    if a <= 0 or any(later <= earlier for earlier, later in pairwise(b)):
        raise ScaleInvalid(f"{place}: a must be above 0, and b must rise")
    if possible != tuple(possible[0] + step for step in range(len(b) + 1)):
        raise ScaleInvalid(
            f"{place}: {len(b)} thresholds need {len(b) + 1} values in steps of one, "
            f"but the values are {', '.join(f'{value:g}' for value in possible)}"
        )


def _choice(given: ScaleAnswers, name: str, choices: Mapping[str, Any]) -> Any:
    chosen = given.options.get(name, next(iter(choices)))
    if chosen not in choices:
        raise OptionUnknown(f"{name}: there is no {chosen}; there are {', '.join(choices)}")
    return choices[chosen]
