"""Scores a CSV file without any database: all of it, or a list of what is wrong with it."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from questionnaires.model import Item, Questionnaire
from scoring.answers import allowed_text, is_allowed
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
    *,
    bom: bool = True,
) -> int:
    """Write ``source`` with the score columns added to ``target``; return the number of forms.

    Columns that are no items are kept as they are (ids keep their leading zeros); lines without
    any cell are left out. The target is UTF-8 and appears whole or not at all. An answer that is
    empty, ``NA`` or one of its item's missing codes is missing.

    Args:
        questionnaire: The questionnaire whose item ids name the columns.
        source: A CSV file with a header, one form per line.
        target: The file to write; one that exists is replaced.
        options: Scoring options, as for ``score``.
        bom: Whether to begin with a byte-order mark, which Excel needs to read Chinese.

    Raises:
        ScoreFileInvalid: the file is unreadable, lacks columns, or holds bad answers.
        OptionUnknown: as ``score``.
        OSError: the target cannot be written.
    """
    text = _read(source)
    needed = [item.id for item in questionnaire.items if _is_scored(questionnaire, item)]
    _refuse_columns(source, text, questionnaire, needed)
    answers = _answers(source, text, questionnaire, needed)
    scores = score(questionnaire, answers, options)
    table = text.assign(**{code: scores[code] for code in scores.columns})
    _write(table, target, encoding="utf-8-sig" if bom else "utf-8")
    return len(text)


def _is_scored(questionnaire: Questionnaire, item: Item) -> bool:
    return any(item.id in scale.items for scale in questionnaire.scales)


def _read(source: Path) -> pd.DataFrame:
    """Return all cells as text, one row per form, with the line numbers as index."""
    rows = _rows(source)
    if not rows:
        raise ScoreFileInvalid([f"{source}: the file is empty; the first line names the columns"])
    (_, header), *body = rows
    problems = [
        f"{source} line {line}: {len(row)} cells, but the header has {len(header)}"
        for line, row in body
        if len(row) != len(header)
    ]
    problems += [f"{source}: two columns are named {name!r}" for name in _twice(header)]
    if problems:
        raise ScoreFileInvalid(problems)
    lines = [line for line, _ in body]
    return pd.DataFrame([row for _, row in body], index=lines, columns=header, dtype="str")


def _rows(source: Path) -> list[tuple[int, list[str]]]:
    """Return every row that has cells, with the number of the line on which it begins."""
    rows = []
    line = 1
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    rows.append((line, row))
                line = reader.line_num + 1
    except OSError as error:
        raise ScoreFileInvalid([f"{source}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ScoreFileInvalid(
            [f"{source}: not UTF-8 (byte {error.start}); save it as UTF-8"]
        ) from error
    except csv.Error as error:
        raise ScoreFileInvalid([f"{source} line {line}: {error}"]) from error
    return rows


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
        if item.missing_codes:
            blank |= value.isin(item.missing_codes)
            value = value.mask(blank)
        bad = ~blank & ~is_allowed(item, value.to_numpy(dtype="float64", na_value=np.nan))
        problems += [
            f"{source} line {line}, column {name}: {cell!r} is not allowed "
            f"({allowed_text(item)}, or blank)"
            for line, cell in column[bad].items()
        ]
        numbers[name] = value
    if problems:
        raise ScoreFileInvalid(problems)
    return pd.DataFrame(numbers, index=text.index)


def _write(table: pd.DataFrame, target: Path, *, encoding: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    try:
        table.to_csv(name, index=False, encoding=encoding, lineterminator="\n")
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
