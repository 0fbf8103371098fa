"""A visit's links, messages and answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, SurveyLink
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.services import results
from tests import builders
from tests.builders import Post
from tests.web.conftest import World
from tests.web.staff.test_participants import LIST, audit

TOKEN = re.compile(r"http://survey\.example(/s/[\w-]{32})")


def url(number: str, last: str, visit: str = "baseline") -> str:
    return f"{LIST}/{number}/visits/{visit}/{last}"


def test_a_link_is_shown_once_with_its_qr_code_and_opens_the_survey(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    page = staff.post(url(world.due.number, "link"))
    assert page.status_code == 200
    assert "<svg" in page.text
    assert "style=" not in page.text
    (path,) = TOKEN.findall(page.text)
    assert audit(sessions, world.users["staff"].id) == ["link_issued"]
    assert path not in staff.get(f"{LIST}/{world.due.number}").text
    assert staff.application.test_client().get(path).status_code == 200


def test_the_letter_names_the_questionnaires_and_the_number_and_nothing_else_of_the_person(
    staff: FlaskClient, world: World
) -> None:
    page = staff.post(url(world.due.number, "link")).text
    letter = page[page.index("<article") : page.index("</article>")]
    for text in ("How are you?", world.due.number, "until 2026-03-12", "ask your study nurse"):
        assert text in letter, text
    assert "Example study" not in letter
    assert "1960" not in letter
    assert "Group A" not in letter


def test_a_token_stands_in_no_log(
    staff: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = staff.post(url(world.due.number, "link")).text
    (path,) = TOKEN.findall(page)
    assert path not in caplog.text


def test_a_visit_that_is_not_open_gives_no_link(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    assert staff.post(url(world.due.number, "link", "m3")).status_code == 403
    assert staff.post(url(world.due.number, "link", "nine")).status_code == 404
    assert audit(sessions, world.users["staff"].id) == []


def test_an_email_goes_out_after_it_was_planned_and_shows_on_the_page(
    staff: FlaskClient, world: World, sessions: Sessions, post: Post
) -> None:
    answer = staff.post(url(world.due.number, "send"))
    assert answer.status_code == 303
    assert answer.location == f"{LIST}/{world.due.number}"
    assert [mail.to for mail in post.mails] == ["patient@example.org"]
    assert TOKEN.search(post.mails[0].body)
    assert audit(sessions, world.users["staff"].id) == ["message_planned"]
    page = staff.get(answer.location).text
    assert "The e-mail is on its way." in page
    assert ">Sent<" in page


def test_without_an_address_no_email_is_planned(
    staff: FlaskClient, world: World, sessions: Sessions, post: Post
) -> None:
    assert staff.post(url(world.closing.number, "send", "w4")).status_code == 409
    assert post.mails == []
    assert audit(sessions, world.users["staff"].id) == []


def test_withdrawn_links_no_longer_open_and_leave_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    paths = [
        path
        for _ in range(2)
        for path in TOKEN.findall(staff.post(url(world.due.number, "link")).text)
    ]
    answer = staff.post(url(world.due.number, "withdraw-links"))
    assert answer.status_code == 303
    assert "2 links withdrawn." in staff.get(answer.location).text
    patient = staff.application.test_client()
    assert [patient.get(path).status_code for path in paths] == [410, 410]
    assert audit(sessions, world.users["staff"].id).count("link_revoked") == 1
    with sessions.read() as session:
        assert None not in session.scalars(select(SurveyLink.revoked_at)).all()


@pytest.mark.parametrize("name", ["admin", "analyst"])
@pytest.mark.parametrize("action", ["link", "send", "withdraw-links"])
def test_only_staff_give_out_and_withdraw_links(
    as_user: Callable[[str], FlaskClient], world: World, sessions: Sessions, name: str, action: str
) -> None:
    assert as_user(name).post(url(world.due.number, action)).status_code == 403
    assert audit(sessions, world.users[name].id) == []


def test_answers_are_shown_in_their_words_with_blanks_and_scores(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    given = {"ENERGY": 1, "COMFORT": 7, "SLEEP_HOURS": None}
    with sessions.write() as session:
        visit = builders.answered(session, now, world.due, "baseline", given)
        results.score(session, visit.responses[0].id, actor=actors.job("test"), now=now)
        session.commit()
    page = staff.get(url(world.due.number, "answers")).text
    rows = re.findall(r"<code>([A-Z_]+)</code>.*?data-label=\"Answer\">(.*?)</td>", page, re.DOTALL)
    shown = {item: re.sub(r"<[^>]+>", "", cell).strip() for item, cell in rows}
    assert shown["COMFORT"] == "7"
    assert shown["ENERGY"] == "None"
    assert shown["SLEEP_HOURS"] == "Left blank"
    assert shown["REMARK"] == "Not seen"
    assert "OUTING_EASE" not in shown
    assert "Answered on 2026-03-02, read in English." in page
    assert "2026-03-02 10:00" in page
    assert "mean_percent" in page


def test_looking_at_answers_leaves_no_trace_and_an_admin_may_not(
    staff: FlaskClient, as_user: Callable[[str], FlaskClient], world: World, sessions: Sessions
) -> None:
    assert "Nothing was answered." in staff.get(url(world.due.number, "answers")).text
    assert as_user("admin").get(url(world.due.number, "answers")).status_code == 403
    assert as_user("analyst").get(url(world.due.number, "answers")).status_code == 403
    with sessions.read() as session:
        assert session.scalars(select(AuditEvent.action).where(*builders.BY_USERS)).all() == []
