"""A table as CSV that Excel, R, SAS and Python read alike, and several files as one ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from numbers import Integral, Real

import numpy as np
import pandas as pd

_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_FILE_MODE = 0o100644 << 16
_UNIX = 3


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return ``frame`` as CSV, without its index.

    UTF-8 with byte order mark, comma, lines end in ``\n``, quotes only where needed (RFC 4180).
    Missing values and empty texts are empty cells. Whole numbers have no decimal point, whatever
    the column's type; other numbers have as many digits as bring back the same number. True and
    False are 1 and 0. Dates are ISO 8601, instants too, with their offset. Text is unchanged.

    Args:
        frame: Any number of rows; texts, numbers, booleans, dates and aware instants.

    Raises:
        ValueError: an instant has no offset, or a number is infinite.
        TypeError: a cell holds anything else, such as a list.
    """
    lines = [_line(str(column) for column in frame.columns)]
    columns = [frame.iloc[:, position].tolist() for position in range(frame.shape[1])]
    lines += [_line(map(cell_text, row)) for row in zip(*columns, strict=True)]
    return ("\ufeff" + "".join(lines)).encode("utf-8")


def cell_text(value: object) -> str:
    """Return one value as the text of its cell, before quoting. Raises as ``csv_bytes`` does."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return _number(float(value))
    if isinstance(value, date):
        return _day_or_instant(value)
    raise TypeError(f"no cell can hold a {type(value).__name__}")


def _number(value: float) -> str:
    if np.isnan(value):
        return ""
    if np.isinf(value):
        raise ValueError("no cell can hold an infinite number")
    return str(int(value)) if value.is_integer() else repr(value)


def _day_or_instant(value: date) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"an instant without an offset: {value}")
    return value.isoformat()


def _line(cells: Iterable[str]) -> str:
    line = ",".join(_quoted(cell) for cell in cells)
    return (line or '""') + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def zip_bytes(files: Mapping[str, bytes], *, modified: datetime) -> bytes:
    """Return files as one ZIP, sorted by name; the same input gives the same bytes.

    Args:
        files: Contents by file name.
        modified: Aware; stands in the ZIP, in UTC, as the time of every file.

    Raises:
        ValueError: ``modified`` has no offset, or lies before 1980, where ZIP's time begins.
    """
    if modified.tzinfo is None:
        raise ValueError("modified must have an offset")
    when = modified.astimezone(UTC)
    stamp = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _FILE_MODE
            entry.create_system = _UNIX
            archive.writestr(entry, files[name])
    return packed.getvalue()
