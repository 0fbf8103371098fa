"""The reasons of a score in words and numbers, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scoring.explanation import Flag
from scoring.reasons import Step, StepKind

STEPS: dict[StepKind, LazyString | str] = {
    # Equations read alike in every language.
    StepKind.TOO_FEW: _l(
        "%(answered)s of %(expected)s items are answered and the rule needs %(needed)s, "
        "so there is no score."
    ),
    StepKind.SCALES_MISSING: _l(
        "%(missing)s of the %(expected)s scales it is made of have no score, so it has none."
    ),
    StepKind.NO_VALUE_SET: _l("No value set is chosen, so there is no score."),
    StepKind.MEAN: _l("Mean of the %(count)s values: %(mean)s"),
    StepKind.RESCALE: "(%(mean)s − %(low)s) ÷ (%(high)s − %(low)s) × 100 = %(score)s",
    StepKind.RESCALE_REVERSED: (
        "(1 − (%(mean)s − %(low)s) ÷ (%(high)s − %(low)s)) × 100 = %(score)s"
    ),
    StepKind.SUM: _l("Sum of the %(count)s values: %(sum)s"),
    StepKind.PRORATE: _l(
        "Brought up to all items: %(sum)s × %(expected)s ÷ %(answered)s = %(score)s"
    ),
    StepKind.TIMES: "%(sum)s × %(factor)s = %(score)s",
    StepKind.TABLE: _l("The published table gives %(score)s for a sum of %(sum)s."),
    StepKind.PATTERN: _l(
        "%(answered)s of %(expected)s items are answered, so the item response model scores "
        "their pattern: %(score)s"
    ),
    StepKind.LESS: "%(start)s − %(decrements)s = %(score)s",
    StepKind.JOINED: _l("The levels side by side: %(score)s"),
    StepKind.GRADE: _l("The table of grades gives %(score)s for these answers."),
    StepKind.GRADE_ZERO: _l("The first answer is 0, so the grade is 0."),
    StepKind.FORMULA: "%(formula)s = %(score)s",
    StepKind.AS_ANSWERED: _l("The score is the answer itself: %(score)s"),
}

FLAGS: dict[str, LazyString] = {
    Flag.PRORATED.value: _l("Made from fewer than all items, as the rule of the scale allows."),
    Flag.OUT_OF_RANGE.value: _l("Outside the range of the scale."),
    Flag.UNCONFIRMED.value: _l("This instrument's scoring rests on one source only: unconfirmed."),
}


def step(given: Step) -> str:
    """Return one step as a sentence or an equation."""
    values = {name: number(value) for name, value in given.values.items()}
    return str(STEPS[given.kind]) % {**values, "formula": given.text}


def flag(value: str) -> str:
    """Return what must be said beside a score."""
    return str(FLAGS[value])


def number(value: float | None) -> str:
    """Return a number with at most four decimals and no trailing zeros; a dash for none."""
    if value is None:
        return "–"
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def not_counted() -> str:
    """Return what stands for a value that did not count."""
    return str(_("not counted"))
