"""A file of participants to enrol: its columns, its rows, and what can be wrong with it.

Mistakes name line and column; nothing is taken from a file that has one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from qol_app.domain.contact import Wish

MOST_ROWS = 1000


class Column(StrEnum):
    """The columns of the file."""

    NUMBER = "number"
    SITE = "site"
    GROUP = "group"
    ANCHOR = "anchor_date"
    LANGUAGE = "language"
    BIRTH_YEAR = "birth_year"
    EMAIL = "email"
    PHONE = "phone"
    CONSENT = "consented_on"
    WISH = "channel"
    REFUSED = "refused"


HEADERS: dict[Column, tuple[str, str]] = {
    Column.NUMBER: ("Study number", "研究编号"),
    Column.SITE: ("Site", "中心"),
    Column.GROUP: ("Group", "组别"),
    Column.ANCHOR: ("Anchor date", "起始日期"),
    Column.LANGUAGE: ("Language", "语言"),
    Column.BIRTH_YEAR: ("Year of birth", "出生年份"),
    Column.EMAIL: ("E-mail", "电子邮箱"),
    Column.PHONE: ("Mobile phone", "手机号"),
    Column.CONSENT: ("Consent to contact", "同意联系日期"),
    Column.WISH: ("Prefers", "首选方式"),
    Column.REFUSED: ("Refuses", "拒绝方式"),
}
"""The heads of the columns, English and Chinese; a file may have either, both, or our own names."""

NEEDED = (Column.SITE, Column.GROUP, Column.ANCHOR, Column.LANGUAGE)

WISHES: dict[Wish, tuple[str, ...]] = {
    Wish.EMAIL: ("email", "e-mail", "邮件", "电子邮件"),
    Wish.SMS: ("sms", "text message", "短信"),
    Wish.PAPER: ("paper", "纸质", "纸"),
}


class Fault(StrEnum):
    """What can be wrong with a file or with one of its cells."""

    EMPTY = "empty"
    """The file holds no participant."""
    TOO_LONG = "too_long"
    NO_COLUMN = "no_column"
    TWICE_A_COLUMN = "twice_a_column"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING = "missing"
    UNKNOWN_SITE = "unknown_site"
    SITE_NOT_YOURS = "site_not_yours"
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_LANGUAGE = "unknown_language"
    NO_SUCH_DAY = "no_such_day"
    UNCLEAR_DATE = "unclear_date"
    FAR_DATE = "far_date"
    FUTURE = "future"
    NO_YEAR = "no_year"
    NO_EMAIL = "no_email"
    NO_PHONE = "no_phone"
    LANDLINE = "landline"
    NO_CONSENT = "no_consent"
    UNKNOWN_WISH = "unknown_wish"
    REFUSED_WISH = "refused_wish"
    BAD_NUMBER = "bad_number"
    NUMBER_OF_OTHER_SITE = "number_of_other_site"
    TWICE_IN_FILE = "twice_in_file"
    """Another line has the same number, address or phone; ``detail`` is that line."""
    STORED_OTHERWISE = "stored_otherwise"
    """The number is enrolled with other facts."""
    CONTACT_OF_OTHER = "contact_of_other"
    """The address or phone is that of the enrolled participant whose number is ``detail``."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is wrong, and where."""

    fault: Fault
    line: int | None = None
    column: Column | None = None
    detail: str = ""
    """What is there, or what could be; never a contact detail."""


@dataclass(frozen=True, kw_only=True)
class RawRow:
    """One line of the file with its cells as text."""

    line: int
    cells: Mapping[Column, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One participant of a file, read and checked."""

    line: int
    number: str | None
    """None takes the site's next."""
    site: str
    group: str
    anchor_date: date
    language: str
    birth_year: int | None
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    consented_on: date | None
    channel: str | None
    refused: tuple[str, ...]


def raw_rows(lines: Sequence[tuple[int, Sequence[object]]]) -> tuple[list[RawRow], list[Mistake]]:
    """Return the rows below the heads, and what is wrong with the table as a whole.

    Args:
        lines: Line numbers with cells, as a table reader gives them.
    """
    filled = [(line, [cell_text(cell) for cell in cells]) for line, cells in lines]
    filled = [(line, cells) for line, cells in filled if any(cells)]
    if len(filled) < 2:
        return [], [Mistake(fault=Fault.EMPTY)]
    if len(filled) > MOST_ROWS + 1:
        return [], [Mistake(fault=Fault.TOO_LONG, detail=str(MOST_ROWS))]
    columns, mistakes = _columns(*filled[0])
    rows = [
        RawRow(
            line=line,
            cells={c: cells[at] for at, c in columns.items() if at < len(cells)},
        )
        for line, cells in filled[1:]
    ]
    return rows, mistakes


def cell_text(cell: object) -> str:
    """Return a cell as text; a spreadsheet's number has no point, its date no time."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).replace("\u200b", "").strip()


def _columns(line: int, heads: Sequence[str]) -> tuple[dict[int, Column], list[Mistake]]:
    found: dict[int, Column] = {}
    mistakes = []
    for at, head in enumerate(heads):
        if not head:
            continue
        column = _column(head)
        if column is None:
            mistakes.append(Mistake(fault=Fault.UNKNOWN_COLUMN, line=line, detail=head))
        elif column in found.values():
            mistakes.append(Mistake(fault=Fault.TWICE_A_COLUMN, line=line, column=column))
        else:
            found[at] = column
    gaps = [column for column in NEEDED if column not in found.values()]
    mistakes += [Mistake(fault=Fault.NO_COLUMN, line=line, column=column) for column in gaps]
    return found, mistakes


def _column(head: str) -> Column | None:
    plain = " ".join(head.casefold().split())
    for column, (english, chinese) in HEADERS.items():
        names = (column.value, english.casefold(), chinese, f"{english.casefold()} {chinese}")
        if plain in names:
            return column
    return None
