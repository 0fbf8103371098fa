"""What the page says of thresholds: the steps of the scale, what the plan needs, who says so."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qol_app.services.trajectories import Shown, Trajectory
from qol_app.web.navigation import in_words
from questionnaires.thresholds import (
    Comparison,
    Confidence,
    Points,
    Side,
    Threshold,
    ThresholdKind,
)

CONFIDENCE = {
    Confidence.CONFIRMED: _l("two sources agree"),
    Confidence.ONE_SOURCE: _l("one source"),
    Confidence.MEMORY: _l("from memory, not checked"),
}
DECIMALS = 3
"""Enough for a threshold of a utility index."""


def line(trajectory: Trajectory) -> str:
    """Say in a line how the scale moves, and what the plan's threshold needs and rests on."""
    sentences = [_steps(trajectory)]
    if trajectory.threshold is not None:
        sentences.append(_backing(trajectory))
    return _joined(sentences)


def method(trajectory: Trajectory, shown: Shown) -> list[str]:
    """Say how the threshold is held against the scores, one sentence each."""
    sentences = []
    if trajectory.threshold is not None:
        planned = points(Fraction(str(trajectory.threshold)))
        sentences.append(
            _(
                "Threshold: %(points)s points of one patient's change; exactly so many count.",
                points=planned,
            )
        )
        if shown is Shown.CHANGE:
            sentences.append(
                _(
                    "The band about zero is %(points)s points wide on each side: for a mean, "
                    "which moves in no steps, it is a guide to the eye and no test.",
                    points=planned,
                )
            )
    if trajectory.steps is not None:
        sentences.append(_("Steps are those of complete forms; with missing items they differ."))
    return sentences


def published(trajectory: Trajectory) -> tuple[str, ...]:
    """Return every published threshold of the scale in a line of its own, kind by kind."""
    by_kind = sorted(trajectory.published, key=lambda each: list(ThresholdKind).index(each.kind))
    return tuple(map(_in_full, by_kind))


def points(value: Fraction) -> str:
    """Return a number of points with as many decimals as it needs."""
    decimals = DECIMALS if 0 < abs(value) < 1 else 2
    text = f"{float(value):.{decimals}f}"
    return text.rstrip("0").rstrip(".")


def _steps(trajectory: Trajectory) -> str:
    steps, effective = trajectory.steps, trajectory.effective_threshold
    if steps is None:
        return str(_("This scale has no fixed step."))
    step = points(steps.smallest)
    if trajectory.threshold is None or effective is None:
        if steps.are_even:
            return str(_("One step of this scale: %(step)s.", step=step))
        return str(_("Smallest step of this scale: %(step)s.", step=step))
    words = {
        "step": step,
        "points": points(Fraction(str(trajectory.threshold))),
        "effective": points(effective),
    }
    if not steps.are_even:
        return str(
            _(
                "Smallest step of this scale: %(step)s; %(points)s points need a change of "
                "%(effective)s.",
                **words,
            )
        )
    return str(
        ngettext(
            "One step of this scale: %(step)s; %(points)s points need %(num)s step "
            "(%(effective)s).",
            "One step of this scale: %(step)s; %(points)s points need %(num)s steps "
            "(%(effective)s).",
            int(effective / steps.smallest),
            **words,
        )
    )


def _backing(trajectory: Trajectory) -> str:
    """Name what the plan's threshold rests on: a published change of one patient, or nothing."""
    wanted = Fraction(str(trajectory.threshold))
    for each in trajectory.published:
        changes = (each.improvement, each.deterioration)
        if each.kind is ThresholdKind.INDIVIDUAL_CHANGE and any(
            change is not None and change.holds(wanted) for change in changes
        ):
            return str(
                _(
                    "Individual change: %(name)s (%(confidence)s).",
                    name=in_words(each.short),
                    confidence=CONFIDENCE[each.confidence],
                )
            )
    return str(_("Individual change: set by the analysis plan; no published source kept here."))


def _in_full(each: Threshold) -> str:
    words = [
        _numbers(each),
        in_words(each.source),
        in_words(each.population),
        CONFIDENCE[each.confidence],
    ]
    if each.note:
        words.append(in_words(each.note))
    between = str(_("; "))
    details = between.join(map(str, words))
    return str(_("%(kind)s: %(details)s.", kind=_kind(each), details=details))


def _kind(each: Threshold) -> str:
    if each.kind is ThresholdKind.CLINICAL_IMPORTANCE:
        return str(_("One time, clinical importance"))
    if each.kind is ThresholdKind.INDIVIDUAL_CHANGE:
        return str(_("Individual change"))
    if each.comparison is Comparison.WITHIN:
        return str(_("Mean change within a group"))
    if each.comparison is Comparison.BETWEEN:
        return str(_("Mean difference between groups"))
    return str(_("Difference of means"))


def _numbers(each: Threshold) -> str:
    text = _cut(each) if each.value is not None else _changes(each)
    return f"{text} ({in_words(each.meaning)})" if each.meaning else text


def _cut(each: Threshold) -> str:
    value = points(each.value or Fraction(0))
    if each.side is Side.BELOW:
        return str(
            _("at most %(value)s", value=value)
            if each.inclusive
            else _("below %(value)s", value=value)
        )
    return str(
        _("at least %(value)s", value=value)
        if each.inclusive
        else _("above %(value)s", value=value)
    )


def _changes(each: Threshold) -> str:
    better, worse = each.improvement, each.deterioration
    if better == worse and better is not None:
        return _span(better)
    parts = []
    if better is not None:
        parts.append(str(_("better by %(points)s", points=_span(better))))
    if worse is not None:
        parts.append(str(_("worse by %(points)s", points=_span(worse))))
    return str(_(", ")).join(parts)


def _span(given: Points) -> str:
    if given.high is None:
        return str(_("more than %(value)s", value=points(given.low)))
    if given.low == given.high:
        return points(given.low)
    return str(_("%(low)s to %(high)s", low=points(given.low), high=points(given.high)))


def _joined(sentences: list[str]) -> str:
    """Put sentences in a row: a full-width stop needs no space after it."""
    return "".join(each if each.endswith("。") else f"{each} " for each in sentences).strip()
