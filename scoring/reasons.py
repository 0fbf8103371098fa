"""Why a score is what it is: what went in, what each counted as, and the steps to the number.

A scoring module may come with a function that gives the reasons for one form. The words for each
kind of step belong to whoever shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class PartKind(StrEnum):
    """What a part of a score is."""

    ITEM = "item"
    SCALE = "scale"
    TERM = "term"
    """An extra term of a value set, which belongs to no one item."""


class StepKind(StrEnum):
    """One step of arithmetic, or the rule that left a score out. In brackets: its values."""

    TOO_FEW = "too_few"
    """Fewer items answered than the rule needs (answered, expected, needed)."""
    SCALES_MISSING = "scales_missing"
    """A scale that this one is made of has no score (missing, expected)."""
    NO_VALUE_SET = "no_value_set"
    """No value set is chosen, so there is no utility ()."""
    MEAN = "mean"
    """The mean of what counted (count, mean)."""
    RESCALE = "rescale"
    """From the range of the answers to 0-100 (mean, low, high, score)."""
    RESCALE_REVERSED = "rescale_reversed"
    """The same, turned round (mean, low, high, score)."""
    SUM = "sum"
    """The sum of what counted (count, sum)."""
    PRORATE = "prorate"
    """The sum brought up to all items (sum, expected, answered, score)."""
    TIMES = "times"
    """The sum times a factor (sum, factor, score)."""
    TABLE = "table"
    """A published table at the raw sum (sum, score)."""
    PATTERN = "pattern"
    """The pattern of answers under a model (answered, expected, score)."""
    LESS = "less"
    """A start less all decrements (start, decrements, score)."""
    JOINED = "joined"
    """The answers written side by side (score)."""
    GRADE = "grade"
    """A grade from a table of answers (score)."""
    GRADE_ZERO = "grade_zero"
    """The leading answer is 0, and so is the grade (score)."""
    FORMULA = "formula"
    """A formula (score), whose text is ``Step.text``."""
    AS_ANSWERED = "as_answered"
    """The answer itself (score)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that went into a score."""

    kind: PartKind
    code: str
    """The item's id, the scale's code or the term's name."""
    given: float | None
    """The answer or the other scale's score; None where there is none."""
    used: float | None
    """What it counted as; None where it did not count."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step with its numbers, by the names that its kind lists."""

    kind: StepKind
    values: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Everything that made a score, in order."""

    parts: tuple[Part, ...]
    steps: tuple[Step, ...]


def number(value: float) -> float | None:
    """Return a float as a plain number; NaN becomes None."""
    return None if np.isnan(value) else float(value)


def item_parts(
    ids: Sequence[str], given: NDArray[np.float64], used: NDArray[np.float64]
) -> tuple[Part, ...]:
    """Return one part per item of one form; ``given`` and ``used`` are (n_items,)."""
    return tuple(
        Part(kind=PartKind.ITEM, code=code, given=number(answer), used=number(counted))
        for code, answer, counted in zip(ids, given, used, strict=True)
    )


def step(kind: StepKind, text: str = "", **values: float) -> Step:
    """Return a step with its numbers."""
    return Step(kind=kind, values={name: float(value) for name, value in values.items()}, text=text)


def too_few(*, answered: int, expected: int, needed: int) -> tuple[Step, ...]:
    """Return the one step of a scale that has no score because too few items are answered."""
    return (step(StepKind.TOO_FEW, answered=answered, expected=expected, needed=needed),)
