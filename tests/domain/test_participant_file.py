"""Reading a file of participants: every style of writing, and every mistake with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qol_app.domain.numbers import format_number
from qol_app.domain.participant_file import Candidate, Column, Fault, Mistake, raw_rows
from qol_app.domain.participant_row import UnclearDate, check, day_of
from tests import builders

HEAD = ["Study number", "中心", "group", "Anchor date 起始日期", "Language", "Year of birth",
        "E-mail", "手机号", "Consent to contact", "Prefers", "Refuses"]  # fmt: skip
GOOD = ["", "SHA", "A", "2026-03-05", "en", "1951", "", "", "", "", ""]
TODAY = date(2026, 3, 2)


def read(
    *rows: list[object], sites: tuple[str, ...] = ("SHA",)
) -> tuple[list[Candidate], list[Mistake]]:
    lines = list(enumerate([HEAD, *rows], start=1))
    raw, mistakes = raw_rows(lines)
    assert mistakes == []
    return check(raw, builders.protocol("example"), sites=frozenset(sites), today=TODAY)


def changed(column: int, value: object) -> list[object]:
    return [*GOOD[:column], value, *GOOD[column + 1 :]]


@pytest.mark.parametrize(
    "written",
    ["2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日", "20260305", "２０２６－０３－０５",
     "2026-03-05 00:00:00"],
)  # fmt: skip
def test_dates_are_read_year_first_in_every_style(written: str) -> None:
    assert day_of(written) == date(2026, 3, 5)


@pytest.mark.parametrize("written", ["05/03/2026", "5.3.2026", "3-5", "46086"])
def test_a_date_that_could_be_two_days_is_refused(written: str) -> None:
    with pytest.raises(UnclearDate):
        day_of(written)


def test_a_row_is_read_whatever_its_cells_are_written_like() -> None:
    typed = format_number(builders.protocol("example").numbers, "SHA", 7).lower().replace("-", " ")
    day = datetime(2026, 3, 5, tzinfo=UTC)
    row = [typed, "上海", "A组", day, "中文", 1951.0, "Li@Example.org", 13800138000.0]
    (one,), mistakes = read([*row, "2026年3月1日", "短信", "邮件"])
    assert mistakes == []
    assert one.number is not None
    assert one.number.startswith("EX-SHA-007-")
    assert (one.site, one.group, one.anchor_date) == ("SHA", "A", date(2026, 3, 5))
    assert (one.language, one.birth_year, one.phone) == ("zh-Hans", 1951, "+8613800138000")
    assert (one.email, one.consented_on) == ("Li@example.org", date(2026, 3, 1))
    assert (one.channel, one.refused) == ("sms", ("email",))


@pytest.mark.parametrize(
    ("column", "value", "fault", "place"),
    [
        (0, "EX-SHA-007-00", Fault.BAD_NUMBER, Column.NUMBER),
        (1, "", Fault.MISSING, Column.SITE),
        (1, "Paris", Fault.UNKNOWN_SITE, Column.SITE),
        (1, "BER", Fault.SITE_NOT_YOURS, Column.SITE),
        (2, "C", Fault.UNKNOWN_GROUP, Column.GROUP),
        (3, "2026-02-30", Fault.NO_SUCH_DAY, Column.ANCHOR),
        (3, "05/03/2026", Fault.UNCLEAR_DATE, Column.ANCHOR),
        (3, "1926-03-05", Fault.FAR_DATE, Column.ANCHOR),
        (4, "fr", Fault.UNKNOWN_LANGUAGE, Column.LANGUAGE),
        (5, "51", Fault.NO_YEAR, Column.BIRTH_YEAR),
        (9, "pigeon", Fault.UNKNOWN_WISH, Column.WISH),
        (10, "paper", Fault.UNKNOWN_WISH, Column.REFUSED),
    ],
)
def test_a_mistake_is_named_by_line_and_column(
    column: int, value: str, fault: Fault, place: Column
) -> None:
    found, mistakes = read(GOOD, changed(column, value))
    assert len(found) == 1
    assert [(m.fault, m.line, m.column) for m in mistakes] == [(fault, 3, place)]


@pytest.mark.parametrize(
    ("email", "phone", "consent", "fault"),
    [
        ("li", "", "2026-03-01", Fault.NO_EMAIL),
        ("", "0551-63601234", "2026-03-01", Fault.LANDLINE),
        ("", "1380013800", "2026-03-01", Fault.NO_PHONE),
        ("", "138 0013 8000", "", Fault.NO_CONSENT),
        ("", "138 0013 8000", "2026-03-03", Fault.FUTURE),
    ],
)
def test_contact_details_need_consent_and_no_mistake_repeats_them(
    email: str, phone: str, consent: str, fault: Fault
) -> None:
    row = [*GOOD[:6], email, phone, consent, "", ""]
    _, mistakes = read(row)
    assert [m.fault for m in mistakes] == [fault]
    assert all(not m.detail or m.detail == consent for m in mistakes)


def test_the_same_phone_twice_in_a_file_names_the_other_line() -> None:
    one = [*GOOD[:7], "138 0013 8000", "2026-03-01", "", ""]
    other = [*GOOD[:7], "+86-138-0013-8000", "2026-03-01", "", ""]
    _, mistakes = read(one, other)
    assert [(m.fault, m.line, m.column, m.detail) for m in mistakes] == [
        (Fault.TWICE_IN_FILE, 3, Column.PHONE, "2")
    ]


def test_all_mistakes_of_all_rows_are_told_at_once() -> None:
    _, mistakes = read(changed(1, "Paris"), changed(3, "2026-02-30"), changed(4, "fr"))
    assert [m.line for m in mistakes] == [2, 3, 4]


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([], [Fault.EMPTY]),
        ([HEAD], [Fault.EMPTY]),
        ([["Site", "Group", "Language"], GOOD], [Fault.NO_COLUMN]),
        ([[*HEAD, "Name"], GOOD], [Fault.UNKNOWN_COLUMN]),
        ([[*HEAD, "Site"], GOOD], [Fault.TWICE_A_COLUMN]),
        ([HEAD, *[GOOD] * 1001], [Fault.TOO_LONG]),
    ],
)
def test_what_is_wrong_with_the_table_is_told_first(
    lines: list[list[object]], faults: list[Fault]
) -> None:
    _, mistakes = raw_rows(list(enumerate(lines, start=1)))
    assert [m.fault for m in mistakes] == faults
