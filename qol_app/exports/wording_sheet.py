"""A wording as a table to fill in and to read: CSV, or XLSX where openpyxl is installed.

The columns are ``kind``, ``key``, ``label`` (our own words, only to be looked at) and ``text``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

from qol_app.domain.errors import InvalidInput
from qol_app.domain.wording_text import (
    Fault,
    Mistake,
    Reading,
    TextRow,
    WordingInvalid,
    mistaken,
)

HEADER = ("kind", "key", "label", "text")
NEEDED = ("kind", "key", "text")
WIDTHS = {"A": 14, "B": 22, "C": 44, "D": 80}
MOST_BYTES = 20 * 1024 * 1024
"""The most that an XLSX file may hold once unpacked; a wording needs far less."""
MOST_LINES = 20_000


class SheetsMissing(InvalidInput):
    """openpyxl is not installed, so XLSX files can be neither written nor read."""


def csv_template(labels: Iterable[TextRow]) -> bytes:
    """Return the table to fill in as CSV: UTF-8 with byte order mark, as Excel needs it.

    Args:
        labels: Our own words; they stand in ``label``, and ``text`` is empty.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows((row.kind, row.key, row.text, "") for row in labels)
    return ("\ufeff" + file.getvalue()).encode()


def xlsx_template(labels: Iterable[TextRow]) -> bytes:
    """Return the table to fill in as XLSX, every cell as text so that Excel changes nothing.

    Raises:
        SheetsMissing: openpyxl is not installed.
    """
    book = openpyxl_module().Workbook()
    sheet = book.active
    sheet.title = "wording"
    sheet.append(HEADER)
    for row in labels:
        sheet.append((row.kind, row.key, row.text, None))
    wrapped = openpyxl_module().styles.Alignment(wrap_text=True, vertical="top")
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
        for cell in sheet[column]:
            cell.number_format, cell.alignment = "@", wrapped
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_csv(content: bytes) -> Reading:
    """Return the rows of a filled-in CSV table, separated by commas, semicolons or tabs.

    Raises:
        WordingInvalid: it is not UTF-8, or lacks a column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WordingInvalid([Mistake(fault=Fault.NOT_UTF8)]) from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _rows(list(numbered(reader)))
    except csv.Error as error:
        mistake = Mistake(fault=Fault.NOT_A_TABLE, line=reader.line_num, detail=str(error))
        raise WordingInvalid([mistake]) from None


def numbered(reader: Any) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield each record with the line in which it begins."""
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def read_xlsx(content: bytes) -> Reading:
    """Return the rows of a filled-in XLSX table, from its first sheet.

    Raises:
        SheetsMissing: openpyxl is not installed.
        WordingInvalid: it is no workbook, or lacks a column.
    """
    openpyxl = openpyxl_module()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise ValueError("it is too large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(values_only=True)
        found = list(enumerate(islice(lines, MOST_LINES), start=1))
        book.close()
    except Exception as error:  # openpyxl raises whatever its XML and ZIP readers do
        mistake = Mistake(fault=Fault.NOT_A_TABLE, detail=str(error) or type(error).__name__)
        raise WordingInvalid([mistake]) from error
    return _rows(found)


def _rows(numbered: Sequence[tuple[int, Sequence[object]]]) -> Reading:
    names = [str(cell or "").strip().lower() for cell in numbered[0][1]] if numbered else []
    gaps = [Mistake(fault=Fault.NO_COLUMN, detail=name) for name in NEEDED if name not in names]
    if gaps:
        raise WordingInvalid(gaps)
    places = [names.index(name) for name in NEEDED]
    found, mistakes = [], []
    for line, cells in numbered[1:]:
        kind, key, text = (cells[at] if at < len(cells) else None for at in places)
        row = TextRow(kind=_text(kind).lower(), key=_text(key), text=_text(text), line=line)
        if row.kind or row.key or row.text:
            found.append(row)
            if not isinstance(text, str | int | None) or isinstance(text, bool):
                mistakes.append(mistaken(row, Fault.NOT_TEXT, type(text).__name__))
    return Reading(rows=tuple(found), mistakes=tuple(mistakes))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def openpyxl_module() -> Any:
    """Return openpyxl. Raises SheetsMissing where it is not installed."""
    # Loaded by name because it is optional and has no types; it also takes a while to load.
    try:
        import_module("openpyxl.styles")
        return import_module("openpyxl")
    except ImportError as error:
        problem = "XLSX needs openpyxl, which is not installed here; use CSV"
        raise SheetsMissing([problem]) from error
