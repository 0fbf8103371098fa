"""The table of a wording is filled in with a spreadsheet and read back line by line."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from importlib import import_module

import pytest

from qol_app.domain.wording_text import TextRow, WordingInvalid, rows
from qol_app.exports import wording_sheet
from questionnaires import load, wording
from tests.conftest import missing

LMC21 = load("eortc-qlq-lmc21")
HEAD = "kind,key,label,text\n"


def csv_file(*lines: str, head: str = HEAD) -> bytes:
    return (head + "".join(f"{line}\n" for line in lines)).encode()


def test_the_template_names_every_text_once_beside_our_label() -> None:
    content = wording_sheet.csv_template(rows(LMC21, wording("eortc-qlq-lmc21", "1.0", "en")))
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[:5] == [
        ["kind", "key", "label", "text"],
        ["title", "", "EORTC QLQ-LMC21", ""],
        [
            "introduction",
            "",
            "A rehearsal. Short labels stand here in place of the official questions.",
            "",
        ],
        ["question", "q31", "Nutrition (1 of 2)", ""],
        ["option", "four_levels.1", "1 (lowest)", ""],
    ]
    assert lines[-1] == ["scale", "SEXUAL", "Sexuality", ""]
    assert len(lines) == 1 + 2 + 21 + 4 + 13


def test_excel_is_told_that_the_chinese_is_utf8() -> None:
    labels = rows(LMC21, wording("eortc-qlq-lmc21", "1.0", "zh-Hans"))
    content = wording_sheet.csv_template(labels)
    assert content.startswith(b"\xef\xbb\xbfkind,key,label,text\r\n")
    assert "味觉" in content.decode("utf-8-sig")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_whatever_separates_its_columns(separator: str) -> None:
    content = "\ufeff" + separator.join(("kind", "key", "label", "text")) + "\r\n"
    content += separator.join(("question", "q31", "Nutrition", '"Official, text; 1"')) + "\r\n"
    assert wording_sheet.read_csv(content.encode()).rows == (
        TextRow(kind="question", key="q31", text="Official, text; 1", line=2),
    )


def test_a_text_of_two_lines_counts_as_two_lines_of_the_file() -> None:
    content = csv_file('question,q31,,"Official', 'text 1"', "", "question,q32,,Official text 2")
    read = wording_sheet.read_csv(content).rows
    assert [(row.line, row.text) for row in read] == [
        (2, "Official\ntext 1"),
        (5, "Official text 2"),
    ]


def test_the_label_column_is_not_needed_and_columns_may_change_places() -> None:
    content = csv_file(" Official text 1 ,q31,Question", head="text,key,kind\n")
    assert wording_sheet.read_csv(content).rows == (
        TextRow(kind="question", key="q31", text="Official text 1", line=2),
    )


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        pytest.param(
            "kind,key,label,text\nquestion,q31,,正式题目".encode("gbk"),
            ["is not UTF-8 text; in Excel save it as CSV UTF-8"],
            id="saved by Excel as GBK",
        ),
        pytest.param(
            b"kind,label\n",
            [
                "the column key is missing; the first line names kind, key, label and text",
                "the column text is missing; the first line names kind, key, label and text",
            ],
            id="columns missing",
        ),
        pytest.param(
            b'kind,key,text\nquestion,q31,"open',
            ["line 2: is no table with the columns kind, key and text: unexpected end of data"],
            id="a quotation mark is never closed",
        ),
        pytest.param(
            b"",
            [
                f"the column {name} is missing; the first line names kind, key, label and text"
                for name in ("kind", "key", "text")
            ],
            id="empty",
        ),
    ],
)
def test_what_is_no_such_table_is_refused(content: bytes, problems: list[str]) -> None:
    with pytest.raises(WordingInvalid) as refused:
        wording_sheet.read_csv(content)
    assert refused.value.problems == problems


def xlsx_file(*lines: tuple[object, ...]) -> bytes:
    book = import_module("openpyxl").Workbook()
    for line in (("kind", "key", "label", "text"), *lines):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def sheets() -> None:
    """Excel's own files need openpyxl."""
    try:
        wording_sheet.xlsx_template([])
    except wording_sheet.SheetsMissing:
        missing("openpyxl")


@pytest.mark.usefixtures("sheets")
def test_an_excel_template_is_read_back_with_its_lines() -> None:
    labels = rows(LMC21, wording("eortc-qlq-lmc21", "1.0", "zh-Hans"))
    read = wording_sheet.read_xlsx(wording_sheet.xlsx_template(labels))
    assert [(row.kind, row.key, row.text) for row in read.rows] == [
        (row.kind, row.key, "") for row in labels
    ]
    assert read.rows[0].line == 2
    assert read.mistakes == ()


@pytest.mark.usefixtures("sheets")
def test_a_whole_number_is_a_text_and_a_date_is_a_mistake() -> None:
    content = xlsx_file(
        ("option", "four_levels.1", None, 1),
        ("option", "four_levels.2", None, datetime(2026, 1, 2)),  # noqa: DTZ001  # as Excel has it
        ("option", "four_levels.3", None, 3.5),
    )
    read = wording_sheet.read_xlsx(content)
    assert read.rows[0].text == "1"
    assert [str(mistake) for mistake in read.mistakes] == [
        "line 3, option four_levels.2: is a datetime for Excel, not a text; "
        "format the cell as text and type it again",
        "line 4, option four_levels.3: is a float for Excel, not a text; "
        "format the cell as text and type it again",
    ]


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("content", [b"", b"kind,key,text\n", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(WordingInvalid, match="is no table with the columns kind, key and text"):
        wording_sheet.read_xlsx(content)
