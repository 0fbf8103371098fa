"""Enrolling from a file: preview, all or nothing, nobody twice."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, Participant
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/participants/import"
HEAD = (
    "Study number,Site,Group,Anchor date,Language,Year of birth,"
    "E-mail,Mobile phone,Consent to contact"
)
TWO = "\n".join(
    [
        HEAD,
        ",SHA,A,2026-03-05,en,1951,li@example.org,138 0013 8000,2026-03-01",
        ",上海,B,2026年3月6日,中文,1960,,,",
    ]
)


def upload(client: FlaskClient, content: bytes, name: str = "people.csv") -> TestResponse:
    return client.post(URL, data={"file": (io.BytesIO(content), name)})


def accept(client: FlaskClient, page: str) -> TestResponse:
    found = re.search(r'name="rows" value="([^"]*)"', page)
    assert found
    return client.post(f"{URL}/enrol", data={"rows": unescape(found.group(1))})


def count(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(Participant)) or 0


def users_actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_a_file_is_shown_first_and_then_enrolled(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    page = upload(staff, TWO.encode())
    assert page.status_code == 200
    assert "2 participants to enrol" in page.text
    assert count(sessions) == 3
    assert users_actions(sessions) == []
    assert accept(staff, page.text).status_code == 303
    assert count(sessions) == 5
    assert users_actions(sessions) == [
        "participant_enrolled",
        "participant_enrolled",
        "participants_imported",
    ]
    with sessions.read() as session:
        new = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert new is not None
        assert (new.language, new.group_code, str(new.anchor_date)) == (
            "zh-Hans",
            "B",
            "2026-03-06",
        )
        assert new.number.startswith("EX-SHA-004-")


def test_the_same_file_again_enrols_nobody(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    page = upload(staff, TWO.encode()).text
    accept(staff, page)
    accept(staff, page)
    again = upload(staff, TWO.encode()).text
    assert "This file was imported before." in again
    assert count(sessions) == 5


def test_a_longer_file_enrols_only_who_is_new(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    first = f"{HEAD}\n,SHA,A,2026-03-05,en,1951,li@example.org,,2026-03-01"
    accept(staff, upload(staff, first.encode()).text)
    page = upload(staff, f"{first}\n,SHA,B,2026-03-09,en,1944,,,".encode()).text
    assert "1 participant to enrol" in page
    assert "Enrolled already, left as they are:" in page
    accept(staff, page)
    assert count(sessions) == 5


def test_a_mistake_in_one_line_enrols_nobody(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    answer = upload(staff, f"{TWO}\n,SHA,A,2026-02-30,en,1951,,0551-63601234,2026-03-01".encode())
    assert answer.status_code == 422
    assert "2 mistakes in this file" in answer.text
    assert "There is no such day. (2026-02-30)" in answer.text
    assert "A landline takes no text messages." in answer.text
    assert "63601234" not in answer.text
    assert count(sessions) == 3


def test_the_address_of_an_enrolled_participant_is_refused_by_its_number(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    row = f"{HEAD}\n,SHA,B,2026-03-05,en,1951,patient@example.org,,2026-03-01"
    answer = upload(staff, row.encode())
    assert answer.status_code == 422
    assert f"An enrolled participant has the same. ({world.due.number})" in answer.text


def test_a_number_given_elsewhere_is_kept_and_its_facts_must_fit(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    fits = f"{HEAD}\n{world.due.number},SHA,A,2026-03-12,en,1960,,,"
    assert "Enrolled already" in upload(staff, fits.encode()).text
    other = f"{HEAD}\n{world.due.number},SHA,B,2026-03-12,en,1960,,,"
    assert "This number is enrolled with another site" in upload(staff, other.encode()).text


def test_a_gbk_file_is_read_and_said_to_be_one(staff: FlaskClient, world: World) -> None:
    page = upload(staff, TWO.encode("gbk"))
    assert page.status_code == 200
    assert "it was read as GBK" in page.text


def test_the_filled_in_template_is_read_as_xlsx(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    book = load_workbook(io.BytesIO(staff.get(f"{URL}/template/xlsx").data))
    book.active.append([None, "SHA", "A", "2026-03-05", "en", 1951])
    file = io.BytesIO()
    book.save(file)
    page = upload(staff, file.getvalue(), "people.xlsx")
    assert "1 participant to enrol" in page.text
    assert staff.get(f"{URL}/template/csv").data.startswith(b"\xef\xbb\xbfStudy number")
    assert staff.get(f"{URL}/template/ods").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"\x00\xff\xfa\x00", "people.csv", "This file cannot be read."),
        (b"PK no workbook", "people.xlsx", "This file cannot be read."),
        (b"x", "people.pdf", "Choose a CSV or XLSX file."),
        (HEAD.encode(), "people.csv", "The file holds no participant"),
    ],
)
def test_what_is_no_such_file_is_told_plainly(
    staff: FlaskClient, world: World, content: bytes, name: str, message: str
) -> None:
    answer = upload(staff, content, name)
    assert answer.status_code == 422
    assert message in answer.text


def test_rows_that_no_page_of_ours_sent_are_refused(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    for rows in ("", "nonsense", '[[1, {"name": "Li"}]]', "[1]"):
        assert staff.post(f"{URL}/enrol", data={"rows": rows}).status_code == 422
    berlin = '[[2, {"site": "BER", "group": "A", "anchor_date": "2026-03-05", "language": "en"}]]'
    assert staff.post(f"{URL}/enrol", data={"rows": berlin}).status_code == 422
    assert count(sessions) == 3


def test_a_workbook_with_real_dates_is_read(staff: FlaskClient, world: World) -> None:
    book = Workbook()
    book.active.append(["中心", "组别", "起始日期", "语言", "手机号", "同意联系日期"])
    book.active.append(["SHA", "A", date(2026, 3, 5), "zh-Hans", 13800138000, date(2026, 3, 1)])
    file = io.BytesIO()
    book.save(file)
    page = upload(staff, file.getvalue(), "people.xlsx")
    assert "1 participant to enrol" in page.text
    assert "2026-03-05" in page.text


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_staff_import(as_user: Callable[[str], FlaskClient], world: World, name: str) -> None:
    client = as_user(name)
    assert client.get(URL).status_code == 403
    assert upload(client, TWO.encode()).status_code == 403
    assert client.post(f"{URL}/enrol", data={"rows": "[]"}).status_code == 403
    assert client.get(f"{URL}/template/csv").status_code == 403
