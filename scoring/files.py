"""Scores a CSV file without any database: all of it, or a list of what is wrong with it."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from questionnaires.model import Item, Questionnaire
from scoring.engine import score

MOST_PROBLEMS = 50


class ScoreFileInvalid(ValueError):
    """The file cannot be scored; ``problems`` names each place."""

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - MOST_PROBLEMS
        shown = problems[:MOST_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
        super().__init__("\n".join(shown))
        self.problems = shown


def score_file(
    questionnaire: Questionnaire,
    source: Path,
    target: Path,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Write ``source`` with the score columns added to ``target``; return the number of forms.

    Columns that are no items are kept as they are (ids keep their leading zeros). The target is
    UTF-8 with a byte-order mark and appears whole or not at all.

    Raises:
        ScoreFileInvalid: the file is unreadable, lacks columns, or holds bad answers.
    """
    text = _read(source)
    needed = [item.id for item in questionnaire.items if _is_scored(questionnaire, item)]
    _refuse_columns(source, text, questionnaire, needed)
    answers = _answers(source, text, questionnaire, needed)
    scores = score(questionnaire, answers, options)
    _write(text.assign(**{code: scores[code] for code in scores.columns}), target)
    return len(text)


def _is_scored(questionnaire: Questionnaire, item: Item) -> bool:
    return any(item.id in scale.items for scale in questionnaire.scales)


def _read(source: Path) -> pd.DataFrame:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise ScoreFileInvalid([f"{source}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ScoreFileInvalid(
            [f"{source}: not UTF-8 (byte {error.start}); save it as UTF-8"]
        ) from error
    if not rows:
        raise ScoreFileInvalid([f"{source}: the file is empty; the first line names the columns"])
    header, body = rows[0], rows[1:]
    problems = [
        f"{source} line {line}: {len(row)} cells, but the header has {len(header)}"
        for line, row in enumerate(body, start=2)
        if len(row) != len(header)
    ]
    problems += [f"{source}: two columns are named {name}" for name in _twice(header)]
    if problems:
        raise ScoreFileInvalid(problems)
    return pd.DataFrame(body, columns=header, dtype="str")


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _refuse_columns(
    source: Path, text: pd.DataFrame, questionnaire: Questionnaire, needed: list[str]
) -> None:
    problems = [f"{source}: no column {item}" for item in needed if item not in text.columns]
    problems += [
        f"{source}: column {scale.code} would be overwritten; rename it"
        for scale in questionnaire.scales
        if scale.code in text.columns and scale.code not in needed
    ]
    if problems:
        raise ScoreFileInvalid(problems)


def _answers(
    source: Path, text: pd.DataFrame, questionnaire: Questionnaire, needed: list[str]
) -> pd.DataFrame:
    numbers: dict[str, pd.Series[Any]] = {}
    problems: list[str] = []
    for name in needed:
        column = text[name].str.strip()
        blank = column.isin(["", "NA"])
        value = pd.to_numeric(column.mask(blank), errors="coerce")
        item = questionnaire.item(name)
        bad = ~blank & (value.isna() | ~_allowed(item, value))
        problems += [
            f"{source} line {row + 2}, column {name}: {column.iloc[row]!r} is not allowed "
            f"({_range(item)}, or blank)"
            for row in bad.to_numpy().nonzero()[0]
        ]
        numbers[name] = value
    if problems:
        raise ScoreFileInvalid(problems)
    return pd.DataFrame(numbers, index=text.index)


def _allowed(item: Item, value: pd.Series[Any]) -> pd.Series[Any]:
    if item.codes:
        return value.isin(item.codes)
    whole = value.round(item.decimals) == value
    return value.between(float(item.low or 0), float(item.high or 0)) & whole


def _range(item: Item) -> str:
    return ", ".join(map(str, item.codes)) or f"{item.low:g} to {item.high:g}"


def _write(table: pd.DataFrame, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    try:
        table.to_csv(name, index=False, encoding="utf-8-sig", lineterminator="\n")
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
