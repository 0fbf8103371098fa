"""All letters of a site: who gets one and why, each with a link of its own, printed as sheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qol_app.db.models import AuditEvent, Participant, SurveyLink
from qol_app.db.session import Sessions
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import enrolment, letters, participants, postponements
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/letters"


def listed(page: str) -> list[str]:
    return re.findall(r'<a class="number" href="[^"]+">([^<]+)</a>', page)


def sheets(page: str) -> list[str]:
    return re.findall(r'<p class="letter__number number">([^<]+)</p>', page)


def links_of(sessions: Sessions, person: Participant) -> int:
    with sessions.read() as session:
        query = select(func.count()).select_from(SurveyLink).join(SurveyLink.visit)
        return session.scalar(query.where(SurveyLink.visit.has(participant_id=person.id))) or 0


def test_letters_are_for_those_whom_no_message_reaches(staff: FlaskClient, world: World) -> None:
    page = staff.get(URL).text
    assert listed(page) == [world.closing.number]
    assert "no address on file" in page
    assert "1 is left out, since a message reaches them" in page
    everybody = staff.get(f"{URL}?everybody=1").text
    assert listed(everybody) == [world.closing.number, world.due.number]


def test_each_letter_has_a_link_and_a_code_of_its_own(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    page = staff.post(URL, data={"everybody": "1"}).text
    assert sheets(page) == [world.closing.number, world.due.number]
    codes = re.findall(r'class="letter__code">([^<]+)<', page)
    assert len(set(codes)) == 2
    assert page.count("<svg") == 2
    assert (links_of(sessions, world.closing), links_of(sessions, world.due)) == (1, 1)
    with sessions.read() as session:
        done = session.scalars(select(AuditEvent.action).where(*builders.BY_USERS)).all()
    assert done == ["link_issued", "link_issued"]


def test_printed_again_the_letters_before_stay_good(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    staff.post(URL)
    assert sheets(staff.post(URL, data={"again": "1"}).text) == [world.closing.number]
    with sessions.read() as session:
        links = session.scalars(select(SurveyLink)).all()
    assert [link.revoked_at for link in links] == [None, None]


def test_who_has_a_letter_is_left_out_and_twice_the_same_request_makes_it_once(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    staff.post(URL)
    page = staff.get(URL).text
    assert listed(page) == []
    assert "1 is left out, since they have a letter to this visit" in page
    assert "Everybody at this site who needs one has one." in page
    assert listed(staff.get(f"{URL}?again=1").text) == [world.closing.number]
    assert "No new letter was made" in staff.post(URL).text
    assert links_of(sessions, world.closing) == 1


def test_a_link_shown_on_screen_is_no_letter_and_a_withdrawn_letter_is_none(
    staff: FlaskClient, world: World
) -> None:
    person = f"/studies/example/participants/{world.closing.number}"
    visit = f"{person}/visits/w4"
    assert staff.post(f"{visit}/link").status_code == 200
    assert listed(staff.get(URL).text) == [world.closing.number]
    staff.post(URL)
    assert listed(staff.get(URL).text) == []
    page = staff.get(person).text
    assert (">Shown on screen</td>" in page, ">Letter</td>" in page) == (True, True)
    staff.post(f"{visit}/withdraw-links")
    assert listed(staff.get(URL).text) == [world.closing.number]


def test_nobody_gets_one_who_waits_is_lost_or_has_died(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        dead, lost, waits = (
            builders.participant(
                session, now, of=world.study, at="SHA", anchor=now.date() + timedelta(days=10)
            )
            for _ in range(3)
        )
        for person, kind in ((dead, ParticipantEventKind.DIED), (lost, ParticipantEventKind.LOST)):
            enrolment.record_event(
                session, person, kind, happened_on=now.date(), actor=builders.COMMAND, now=now
            )
        postponements.postpone(
            session,
            participants.visit(session, waits, "baseline"),
            Delay.TOMORROW,
            Reason.TOO_ILL,
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
    page = staff.get(f"{URL}?everybody=1").text
    assert listed(page) == [world.closing.number, world.due.number]
    assert "1 is left out, since they asked to wait" in page
    assert "1 is left out as lost to follow-up" in page
    assert sheets(staff.post(URL).text) == [world.closing.number]


def test_no_more_than_a_pile_at_once_and_the_next_pile_goes_on(
    staff: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST", 1)
    assert "1 more does not fit into one printing." in staff.get(f"{URL}?everybody=1").text
    assert sheets(staff.post(URL, data={"everybody": "1"}).text) == [world.closing.number]
    assert sheets(staff.post(URL, data={"everybody": "1"}).text) == [world.due.number]


def test_a_site_without_need_says_so(
    as_user: Callable[[str], FlaskClient], world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        builders.answered(session, now, world.elsewhere, "baseline", {"ENERGY": 2})
        session.commit()
    page = as_user("other").get(URL).text
    assert "No letter is needed" in page
    assert "Make " not in page


def test_another_site_does_not_exist_and_others_are_refused(
    staff: FlaskClient, as_user: Callable[[str], FlaskClient], sessions: Sessions
) -> None:
    assert staff.get(f"{URL}?site=BER").status_code == 404
    assert staff.post(URL, data={"site": "BER"}).status_code == 404
    for who in ("admin", "analyst"):
        assert as_user(who).get(URL).status_code == 403
        assert as_user(who).post(URL).status_code == 403
    with sessions.read() as session:
        assert session.scalars(select(SurveyLink)).all() == []


def test_a_letter_speaks_its_participants_language(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        chinese = builders.participant(
            session,
            now,
            of=world.study,
            at="SHA",
            anchor=now.date() + timedelta(days=10),
            language="zh-Hans",
        )
        session.commit()
    page = staff.post(URL).text
    assert sheets(page) == [world.closing.number, chinese.number]
    assert re.findall(r'<article class="letter" lang="([^"]+)"', page) == ["en", "zh-Hans"]
    assert "您的问卷" in page
