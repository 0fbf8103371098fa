"""Utilities from a value set that a deployment imports: the EORTC QLU-C10D."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scoring.errors import OptionUnknown
from scoring.reasons import Part, PartKind, Reasons, StepKind, item_parts, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register

FOLDER = "QOL_VALUE_SETS"
"""Environment variable that names a folder of value sets, ``<name>.toml`` each."""
MOBILITY = "PF"
"""The one dimension whose level comes from two items by a rule of its own."""
LEVELS_WITH_DECREMENT = 3


class ValueSetInvalid(OptionUnknown):
    """A value set's file has mistakes; the message names each with file and key."""


def reasons(given: ScaleAnswers) -> Reasons:
    """Return each dimension's decrement and what is left of 1."""
    answers, path = given.answers[0], _chosen(given.options)
    parts = item_parts(given.scale.items, answers, np.full(len(answers), np.nan))
    answered = int(np.count_nonzero(~np.isnan(answers)))
    if path is None:
        return Reasons(parts=parts, steps=(step(StepKind.NO_VALUE_SET),))
    if answered < len(answers):
        missing = too_few(answered=answered, expected=len(answers), needed=len(answers))
        return Reasons(parts=parts, steps=missing)
    dimensions = given.scale.options["dimensions"]
    decrements = read(path, dimensions, lowest=given.scale.low)
    told = dict(zip(given.scale.items, answers.astype(int), strict=True))
    terms = tuple(
        Part(
            kind=PartKind.TERM,
            code=name,
            given=None,
            used=-float(decrements[name][int(_levels(name, [told[item] for item in items])) - 1]),
        )
        for name, items in dimensions.items()
    )
    lost = -sum(term.used or 0 for term in terms)
    left = step(StepKind.LESS, start=1, decrements=lost, score=qlu_c10d(given)[0])
    return Reasons(parts=parts + terms, steps=(left,))


@register("qlu_c10d", "1.0.0", explain=reasons)
def qlu_c10d(given: ScaleAnswers) -> Numbers:
    """Return the utility: 1 less the decrement of each dimension's level (level 1 costs nothing).

    A dimension's level is the worst answer to its items (1-4). Physical functioning asks for a
    long and a short walk: 1 without trouble on the long one, otherwise 2, 3 or 4 as the short one
    gives none, a little, or more. The option ``value_set`` names a set in the folder
    ``QOL_VALUE_SETS``; ``value_set_file`` names a file instead. Without either there is no score.

    Returns:
        (n_forms,) float64, at most 1, below 0 for states worse than death; NaN without a value
        set, and unless every item of every dimension is answered.

    Raises:
        OptionUnknown: there is no such value set or file.
        ValueSetInvalid: the value set has mistakes.

    Source:
        King et al., Qual Life Res 2016;25:625-636 (dimensions); Kemmler et al., Qual Life Res
        2019;28:3197-3211 (levels); each set has its own reference.
    """
    dimensions: Mapping[str, list[str]] = given.scale.options["dimensions"]
    result = np.full(len(given.answers), np.nan)
    path = _chosen(given.options)
    if path is None:
        return result
    decrements = read(path, dimensions, lowest=given.scale.low)
    complete = ~np.isnan(given.answers).any(axis=1)
    answered = given.answers[complete].astype(int)
    columns = {item.id: answered[:, place] for place, item in enumerate(given.items)}
    result[complete] = 1
    for dimension, items in dimensions.items():
        levels = _levels(dimension, [columns[item] for item in items])
        result[complete] -= decrements[dimension][levels - 1]
    return result


def _levels(dimension: str, answers: list[Any]) -> Any:
    if dimension == MOBILITY:
        long_walk, short_walk = answers
        return np.where(long_walk == 1, 1, np.minimum(short_walk + 1, 4))
    return np.max(answers, axis=0)


def _chosen(options: Mapping[str, Any]) -> Path | None:
    if options.get("value_set_file"):
        return Path(options["value_set_file"])
    name = options.get("value_set")
    if not name:
        return None
    folder = os.environ.get(FOLDER)
    there = {path.stem: path for path in Path(folder).glob("*.toml")} if folder else {}
    if name not in there:
        where = f"in {folder}" if folder else f"as {FOLDER} names no folder"
        raise OptionUnknown(
            f"no value set {name} {where}; there are {', '.join(sorted(there)) or 'none'}"
        )
    return there[name]


def read(path: Path, dimensions: Mapping[str, Any], *, lowest: float) -> dict[str, Numbers]:
    """Read a value set: the decrements of levels 1 to 4 of every dimension.

    Args:
        path: A TOML file with ``name``, ``source`` and a table ``decrements``: for every dimension
            three numbers, for levels 2, 3 and 4, none below the one before.
        dimensions: The dimensions there must be, no more and no fewer.
        lowest: The lowest utility that the worst state may have.

    Raises:
        OptionUnknown: there is no such file.
        ValueSetInvalid: the file has mistakes; names all of them.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionUnknown(f"value set {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueSetInvalid(f"{path}: {error}") from error
    problems = _problems(data, dimensions, lowest)
    if problems:
        raise ValueSetInvalid("\n".join(f"{path}: {one}" for one in problems))
    return {name: np.array([0.0, *data["decrements"][name]]) for name in dimensions}


def _problems(data: Mapping[str, Any], dimensions: Mapping[str, Any], lowest: float) -> list[str]:
    problems = [
        f"{key}: is missing or empty"
        for key in ("name", "source")
        if not (isinstance(data.get(key), str) and data[key].strip())
    ]
    problems += [
        f"{key}: belongs to nothing" for key in sorted(set(data) - {"name", "source", "decrements"})
    ]
    given = data.get("decrements")
    if not isinstance(given, dict):
        return [*problems, "decrements: is missing or no table"]
    problems += [f"decrements.{one}: is missing" for one in dimensions if one not in given]
    problems += [f"decrements.{one}: belongs to nothing" for one in given if one not in dimensions]
    bad = [one for one in dimensions if one in given and not _is_rising(given[one])]
    problems += [
        f"decrements.{one}: {given[one]!r} is not three numbers, 0 or more, never falling"
        for one in bad
    ]
    if not problems and (worst := 1 - sum(given[one][-1] for one in dimensions)) < lowest:
        problems.append(f"decrements: the worst state is worth {worst:g}, below {lowest:g}")
    return problems


def _is_rising(values: Any) -> bool:
    if not isinstance(values, list) or len(values) != LEVELS_WITH_DECREMENT:
        return False
    if not all(type(value) in (int, float) and math.isfinite(value) for value in values):
        return False
    return bool(0 <= values[0] <= values[1] <= values[2])
