"""From health to the answers of a form: graded thresholds, for any questionnaire.

Which way an item points is found by scoring: a form is scored with the item at its lowest and at
its highest answer, and the scales' own directions say which of the two is better.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

import scoring
from qol_app.domain.answers import countable
from questionnaires.model import AnswerType, Direction, Item, Questionnaire, Value

Numbers = NDArray[np.float64]

NORMAL = NormalDist()
NUMERIC = frozenset(AnswerType) - {AnswerType.SEVERAL_OF, AnswerType.TEXT}
LOADING = (0.65, 0.9)
"""Range of the correlation of an item with what its scale measures."""
EASE, EASE_SPREAD = -0.2, 0.3
"""Average shift of an item's complaints, and how much items differ."""
SKEW = 1.8
"""Above 1: few complaints are more common than many."""
TRAIT, OCCASION = 0.4, 0.3
"""Spread of a scale's own part between people, and from one form of a person to the next."""
SPREAD = 1.1
"""Spread of health and a scale's own part together."""
BLANK, BLANK_LAST = 0.014, 0.045
"""Share of blanks at health 0, for most items and for the last, most sensitive one."""
BLANK_STEEPNESS = 0.2
CHOSEN = (0.15, 0.5)
"""Range of how often one of several codes is chosen."""
REMARKED = 0.1
"""Share of text items that anything is written into."""
REMARKS = {"zh-Hans": "模拟备注,并非真实回答。"}
REMARK = "A simulated remark, not a real answer."
HEAPED = 0.7
"""Share of answers on long scales that are rounded to a multiple of 5."""
OPEN_RANGE = 100.0
"""Range of a number whose item sets no upper limit."""
LONG = 20
"""Steps above which a scale counts as long."""


@dataclass(frozen=True, kw_only=True)
class ItemModel:
    """How one item responds to health."""

    item: Item
    direction: int
    """1 if a higher answer is better, -1 if it is worse, 0 if no scale says."""
    factor: int | None
    """Place of the scale whose own part the item shares."""
    loading: float
    shift: float
    blank: float
    chosen: float


@dataclass(frozen=True, kw_only=True)
class FormModel:
    """How one questionnaire responds to health."""

    questionnaire: Questionnaire
    items: tuple[ItemModel, ...]
    factors: int

    def draw_traits(self, rng: Generator) -> Numbers:
        """Draw one participant's lasting deviations: (factors,), added to health."""
        return rng.normal(0, TRAIT, self.factors)

    def answers(
        self, *, health: float, traits: Numbers, language: str, rng: Generator
    ) -> dict[str, Value]:
        """Draw the answers of one form in the order of its pages.

        Items that skip rules hide are left out; an item left blank has the value None.
        """
        fares = health + traits + rng.normal(0, OCCASION, self.factors)
        drawn = {
            model.item.id: _answer(model, fares=fares, health=health, language=language, rng=rng)
            for model in self.items
        }
        return countable(self.questionnaire, drawn)


def draw_form(
    questionnaire: Questionnaire, options: Mapping[str, Any], rng: Generator
) -> FormModel:
    """Draw how the items of a questionnaire differ in difficulty and discrimination.

    Args:
        options: The study's options for scoring it.
    """
    pointing = directions(questionnaire, options)
    homes = _homes(questionnaire)
    places = {code: place for place, code in enumerate(dict.fromkeys(homes.values()))}
    last = [item.id for item in questionnaire.items if item.type in NUMERIC][-1:]
    models = tuple(
        ItemModel(
            item=item,
            direction=pointing[item.id],
            factor=places[homes[item.id]] if item.id in homes else None,
            loading=float(rng.uniform(*LOADING)),
            shift=float(rng.normal(EASE, EASE_SPREAD)),
            blank=BLANK_LAST if item.id in last else BLANK,
            chosen=float(rng.uniform(*CHOSEN)),
        )
        for item in questionnaire.items
    )
    return FormModel(questionnaire=questionnaire, items=models, factors=len(places))


