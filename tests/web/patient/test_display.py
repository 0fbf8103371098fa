"""Text size, contrast and the time left, as the patient's pages show them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from qol_app.db.models import Participant, Study
from qol_app.db.session import Sessions
from qol_app.services import submission
from qol_app.web import locale
from tests import builders
from tests.web.conftest import World
from tests.web.patient.conftest import Patient


def chosen(sessions: Sessions, world: World) -> tuple[str | None, str | None]:
    with sessions.read() as session:
        person = session.get_one(Participant, world.due.id)
        return person.text_size, person.contrast


def audited(sessions: Sessions) -> int:
    with sessions.read() as session:
        return builders.count_audit(session)


def test_a_size_chosen_before_starting_holds_on_every_page_and_device(
    app: Flask, patient: Patient, token: str, sessions: Sessions, world: World
) -> None:
    before = audited(sessions)
    answer = patient.client.post(f"/s/{token}/display", data={"text_size": "largest"})
    assert (answer.status_code, answer.location) == (303, f"/s/{token}")
    assert chosen(sessions, world) == ("largest", None)
    assert audited(sessions) == before + 1
    elsewhere = Patient(app.test_client(), token)
    elsewhere.open(f"/s/{token}")
    assert 'data-text="largest"' in elsewhere.text
    elsewhere.begin()
    assert 'data-text="largest"' in elsewhere.text
    elsewhere.open("/survey/no-such/p1")
    assert elsewhere.page.status_code == 404
    assert 'data-text="largest"' in elsewhere.text


def test_a_choice_on_the_way_shows_the_same_page_again(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    here = "/survey/daily-life-check/p1?review=1"
    patient.open(here)
    assert f'name="return_to" value="{here}"' in patient.text
    answer = patient.client.post("/survey/display", data={"contrast": "high", "return_to": here})
    assert (answer.status_code, answer.location) == (303, here)
    patient.open(here)
    assert 'data-contrast="high"' in patient.text
    assert 'media="all" id="contrast-set"' in patient.text
    assert chosen(sessions, world) == (None, "high")


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/surveyor", "/home", ""]
)
def test_a_choice_leads_to_no_page_but_the_patients_own(patient: Patient, wanted: str) -> None:
    patient.begin()
    data = {"text_size": "large", "return_to": wanted}
    assert patient.client.post("/survey/display", data=data).location == "/survey"


def test_an_unknown_size_is_refused(patient: Patient, sessions: Sessions, world: World) -> None:
    patient.begin()
    before = audited(sessions)
    answer = patient.client.post("/survey/display", data={"text_size": "enormous"})
    assert answer.status_code == 422
    assert chosen(sessions, world) == (None, None)
    assert audited(sessions) == before


def test_without_a_link_nothing_can_be_chosen(app: Flask, world: World) -> None:
    client = app.test_client()
    assert client.post("/survey/display", data={"text_size": "large"}).status_code == 404
    assert client.post("/s/wrong/display", data={"text_size": "large"}).status_code == 404
    assert client.get("/survey/display").status_code == 405


def test_looking_at_the_control_changes_nothing_and_names_what_is_chosen(
    patient: Patient, token: str
) -> None:
    patient.open(f"/s/{token}")
    assert "Aa<span" in patient.text
    assert 'data-text="' not in patient.text
    assert 'value="usual" aria-pressed="true">Usual size<' in patient.text
    assert 'value="largest" aria-pressed="false">Largest<' in patient.text
    assert 'media="(prefers-contrast: more)" id="contrast-set"' in patient.text


@pytest.mark.parametrize(("language", "direction"), [("zh-Hans", "ltr"), ("ar", "rtl")])
def test_a_page_runs_in_the_direction_of_its_language(
    app: Flask, language: str, direction: str
) -> None:
    with app.test_request_context("/"):
        locale.speak(language)
        assert locale.direction() == direction


def test_the_direction_stands_on_the_page(patient: Patient, token: str) -> None:
    patient.open(f"/s/{token}")
    assert '<html lang="en" dir="ltr">' in patient.text


def sent_by_others(sessions: Sessions, world: World, now: datetime, minutes: int) -> None:
    """Five participants whose baselines took so many minutes each."""
    with sessions.write() as session:
        study = session.get_one(Study, world.study.id)
        for _ in range(5):
            person = builders.participant(
                session, now, of=study, at="SHA", anchor=world.due.anchor_date
            )
            start = now - timedelta(minutes=minutes)
            visit = builders.answered(session, start, person, "baseline", {"DAY": 5}, sent=False)
            submission.submit_visit(session, visit, mode="patient", actor=builders.COMMAND, now=now)
        session.commit()


def test_progress_says_how_long_it_still_takes_by_what_others_needed(
    patient: Patient, sessions: Sessions, world: World, now: datetime
) -> None:
    sent_by_others(sessions, world, now, 9)
    patient.begin()
    assert "about 9 minutes left" in patient.text  # all nine items
    patient.send_page(ENERGY="4")
    assert "about 8 minutes left" in patient.text
    patient.open("/survey/daily-life-check/p7")
    assert "about 1 minute left" in patient.text  # the last item
    patient.open("/survey/daily-life-check/p7?review=1")
    assert "left" not in patient.text  # the way back is short, and nobody knows how short


def test_progress_says_nothing_while_too_few_others_are_known(patient: Patient) -> None:
    patient.begin()
    assert "1 of 7" in patient.text
    assert "left</span>" not in patient.text
