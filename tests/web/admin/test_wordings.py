"""Administrators see which words are shown, and take in a licence holder's text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, Study, User, WordingVersion
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from qol_app.services import wordings
from tests import builders
from tests.official import WORDS, filled_in, official

STUDY = "qlq-c30-two-arms"
LIST = f"/studies/{STUDY}/wordings"
C30 = f"{LIST}/eortc-qlq-c30/en"
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    return ("auth", "staff", "analysis", "admin")


@pytest.fixture
def study(sessions: Sessions, now: datetime) -> Study:
    """A study with the QLQ-C30 in English and Chinese, and a user for each role."""
    with sessions.write() as session:
        study = builders.study(session, now, STUDY)
        for role in Role:
            builders.user(session, now, role, of=study, name=role.value)
        session.commit()
    return study


@pytest.fixture
def as_role(app: Flask, sessions: Sessions, study: Study) -> Callable[[str], FlaskClient]:
    def client(name: str) -> FlaskClient:
        with sessions.read() as session:
            user = session.scalars(select(User).where(User.name == name)).one()
        return builders.sign_in(app.test_client(), user)

    return client


@pytest.fixture
def admin(as_role: Callable[[str], FlaskClient]) -> FlaskClient:
    return as_role("admin")


def upload(client: FlaskClient, content: bytes, name: str = "c30.csv", **more: str) -> TestResponse:
    fields = {"licence_reference": "AGR-2026-17", "language_version": "2.0", **more}
    answer = client.post(
        C30,
        data={**fields, "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )
    answer.request.environ["wsgi.input"].close()  # the test client leaves large ones open
    return answer


def table(client: FlaskClient, words: str = WORDS["en"]) -> bytes:
    return filled_in(client.get(f"{C30}/template.csv").data, words)


def accept(client: FlaskClient, preview: TestResponse) -> TestResponse:
    shown = FIELD.findall(preview.get_data(as_text=True))
    return client.post(f"{C30}/accept", data={name: unescape(value) for name, value in shown})


def stored(sessions: Sessions) -> list[WordingVersion]:
    with sessions.read() as session:
        query = select(WordingVersion).where(WordingVersion.kind == "official")
        return list(session.scalars(query.order_by(WordingVersion.number)))


def text_of(page: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(page.get_data(as_text=True))).split())


@pytest.mark.parametrize("role", ["staff", "analyst"])
def test_only_administrators_may_see_or_change_wordings(
    as_role: Callable[[str], FlaskClient], sessions: Sessions, role: str
) -> None:
    client = as_role(role)
    assert client.get(LIST).status_code == 403
    assert client.get(C30).status_code == 403
    assert client.get(f"{C30}/template.csv").status_code == 403
    assert upload(client, b"").status_code == 403
    assert client.post(f"{C30}/accept", data={}).status_code == 403
    assert stored(sessions) == []


def test_only_administrators_are_led_there(as_role: Callable[[str], FlaskClient]) -> None:
    for role, is_led in (("admin", True), ("staff", False)):
        page = as_role(role).get(f"/studies/{STUDY}/participants")
        assert (f'href="{LIST}"' in page.get_data(as_text=True)) is is_led


def test_the_list_says_what_each_language_shows(
    admin: FlaskClient, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        actor = builders.COMMAND
        wordings.accept(session, official("eortc-qlq-c30", "zh-Hans"), actor=actor, now=now)
        session.commit()
    said = text_of(admin.get(LIST))
    assert "EORTC QLQ-C30 3.0 English Labels only – – – Import" in said
    assert "正式文字 2 3.0 中文 Official text 1 AGR-2026-17 2.0" in said
    assert ", test Import" in said


def test_from_the_table_to_the_accepted_text(admin: FlaskClient, sessions: Sessions) -> None:
    with sessions.read() as session:
        before = builders.count_audit(session)
    preview = upload(admin, table(admin))
    assert preview.status_code == 200
    said = text_of(preview)
    assert "Accepted, this becomes official wording 1" in said
    assert "licence reference AGR-2026-17, translation 2.0" in said
    assert "Question q1 Physical functioning (1 of 5) Official text 4" in said
    assert stored(sessions) == []
    answer = accept(admin, preview)
    assert (answer.status_code, answer.location) == (303, LIST)
    (row,) = stored(sessions)
    assert (row.number, row.licence_reference, row.language_version) == (1, "AGR-2026-17", "2.0")
    assert row.actor_kind == "user"
    page = text_of(admin.get(LIST))
    assert "official wording 1 holds for questionnaires begun from now" in page
    assert "Official text 2 3.0 English Official text 1 AGR-2026-17 2.0" in page
    assert ", admin Import" in page
    with sessions.read() as session:
        assert builders.count_audit(session) == before + 1
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.action, event.actor_kind) == ("wording_accepted", "user")


def test_a_text_that_holds_already_cannot_be_accepted_again(
    admin: FlaskClient, sessions: Sessions
) -> None:
    accept(admin, upload(admin, table(admin)))
    again = upload(admin, table(admin))
    assert "This text holds already" in text_of(again)
    assert ">Accept<" not in again.get_data(as_text=True)
    assert accept(admin, again).status_code == 303
    assert len(stored(sessions)) == 1
    accept(admin, upload(admin, table(admin, "Official words")))
    assert [row.number for row in stored(sessions)] == [1, 2]


def broken(admin: FlaskClient) -> bytes:
    """A table with a blank instruction, a stranger in line 4 and a question gone."""
    content = table(admin).decode("utf-8-sig").replace("Official text 3\r", "\r")
    return content.replace("question,q1,", "question,q99,").encode()


def test_every_mistake_is_listed_with_its_line(admin: FlaskClient, sessions: Sessions) -> None:
    page = upload(admin, broken(admin))
    assert page.status_code == 422
    said = text_of(page)
    assert "This text has mistakes. Nothing was stored." in said
    assert "3 Instruction – is blank" in said
    assert "4 Question q99 belongs to nothing in this questionnaire" in said
    assert "– Question q1 is missing" in said
    assert stored(sessions) == []


def test_mistakes_are_told_in_chinese(admin: FlaskClient) -> None:
    content = broken(admin)
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    said = text_of(upload(admin, content))
    assert "此文本有错误，未保存任何内容。" in said
    assert "3 说明 – 为空" in said
    assert "问卷文本" in text_of(admin.get(LIST))


@pytest.mark.parametrize(
    ("content", "name", "more", "said"),
    [
        (b"", "c30.docx", {}, "Choose a CSV, XLSX or JSON file."),
        (b"x" * (1024 * 1024 + 1), "c30.csv", {}, "Choose a file of at most 1 MB."),
        (b"x", "c30.csv", {"licence_reference": " "}, "Enter the licence reference."),
        (b"x", "c30.csv", {"language_version": "2" * 201}, "Write at most 200 characters."),
        (b"{}", "c30.json", {}, "is no FHIR R4 Questionnaire: resourceType: Field required"),
        ("题目".encode("gbk"), "c30.csv", {}, "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_form(
    admin: FlaskClient, content: bytes, name: str, more: dict[str, str], said: str
) -> None:
    page = upload(admin, content, name, **more)
    assert page.status_code == 422
    assert said in text_of(page)


def test_a_file_has_to_be_chosen(admin: FlaskClient) -> None:
    page = admin.post(C30, data={"licence_reference": "A", "language_version": "1"})
    assert page.status_code == 422
    assert "Choose a file." in text_of(page)


@pytest.mark.parametrize("rows", ["", "[", "[[1]]", "{}", "[1]", '[["title","","Only this"]]'])
def test_what_no_page_of_ours_sends_is_not_accepted(
    admin: FlaskClient, sessions: Sessions, rows: str
) -> None:
    data = {"licence_reference": "A", "language_version": "1", "rows": rows}
    assert admin.post(f"{C30}/accept", data=data).status_code == 422
    assert stored(sessions) == []


@pytest.mark.parametrize("what", ["sf-99/en", "eortc-qlq-c30/fr"])
def test_what_the_study_does_not_have_is_not_there(admin: FlaskClient, what: str) -> None:
    assert admin.get(f"{LIST}/{what}").status_code == 404


def test_our_own_text_is_not_replaced(
    app: Flask, sessions: Sessions, study: Study, now: datetime
) -> None:
    with sessions.write() as session:
        example = builders.study(session, now)
        user = builders.user(session, now, Role.ADMIN, of=example, name="other")
        session.commit()
    client = builders.sign_in(app.test_client(), user)
    page = client.get("/studies/example/wordings").get_data(as_text=True)
    assert "Our own text" in page
    assert ">Import<" not in page
    assert client.get("/studies/example/wordings/daily-life-check/en").status_code == 404


def test_a_text_that_another_study_shows_needs_its_administrator_too(
    admin: FlaskClient, as_role: Callable[[str], FlaskClient], sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        other = builders.study(session, now, "nct06449937")
        session.commit()
    assert ">Import<" not in admin.get(LIST).get_data(as_text=True)
    assert admin.get(C30).status_code == 403
    assert upload(admin, b"").status_code == 403
    with sessions.write() as session:
        user = session.scalars(select(User).where(User.name == "admin")).one()
        builders.also(session, now, user, Role.ADMIN, of=other)
        session.commit()
    assert as_role("admin").get(C30).status_code == 200


def test_an_administrator_of_one_site_only_looks(
    app: Flask, sessions: Sessions, study: Study, now: datetime
) -> None:
    with sessions.write() as session:
        of = session.get_one(Study, study.id)
        user = builders.user(session, now, Role.ADMIN, of=of, at="D01")
        session.commit()
    client = builders.sign_in(app.test_client(), user)
    assert client.get(LIST).status_code == 200
    assert client.get(C30).status_code == 403