def directions(questionnaire: Questionnaire, options: Mapping[str, Any]) -> dict[str, int]:
    """Return for every item whether a higher answer is better (1), worse (-1) or neither (0).

    It is the majority of the scales that use the item and have a direction themselves.
    """
    numeric = [item for item in questionnaire.items if item.type in NUMERIC]
    middle = {item.id: _middle(item) for item in numeric}
    rows = [
        {**middle, item.id: extreme} for item in numeric for extreme in (_lowest(item), _top(item))
    ]
    found = {item.id: 0 for item in questionnaire.items}
    if not rows:
        return found
    scores = scoring.score(questionnaire, pd.DataFrame(rows, dtype="float64"), options)
    for scale in questionnaire.scales:
        if scale.direction is None:
            continue
        sense = 1 if scale.direction is Direction.BETTER else -1
        values = scores[scale.code].to_numpy()
        for item, change in zip(numeric, np.sign(values[1::2] - values[::2]), strict=True):
            if item.id in scale.items and not np.isnan(change):
                found[item.id] += sense * int(change)
    return {item: (votes > 0) - (votes < 0) for item, votes in found.items()}


def _homes(questionnaire: Questionnaire) -> dict[str, str]:
    """Return for every scored item the narrowest scale it belongs to."""
    homes: dict[str, str] = {}
    for scale in sorted(questionnaire.scales, key=lambda scale: len(scale.items)):
        for item in scale.items:
            homes.setdefault(item, scale.code)
    return homes


def _lowest(item: Item) -> float:
    return float(min(item.codes)) if item.codes else float(item.low or 0)


def _top(item: Item) -> float:
    if item.codes:
        return float(max(item.codes))
    return float(item.high) if item.high is not None else _lowest(item) + OPEN_RANGE


def _middle(item: Item) -> float:
    if item.codes:
        return float(sorted(item.codes)[len(item.codes) // 2])
    return float(round((_lowest(item) + _top(item)) / 2, item.decimals))


def _answer(
    model: ItemModel, *, fares: Numbers, health: float, language: str, rng: Generator
) -> Value:
    item = model.item
    if item.type is AnswerType.TEXT:
        return _remark(item, language) if rng.random() < REMARKED else None
    if rng.random() < min(0.5, model.blank * math.exp(-BLANK_STEEPNESS * health)):
        return None
    if item.type is AnswerType.SEVERAL_OF:
        return _several(model, rng)
    complaint = _complaint(model, fares, rng)
    if item.type is AnswerType.NUMBER:
        return _number(model, complaint)
    return _graded(model, complaint, rng)


def _remark(item: Item, language: str) -> str:
    return REMARKS.get(language, REMARK)[: item.max_length]


def _several(model: ItemModel, rng: Generator) -> Value:
    codes = [code for code in model.item.codes if code not in model.item.exclusive]
    chosen = [code for code in codes if rng.random() < model.chosen]
    return sorted(chosen) or list(model.item.exclusive[:1]) or None


def _complaint(model: ItemModel, fares: Numbers, rng: Generator) -> float:
    """Draw the complaint behind an answer: about standard normal, higher is worse."""
    own = float(rng.normal())
    if model.factor is None or model.direction == 0:
        return own
    common = -float(fares[model.factor]) / SPREAD
    return model.loading * common + math.sqrt(1 - model.loading**2) * own


def _graded(model: ItemModel, complaint: float, rng: Generator) -> int:
    """Turn a complaint into a code or a step of a scale, by thresholds that are closest at 0."""
    item = model.item
    share = NORMAL.cdf(complaint + model.shift) ** SKEW
    steps = sorted(item.codes) or list(range(round(_lowest(item)), round(_top(item)) + 1))
    level = min(int(share * len(steps)), len(steps) - 1)
    value = steps[level] if model.direction < 0 else steps[-1 - level]
    if not item.codes and len(steps) > LONG and rng.random() < HEAPED:
        value = min(max(5 * round(value / 5), steps[0]), steps[-1])
    return value


def _number(model: ItemModel, complaint: float) -> float | int:
    """Turn a complaint into a number about a third into the item's range, where most lie."""
    low, high = _lowest(model.item), _top(model.item)
    sense = 1 if model.direction < 0 else -1
    value = low + (high - low) * min(max(1 / 3 + 0.06 * sense * complaint, 0.0), 1.0)
    return round(value, model.item.decimals) if model.item.decimals else round(value)
