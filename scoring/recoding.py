"""Replaces answers by the values that a scale counts, as its option ``recode`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from questionnaires.model import Item
from scoring.errors import ScaleInvalid
from scoring.registry import Numbers, ScaleAnswers


@dataclass(frozen=True, kw_only=True)
class Recoded:
    """What a scale counts: the values of every form, and what each item can be worth.

    ``values`` is (n_forms, n_items) with NaN for unanswered; ``possible`` has for each item its
    values in ascending order.
    """

    values: Numbers
    possible: tuple[tuple[float, ...], ...]


def recoded(given: ScaleAnswers) -> Recoded:
    """Apply the option ``recode`` to the answers of every form.

    The option maps an item id to a table of answer to value, ``Global07 = { 0 = 5, 1 = 4 }``, or
    the name of a group to such a table with the ids of its ``items``. An item that the option
    does not name keeps its answers.

    Raises:
        ScaleInvalid: the option names an item that is not in the scale, or names one twice, or
            lacks an answer that the item allows, or has a value that is no number.
    """
    tables = _tables(given)
    values = given.answers.copy(order="K")
    possible = []
    for column, item in enumerate(given.items):
        worth = {answer: float(answer) for answer in _whole_answers(given, item)}
        if item.id in tables:
            worth = _checked(given, item, tables[item.id])
            values[:, column] = _replaced(given.answers[:, column], worth)
        possible.append(tuple(sorted(set(worth.values()))))
    return Recoded(values=values, possible=tuple(possible))


def _tables(given: ScaleAnswers) -> dict[str, Mapping[str, Any]]:
    tables: dict[str, Mapping[str, Any]] = {}
    for name, table in given.options.get("recode", {}).items():
        for item_id in table.get("items", [name]):
            if item_id in tables or item_id not in given.scale.items:
                raise ScaleInvalid(
                    f"{given.scale.code}.recode.{name}: {item_id} is not an item of the scale, "
                    "or stands twice"
                )
            tables[item_id] = {key: value for key, value in table.items() if key != "items"}
    return tables


def _whole_answers(given: ScaleAnswers, item: Item) -> tuple[int, ...]:
    if item.codes:
        return item.codes
    if item.decimals:
        raise ScaleInvalid(f"{given.scale.code}: {item.id} takes decimals, so it has no codes")
    return tuple(range(int(item.low or 0), int(item.high or 0) + 1))


def _checked(given: ScaleAnswers, item: Item, table: Mapping[str, Any]) -> dict[int, float]:
    allowed = _whole_answers(given, item)
    if sorted(table) != sorted(map(str, allowed)):
        raise ScaleInvalid(
            f"{given.scale.code}.recode: {item.id} allows {', '.join(map(str, allowed))}, "
            f"but the table has {', '.join(table)}"
        )
    if not all(type(value) in (int, float) for value in table.values()):
        raise ScaleInvalid(f"{given.scale.code}.recode: {item.id} has a value that is no number")
    return {answer: float(table[str(answer)]) for answer in allowed}


def _replaced(answers: Numbers, worth: Mapping[int, float]) -> Numbers:
    low, high = min(worth), max(worth)
    values = np.full(high - low + 2, np.nan)
    for answer, value in worth.items():
        values[answer - low] = value
    # The place -1, of unanswered, is the last one, which is NaN.
    return values[np.nan_to_num(answers - low, nan=-1).astype(np.intp)]
