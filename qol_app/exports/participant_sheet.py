"""The file of participants as bytes: the template to fill in, and reading what comes back."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from itertools import islice

from qol_app.domain.errors import InvalidInput
from qol_app.domain.participant_file import HEADERS, MOST_ROWS
from qol_app.exports.wording_sheet import MOST_BYTES, numbered, openpyxl_module

Lines = list[tuple[int, Sequence[object]]]

UTF8 = "utf-8"
GBK = "gb18030"


def heads() -> list[str]:
    """Return the heads of the columns in both languages."""
    return [f"{english} {chinese}" for english, chinese in HEADERS.values()]


def csv_template() -> bytes:
    """Return the empty table as CSV: UTF-8 with byte order mark, as Excel needs it."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(heads())
    return ("\ufeff" + file.getvalue()).encode()


def xlsx_template() -> bytes:
    """Return the empty table as XLSX, every cell as text so that Excel changes nothing.

    Raises:
        SheetsMissing: openpyxl is not installed.
    """
    openpyxl = openpyxl_module()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "participants"
    sheet.append(heads())
    for column in sheet.iter_cols(min_row=1, max_row=MOST_ROWS + 1, max_col=len(HEADERS)):
        sheet.column_dimensions[column[0].column_letter].width = 24
        for cell in column:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_csv(content: bytes) -> tuple[Lines, str]:
    """Return the lines of a CSV file and its encoding: UTF-8, UTF-16 or else GBK.

    Raises:
        InvalidInput: it is no table of text.
    """
    text, encoding = _decoded(content)
    head = text.partition("\n")[0].replace("，", ",")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True
    )
    try:
        return list(numbered(reader)), encoding
    except csv.Error as error:
        raise InvalidInput([f"line {reader.line_num}: {error}"]) from None


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), UTF8
    for encoding in ("utf-8-sig", GBK):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, GBK if encoding == GBK else UTF8
    raise InvalidInput(["this is no text file; save it as CSV UTF-8 or as XLSX"])


def read_xlsx(content: bytes) -> Lines:
    """Return the lines of the first sheet of an XLSX file.

    Raises:
        SheetsMissing: openpyxl is not installed.
        InvalidInput: it is no workbook.
    """
    openpyxl = openpyxl_module()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise ValueError("it is too large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(values_only=True)
        found: Lines = list(enumerate(islice(lines, MOST_ROWS * 3), start=1))
        book.close()
    except Exception as error:  # openpyxl raises whatever its XML and ZIP readers do
        raise InvalidInput([f"this is no XLSX workbook: {type(error).__name__}"]) from error
    return found
