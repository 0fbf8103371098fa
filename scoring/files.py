"""Scores a CSV file of any size without a database: all of it, or a list of what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from questionnaires.model import Questionnaire
from scoring.columns import BadCell, Meanings, allowed_in_cell, find_columns
from scoring.engine import score
from scoring.registry import Numbers
from scoring.tables import Chunk, Table, opened, written_whole

OnBadCell = Callable[[BadCell], None]


def score_file(
    questionnaire: Questionnaire,
    source: Path,
    target: Path,
    options: Mapping[str, Any] | None = None,
    *,
    encoding: str | None = None,
    bom: bool = True,
    on_bad_cell: OnBadCell | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write ``source`` with the score columns added to ``target``; return the number of forms.

    Columns that are no items are kept as they are (ids keep their leading zeros); lines without
    any cell are left out. The target is UTF-8 and appears whole or not at all. An answer that is
    empty, ``NA`` or one of its item's missing codes is missing. A file of any size takes the
    memory of 50,000 of its lines.

    Args:
        questionnaire: The questionnaire whose items name the columns (see ``find_columns``).
        source: A CSV file with a header, one form per line.
        target: The file to write; one that exists is replaced.
        options: Scoring options, as for ``score``.
        encoding: The encoding of the source; without it UTF-8.
        bom: Whether to begin with a byte-order mark, which Excel needs to read Chinese.
        on_bad_cell: Takes every cell that its item does not allow, and the answer is missing.
            Without it such a cell refuses the file.
        progress: Is told how many bytes of the source are scored, and of how many.

    Raises:
        ScoreFileInvalid: the file is unreadable, lacks columns, or holds bad answers.
        OptionUnknown, ModuleUnknown, ModuleFailed: as ``score``.
        OSError: the target cannot be written.
    """
    with opened(source, encoding) as table:
        places, mistakes = find_columns(questionnaire, table.header)
        for mistake in mistakes:
            table.problems.add(f" line {table.header_line}: {mistake}")
        table.problems.refuse()
        answers = _Answers(questionnaire, table, places, on_bad_cell)
        with written_whole(target, bom=bom) as file:
            lines = _ScoredLines(csv.writer(file, lineterminator="\n"), table.header)
            for chunk in table.chunks(progress):
                frame = answers.read(chunk)
                if not table.problems:
                    lines.write(chunk, score(questionnaire, frame, options))
            table.problems.refuse()
    return lines.count


class _Answers:
    """Turns the cells of a table into numbers, and sorts out what no item allows."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        table: Table,
        places: Mapping[str, int],
        on_bad_cell: OnBadCell | None,
    ) -> None:
        self._items = [questionnaire.item(item) for item in places]
        self._places = list(places.values())
        self._meanings = [Meanings(item) for item in self._items]
        self._header = table.header
        self._take: OnBadCell = on_bad_cell or (lambda cell: table.problems.add(f" {cell}"))

    def read(self, chunk: Chunk) -> pd.DataFrame:
        """Return (n_lines, n_items) float64, indexed by line; a bad cell is handed over and NaN."""
        lines, rows = chunk
        block = np.empty((len(self._items), len(rows)))
        for number, (place, meanings) in enumerate(zip(self._places, self._meanings, strict=True)):
            texts = map(itemgetter(place), rows)
            block[number] = np.fromiter(map(meanings.__getitem__, texts), float, len(rows))
        self._sort_out(block, chunk)
        return pd.DataFrame(
            block.T, index=lines, columns=[item.id for item in self._items], copy=False
        )

    def _sort_out(self, block: Numbers, chunk: Chunk) -> None:
        bad = np.isinf(block)
        if not bad.any():
            return
        lines, rows = chunk
        for row, number in np.argwhere(bad.T):
            item, place = self._items[number], self._places[number]
            cell = BadCell(
                line=lines[row],
                column=self._header[place],
                item=item.id,
                text=rows[row][place],
                allowed=allowed_in_cell(item),
            )
            self._take(cell)
        block[bad] = np.nan


class _ScoredLines:
    """Writes lines with their scores; a score that bears an item's name takes its column."""

    def __init__(self, writer: Any, header: list[str]) -> None:
        self.count = 0
        self._writer = writer
        self._header = header
        self._is_begun = False

    def write(self, chunk: Chunk, scores: pd.DataFrame) -> None:
        """Write a part of the table."""
        added = [code for code in scores.columns if code not in self._header]
        if not self._is_begun:
            self._writer.writerow([*self._header, *added])
            self._is_begun = True
        _, rows = chunk
        for code in scores.columns.difference(added):
            place = self._header.index(code)
            for row, value in zip(rows, _cells(scores[[code]]), strict=True):
                row[place] = value[0]
        pairs = zip(rows, _cells(scores[added]), strict=True)
        self._writer.writerows(row + values for row, values in pairs)
        self.count += len(rows)


def _cells(scores: pd.DataFrame) -> list[list[str]]:
    """Return scores as rows of texts, the shortest that give the same number again.

    Scores repeat a lot, so each distinct one is put into words once.
    """
    cells = np.empty(scores.shape, dtype=object)
    for place, code in enumerate(scores.columns):
        distinct, inverse = np.unique(scores[code].to_numpy(), return_inverse=True)
        texts = ["" if np.isnan(value) else repr(value) for value in distinct.tolist()]
        cells[:, place] = np.array(texts, dtype=object)[inverse]
    rows: list[list[str]] = cells.tolist()
    return rows
