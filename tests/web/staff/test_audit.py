"""The audit trail is searched by person, action, user and day, and taken away as a file."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.session import Sessions
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.web.staff.audit_words import ACTIONS
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/audit"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def admin(app: Flask, world: World) -> FlaskClient:
    return builders.sign_in(app.test_client(), world.users["admin"])


@pytest.fixture
def declined(staff: FlaskClient, world: World) -> None:
    """The nurse of Shanghai said, by a formula, why the baseline of ``due`` is missing."""
    url = f"/studies/example/participants/{world.due.number}/visits/baseline/missing"
    data = {"forms": ["daily-life-check"], "reason": "other", "note": FORMULA}
    assert staff.post(url, data=data).status_code == 303


def rows(page: str) -> int:
    return page.count('<th scope="row">')


def test_every_action_has_words() -> None:
    assert set(ACTIONS) == set(Action)


def test_a_change_shows_who_what_when_and_the_value_before_and_after(
    admin: FlaskClient, declined: None, world: World
) -> None:
    page = admin.get(f"{URL}?action=missing_reason_set").text
    assert rows(page) == 1
    for text in (
        "Reason for missing noted",
        "staff-sha",
        world.due.number,
        "2026-03-02 03:00",
        "response.missing_reason: nothing → other",
        "Times are those of Europe/Berlin.",
    ):
        assert text in page, text


def test_it_narrows_by_number_user_and_day(
    admin: FlaskClient, declined: None, world: World, now: datetime
) -> None:
    of_nobody = admin.get(f"{URL}?q=EX-SHA-999-99").text
    assert "No event matches" in of_nobody
    nurse = world.users["staff"].id
    assert rows(admin.get(f"{URL}?user={nurse}").text) == 1
    assert rows(admin.get(f"{URL}?user={nurse}&since=2026-03-02&until=2026-03-02").text) == 1
    assert "No event matches" in admin.get(f"{URL}?user={nurse}&since=2026-03-03").text
    assert "No event matches" in admin.get(f"{URL}?user={nurse}&until=2026-03-01").text
    wrong = admin.get(f"{URL}?since=yesterday")
    assert wrong.status_code == 422
    assert "since: Enter days as 2026-03-31." in wrong.text


def test_the_trail_of_a_participant_begins_with_the_enrolment(
    admin: FlaskClient, world: World
) -> None:
    page = admin.get(f"{URL}?q={world.due.number}").text
    assert rows(page) == 1
    assert "Participant enrolled" in page


def test_older_events_stand_on_further_pages(
    admin: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        for _ in range(60):
            builders.participant(
                session, now, of=world.study, at="SHA", anchor=now.date() + timedelta(days=9)
            )
        session.commit()
    first = admin.get(URL).text
    assert rows(first) == 50
    assert f'href="{URL}?page=2"' in first
    second = admin.get(f"{URL}?page=2").text
    assert 0 < rows(second) < 50
    assert f'href="{URL}?page=1"' in second


def test_the_file_holds_every_value_and_no_formula_and_taking_it_is_an_event(
    admin: FlaskClient, declined: None, world: World
) -> None:
    answer = admin.post(f"{URL}/download", data={"action": "missing_reason_set"})
    told = answer.headers["Content-Disposition"]
    assert told == "attachment; filename=example-audit-2026-03-02.csv"
    text = answer.get_data().decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    assert sorted((line["column"], line["old"], line["new"]) for line in lines) == [
        ("missing_note", "", f"'{FORMULA}"),
        ("missing_reason", "", "other"),
    ]
    assert {line["actor_name"] for line in lines} == {"staff-sha"}
    assert {line["at_utc"] for line in lines} == {"2026-03-02T02:00:00+00:00"}
    assert {line["participant"] for line in lines} == {world.due.number}
    assert rows(admin.get(f"{URL}?action=audit_downloaded").text) == 1


def test_a_monitor_of_one_site_reads_that_site_only(
    app: Flask, world: World, sessions: Sessions, now: datetime, declined: None
) -> None:
    with sessions.write() as session:
        monitors = [
            builders.user(session, now, Role.MONITOR, of=world.study, at=at)
            for at in ("SHA", "BER")
        ]
        session.commit()
    shanghai, berlin = (builders.sign_in(app.test_client(), user) for user in monitors)
    url = f"{URL}?action=missing_reason_set"
    assert rows(shanghai.get(url).text) == 1
    assert "No event matches" in berlin.get(url).text
    assert "No event matches" in shanghai.get(f"{URL}?action=study_loaded").text


@pytest.mark.parametrize("who", ["staff", "analyst"])
def test_who_may_not_read_it_is_refused(app: Flask, world: World, who: str) -> None:
    client = builders.sign_in(app.test_client(), world.users[who])
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}/download").status_code == 403


def test_reading_leaves_no_event(admin: FlaskClient, world: World, sessions: Sessions) -> None:
    with sessions.read() as session:
        before = builders.count_audit(session)
    assert admin.get(URL).status_code == 200
    with sessions.read() as session:
        assert builders.count_audit(session) == before
