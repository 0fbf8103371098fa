"""Which scores complete forms of a scale can have, and the smallest step between two of them.

Everything is exact: fractions, computed from the items of the scale and the arithmetic of its
scoring module. A threshold acts only where such a step ends, so that whoever chooses one must see
the step.

**Complete forms only.** Where an item is missing and the scale still scores, the mean of fewer
items stands for all, and the score moves in other, wider steps: PF2 with four of five items moves
by 25/3 instead of 20/3, and may lie between two scores that are possible for complete forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from questionnaires.model import Item, Questionnaire, Scale
from scoring.errors import ScaleInvalid

MOST_SCORES = 20_000
"""A scale with more possible scores than this has no step worth naming."""

Values = frozenset[Fraction]
Rule = Callable[[Questionnaire, Scale], Iterable[Fraction] | None]


def attainable_scores(questionnaire: Questionnaire, scale_code: str) -> tuple[Fraction, ...] | None:
    """Return every score that a complete form can have, exactly and in ascending order.

    Returns:
        The scores; None where the module has no fixed steps (a value set, a formula, an item
        response model, a profile, a grade, a plug-in), or where there are too many to list.

    Raises:
        KeyError: the questionnaire has no such scale.
    """
    scale = questionnaire.scale(scale_code)
    rule = RULES.get(scale.module)
    scores = None if rule is None else rule(questionnaire, scale)
    return None if scores is None else tuple(sorted(set(scores)))


def attainable_step(questionnaire: Questionnaire, scale_code: str) -> Fraction | None:
    """Return the smallest difference between two scores of complete forms, exactly.

    A form with missing items moves in other steps; see the module's own words. Where the steps
    are uneven (see ``is_even``) others are wider than this one.

    Returns:
        The step in points; None where ``attainable_scores`` is None.

    Raises:
        KeyError: the questionnaire has no such scale.
    """
    scores = attainable_scores(questionnaire, scale_code)
    return None if scores is None else smallest_step(scores)


def smallest_step(scores: Sequence[Fraction]) -> Fraction | None:
    """Return the smallest gap between neighbours; None where there are not two scores."""
    return min((high - low for low, high in pairwise(scores)), default=None)


def is_even(scores: Sequence[Fraction]) -> bool:
    """Tell whether all neighbouring scores lie equally far apart."""
    return len({high - low for low, high in pairwise(scores)}) == 1


def _exact(value: Any) -> Fraction:
    """Return a number of a file as it was written: 0.1 is one tenth."""
    return Fraction(str(value))


def _sums(values: Sequence[Values]) -> Values | None:
    """Return all sums of one value from each set, or None if there are too many."""
    scale = lcm(*(value.denominator for each in values for value in each))
    sums = {0}
    for each in values:
        whole = [int(value * scale) for value in each]
        sums = {total + value for total in sums for value in whole}
        if len(sums) > MOST_SCORES:
            return None
    return frozenset(Fraction(total, scale) for total in sums)


def _answers(item: Item) -> Values:
    """Return the answers that an item allows."""
    if item.codes:
        return frozenset(map(Fraction, item.codes))
    unit = 10**item.decimals
    low, high = (_exact(end or 0) * unit for end in (item.low, item.high))
    return frozenset(Fraction(number, unit) for number in range(int(low), int(high) + 1))


def _items(questionnaire: Questionnaire, scale: Scale) -> list[Item]:
    return [questionnaire.item(each) for each in scale.items]


def _raw_sums(questionnaire: Questionnaire, scale: Scale) -> Values | None:
    return _sums([_answers(item) for item in _items(questionnaire, scale)])


def _linear(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    if "blank_if" in scale.options:  # Which items count differs from form to form.
        return None
    items = _items(questionnaire, scale)
    low, high = items[0].codes[0], items[0].codes[-1]
    sums = _raw_sums(questionnaire, scale)
    if sums is None:
        return None
    shares = [(total / len(items) - low) / (high - low) for total in sums]
    return [100 * (1 - share if scale.options.get("reverse") else share) for share in shares]


def _sum(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    sums = _raw_sums(questionnaire, scale)
    factor = _exact(scale.options.get("factor", 1))
    return None if sums is None else [total * factor for total in sums]


def _prorated_sum(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    """Turn the reversed items round; count as ``prorated_to`` items where that is set."""
    items = _items(questionnaire, scale)
    turned = scale.options.get("reversed", ())
    values = [
        frozenset(item.codes[0] + item.codes[-1] - answer for answer in _answers(item))
        if item.id in turned
        else _answers(item)
        for item in items
    ]
    weight = Fraction(int(scale.options.get("prorated_to", len(items))), len(items))
    sums = _sums(values)
    return None if sums is None else [total * weight for total in sums]


def _item(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    return _answers(questionnaire.item(scale.items[0]))


def _mean_percent(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    values = []
    for item in _items(questionnaire, scale):
        answers = _answers(item)
        low, high = min(answers), max(answers)
        shares = [(answer - low) / (high - low) for answer in answers]
        turned = item.id in scale.options.get("reversed", ())
        values.append(frozenset(100 * (1 - share if turned else share) for share in shares))
    sums = _sums(values)
    return None if sums is None else [total / len(scale.items) for total in sums]


def _worth(questionnaire: Questionnaire, scale: Scale) -> list[Values]:
    """Return what each item can count as after the option ``recode`` (see ``recoding``)."""
    tables = {
        item: table
        for name, table in scale.options.get("recode", {}).items()
        for item in table.get("items", [name])
    }
    return [
        frozenset(_exact(value) for key, value in tables[item.id].items() if key != "items")
        if item.id in tables
        else _answers(item)
        for item in _items(questionnaire, scale)
    ]


def _recoded_mean(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    sums = _sums(_worth(questionnaire, scale))
    return None if sums is None else [total / len(scale.items) for total in sums]


def _lookup(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    sums = sorted(_sums(_worth(questionnaire, scale)) or ())
    table = scale.options["table"]
    if not sums or len(table) != sums[-1] - sums[0] + 1:
        raise ScaleInvalid(f"{scale.code}.table: {len(table)} entries do not fit the raw sums")
    return [_exact(table[int(total - sums[0])]) for total in sums]


def _parts(questionnaire: Questionnaire, codes: Sequence[str]) -> list[Values] | None:
    """Return the scores of other scales; None if one has none, or two share an item."""
    scales = [questionnaire.scale(code) for code in codes]
    used = [item for scale in scales for item in scale.items]
    found = [attainable_scores(questionnaire, code) for code in codes]
    if len(set(used)) != len(used) or any(each is None for each in found):
        return None
    return [frozenset(each) for each in found if each is not None]


def _mean_of_scales(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    as_is = _parts(questionnaire, scale.options["as_is"])
    turned = _parts(questionnaire, scale.options.get("reversed", ()))
    if as_is is None or turned is None:
        return None
    values = [*as_is, *(frozenset(100 - score for score in each) for each in turned)]
    sums = _sums(values)
    return None if sums is None else [total / len(values) for total in sums]


def _sum_of_scales(questionnaire: Questionnaire, scale: Scale) -> Iterable[Fraction] | None:
    values = _parts(questionnaire, scale.options["of"])
    return None if values is None else _sums(values)


RULES: dict[str, Rule] = {
    "item": _item,
    "linear": _linear,
    "lookup": _lookup,
    "mean_of_scales": _mean_of_scales,
    "mean_percent": _mean_percent,
    "prorated_sum": _prorated_sum,
    "recoded_mean": _recoded_mean,
    "sum": _sum,
    "sum_of_scales": _sum_of_scales,
}
"""The exact arithmetic of each scoring module whose scores move in fixed steps, by its id."""
