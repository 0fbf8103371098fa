"""The page on which the code of a letter is typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qol_app.db.models import AuditEvent, Participant, SurveyLink, WrongCode
from qol_app.db.session import Sessions
from qol_app.domain import codes
from qol_app.factory import create_app
from qol_app.services import links, participants
from tests import builders
from tests.web.conftest import World

UNKNOWN = codes.shown(codes.complete("CDFGHJKMN"))
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}


@pytest.fixture
def issued(app: Flask, sessions: Sessions, world: World, now: datetime) -> links.Issued:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        made = links.issue_on_paper(
            session,
            participants.visit(session, person, "baseline"),
            code_key=app.extensions["settings"].code_key,
            channel="screen",
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
    return made


@pytest.fixture
def client(app: Flask, issued: links.Issued) -> FlaskClient:
    return app.test_client()


def count_wrong(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count(WrongCode.id))) or 0


def test_a_typed_code_leads_to_the_first_page_without_a_token_in_the_address(
    client: FlaskClient, issued: links.Issued, sessions: Sessions
) -> None:
    typed = codes.shown(issued.code).lower().replace("-", " ")
    answer = client.post("/s", data={"code": typed})
    assert (answer.status_code, answer.location) == (303, "/s/typed")
    with sessions.read() as session:
        before = builders.count_rows(session)
    page = client.get("/s/typed")
    assert "This is your questionnaire: Baseline." in page.text
    assert issued.token not in page.text
    with sessions.read() as session:
        assert builders.count_rows(session) == before
        assert session.scalars(select(SurveyLink.first_used_at)).all() == [None]
    for _ in range(2):
        started = client.post("/s/typed", follow_redirects=True)
        assert started.request.path == "/survey/daily-life-check/p1"


def test_a_slip_is_told_at_once_and_not_counted(
    client: FlaskClient, issued: links.Issued, sessions: Sessions
) -> None:
    slip = ("D" if issued.code[0] == "C" else "C") + issued.code[1:]
    answer = client.post("/s", data={"code": slip})
    assert answer.status_code == 422
    assert "One of the letters is wrong; please look again." in answer.text
    assert f'value="{slip}"' in answer.text
    short = client.post("/s", data={"code": slip[:-1]})
    assert "ten letters" in short.text
    assert "you typed 9" in short.text
    assert "Please type the code." in client.post("/s", data={}).text
    assert count_wrong(sessions) == 0


def test_an_unknown_code_is_counted_with_one_audit_event(
    client: FlaskClient, sessions: Sessions
) -> None:
    answer = client.post("/s", data={"code": UNKNOWN})
    assert answer.status_code == 422
    assert "No questionnaire has this code." in answer.text
    assert count_wrong(sessions) == 1
    with sessions.read() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "code_refused"))
    assert (event.actor_kind, event.actor_id) == ("anyone", "code page")
    assert "127.0.0.1" not in str(event.changes)


def test_after_ten_wrong_codes_even_a_right_one_waits(
    client: FlaskClient, issued: links.Issued, sessions: Sessions, now: datetime
) -> None:
    for _ in range(10):
        assert client.post("/s", data={"code": UNKNOWN}).status_code == 422
    answer = client.post("/s", data={"code": issued.code})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "Please wait ten minutes" in answer.text
    assert count_wrong(sessions) == 10
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/s", data={"code": issued.code}, environ_base=elsewhere).status_code == 303
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        assert client.post("/s", data={"code": issued.code}).status_code == 303


def test_addresses_of_one_ipv6_network_are_one_source(
    client: FlaskClient, issued: links.Issued
) -> None:
    for last in range(10):
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{last:x}"}
        client.post("/s", data={"code": UNKNOWN}, environ_base=where)
    for address, status in (("2001:db8:1:2:ffff::1", 429), ("2001:db8:1:3::1", 303)):
        answer = client.post(
            "/s", data={"code": issued.code}, environ_base={"REMOTE_ADDR": address}
        )
        assert answer.status_code == status, address


def test_json_clients_get_the_one_shape(client: FlaskClient) -> None:
    accept = {"Accept": "application/json"}
    for typed, code in (("CDF", "code_mistyped"), (UNKNOWN, "code_unknown")):
        answer = client.post("/s", data={"code": typed}, headers=accept)
        assert answer.get_json()["error"]["code"] == code
    for _ in range(9):
        client.post("/s", data={"code": UNKNOWN})
    answer = client.post("/s", data={"code": UNKNOWN}, headers=accept)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (429, "too_many_wrong_codes")


def test_the_code_of_a_withdrawn_link_says_so_in_the_patients_language(
    client: FlaskClient, issued: links.Issued, sessions: Sessions, world: World, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        links.revoke(session, visit, actor=builders.COMMAND, now=now)
        session.commit()
    page = client.post("/s", data={"code": issued.code}, headers=CHINESE, follow_redirects=True)
    assert page.status_code == 410
    assert '<html lang="en"' in page.text
    assert "This link was withdrawn" in page.text
    told = client.post("/s/typed/help", follow_redirects=True)
    assert "The clinic has been told." in told.text


def test_without_a_typed_code_there_is_nothing_and_an_offer_ends_after_an_hour(
    app: Flask, client: FlaskClient, issued: links.Issued, now: datetime
) -> None:
    assert app.test_client().get("/s/typed").status_code == 404
    client.post("/s", data={"code": issued.code})
    assert client.get("/s/typed").status_code == 200
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        assert client.get("/s/typed").status_code == 404


def test_the_page_speaks_the_browsers_language_until_another_is_chosen(client: FlaskClient) -> None:
    assert '<html lang="zh-Hans"' in client.get("/s", headers=CHINESE).text
    assert '<html lang="en"' in client.get("/s/", headers={"Accept-Language": "en"}).text
    assert client.post("/s/language", data={"language": "en"}).location == "/s"
    assert '<html lang="en"' in client.get("/s", headers=CHINESE).text
    client.post("/s/language", data={"language": "xx"})
    assert '<html lang="en"' in client.get("/s", headers=CHINESE).text


def test_a_letter_prints_the_code_and_the_short_address_and_the_code_opens_it(
    staff: FlaskClient, world: World, app: Flask
) -> None:
    url = f"/studies/example/participants/{world.due.number}/visits/baseline/link"
    page = staff.post(url).text
    letter = page[page.index("<article") : page.index("</article>")]
    (code,) = re.findall(r'letter__code">(\w{3}-\w{3}-\w{4})<', letter)
    assert "survey.example/s<" in letter
    answer = app.test_client().post("/s", data={"code": code})
    assert answer.location == "/s/typed"


def test_behind_a_proxy_the_address_before_it_is_the_source(
    sessions: Sessions, database: str, tmp_path: Path
) -> None:
    configuration = replace(builders.settings(tmp_path, database), proxies=1)
    app = create_app(configuration, surfaces_served=("patient",))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
        forwarded = {"X-Forwarded-For": f"203.0.113.9, {address}"}
        client.post("/s", data={"code": UNKNOWN}, headers=forwarded)
    app.extensions["sessions"].engine.dispose()
    with sessions.read() as session:
        sources = session.scalars(select(WrongCode.source).order_by(WrongCode.id)).all()
    assert sources[0] == sources[2] != sources[1]
