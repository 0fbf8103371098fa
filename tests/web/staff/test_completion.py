"""The completion page shows both rates with their counts, by visit and site, and a forecast."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qol_app.db.models import Study
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from qol_app.services import results
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/completion"


def answered(session: Session, study: Study, now: datetime, count: int, at: str = "SHA") -> None:
    """So many participants whose baseline is due and answered."""
    for _ in range(count):
        anchor = now.date() + timedelta(days=10)
        person = builders.participant(session, now, of=study, at=at, anchor=anchor)
        visit = builders.answered(
            session, now, person, "baseline", {"ENERGY": 4, "COMFORT": 7, "MOOD": 6}
        )
        ids = [response.id for response in visit.responses]
        results.score_many(session, ids, actor=builders.COMMAND, now=now)


@pytest.fixture
def later(world: World, sessions: Sessions, now: datetime) -> datetime:
    """Nine more in Shanghai and one in Berlin have answered; the baselines have closed."""
    with sessions.write() as session:
        study = session.get_one(Study, world.study.id)
        answered(session, study, now, 9)
        answered(session, study, now, 1, at="BER")
        session.commit()
    return now + timedelta(days=30)


def page(app: Flask, world: World, who: str, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        client = builders.sign_in(app.test_client(), world.users[who])
        answer = client.get(URL)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_both_rates_stand_with_their_counts_and_the_missing_with_their_reasons(
    app: Flask, world: World, later: datetime
) -> None:
    text = page(app, world, "admin", later)
    table = text[text.index('id="completion"') :]
    baseline = table[: table.index("Week 4")]
    # ``closing`` and ``due`` of Shanghai and ``elsewhere`` of Berlin have sent nothing
    assert "10/13 (77%)" in baseline
    assert "no reason given 3" in baseline
    assert "Baseline by site" in text
    assert "9/11 (82%)" in text
    assert "1/2 (50%)" in text


def test_the_forecast_names_its_basis_and_is_for_readers_of_all_sites_only(
    app: Flask, world: World, later: datetime
) -> None:
    text = page(app, world, "analyst", later)
    assert "Month 3 will have about 15 usable forms" in text
    assert "The rate is that of Baseline: 10 of 13 received" in text
    assert "Month 3 will have" not in page(app, world, "staff", later)


def test_staff_see_their_own_site_only(app: Flask, world: World, later: datetime) -> None:
    text = page(app, world, "staff", later)
    assert "9/11 (82%)" in text
    assert "10/13" not in text
    assert "Berlin" not in text


def test_before_anybody_is_enrolled_the_page_says_so(
    app: Flask, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        study = builders.study(session, now)
        admin = builders.user(session, now, Role.ADMIN, of=study)
        session.commit()
    client = builders.sign_in(app.test_client(), admin)
    assert "Nobody is enrolled yet" in client.get(URL).text


def test_who_is_not_signed_in_is_sent_to_sign_in(app: Flask, world: World) -> None:
    answer = app.test_client().get(URL)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_looking_changes_nothing(staff: FlaskClient, world: World, sessions: Sessions) -> None:
    with sessions.read() as session:
        before = builders.count_rows(session)
    assert staff.get(URL).status_code == 200
    with sessions.read() as session:
        assert builders.count_rows(session) == before
