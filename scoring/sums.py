"""Plain sums, single items and level profiles."""

from __future__ import annotations

import numpy as np

from scoring.reasons import Reasons, Step, StepKind, item_parts, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register


def sum_reasons(given: ScaleAnswers) -> Reasons:
    """Return the sum of the items, and the sum times the factor if there is one."""
    answers = given.answers[0]
    parts = item_parts(given.scale.items, answers, answers)
    if missing := _unless_all(answers):
        return Reasons(parts=parts, steps=missing)
    steps = [step(StepKind.SUM, count=len(answers), sum=answers.sum())]
    factor = float(given.options.get("factor", 1))
    if factor != 1:
        score = total(given)[0]
        steps.append(step(StepKind.TIMES, sum=answers.sum(), factor=factor, score=score))
    return Reasons(parts=parts, steps=tuple(steps))


@register("sum", "1.0.0", explain=sum_reasons)
def total(given: ScaleAnswers) -> Numbers:
    """Add the items up, times the option ``factor`` (1). NaN unless all are answered."""
    result: Numbers = np.sum(given.answers, axis=1) * float(given.options.get("factor", 1))
    return result


def item_reasons(given: ScaleAnswers) -> Reasons:
    """Return the answer itself."""
    return _from_answers(given, StepKind.AS_ANSWERED)


@register("item", "1.0.0", explain=item_reasons)
def single_item(given: ScaleAnswers) -> Numbers:
    """Return the answer to the scale's only item; NaN if it is unanswered."""
    return given.answers[:, 0]


def mean_percent_reasons(given: ScaleAnswers) -> Reasons:
    """Return every item on 0-100 as it counted, and their mean."""
    percent = _percent(given)[0]
    parts = item_parts(given.scale.items, given.answers[0], percent)
    answered, needed = int(np.count_nonzero(~np.isnan(percent))), (len(percent) + 1) // 2
    if answered < needed:
        missing = too_few(answered=answered, expected=len(percent), needed=needed)
        return Reasons(parts=parts, steps=missing)
    mean = step(StepKind.MEAN, count=answered, mean=np.nanmean(percent))
    return Reasons(parts=parts, steps=(mean,))


@register("mean_percent", "1.0.0", explain=mean_percent_reasons)
def mean_percent(given: ScaleAnswers) -> Numbers:
    """Average items of unlike ranges, each first rescaled to 0-100 and turned where named.

    The option ``reversed`` lists items whose high answers are bad. A form scores only if at least
    half of the items are answered.
    """
    percent = _percent(given)
    answered = np.count_nonzero(~np.isnan(percent), axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(percent, axis=1) / answered
    return np.where(answered * 2 >= len(given.items), mean, np.nan)


def profile_reasons(given: ScaleAnswers) -> Reasons:
    """Return the levels side by side."""
    return _from_answers(given, StepKind.JOINED)


@register("profile", "1.0.0", explain=profile_reasons)
def profile(given: ScaleAnswers) -> Numbers:
    """Join one-digit levels into one number: 2, 1, 1, 2, 1 gives 21121. NaN unless all answered."""
    places = 10.0 ** np.arange(given.answers.shape[1] - 1, -1, -1)
    result: Numbers = np.sum(given.answers * places, axis=1)
    return result


def _percent(given: ScaleAnswers) -> Numbers:
    turned = given.options.get("reversed", ())
    percent = np.empty_like(given.answers)
    for column, item in enumerate(given.items):
        low = item.codes[0] if item.codes else float(item.low or 0)
        high = item.codes[-1] if item.codes else float(item.high or 0)
        share = (given.answers[:, column] - low) / (high - low)
        percent[:, column] = 100 * (1 - share if item.id in turned else share)
    return percent


def _unless_all(answers: Numbers) -> tuple[Step, ...]:
    answered = int(np.count_nonzero(~np.isnan(answers)))
    if answered == len(answers):
        return ()
    return too_few(answered=answered, expected=len(answers), needed=len(answers))


def _from_answers(given: ScaleAnswers, kind: StepKind) -> Reasons:
    answers = given.answers[0]
    score = single_item(given)[0] if kind is StepKind.AS_ANSWERED else profile(given)[0]
    return Reasons(
        parts=item_parts(given.scale.items, answers, answers),
        steps=_unless_all(answers) or (step(kind, score=score),),
    )
