"""From the link to the thank-you: every answer type, back, resume, review, send."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Score, Study
from qol_app.db.session import Sessions
from qol_app.services import submission
from tests import builders
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, current, link_row, stored


def answer_all(patient: Patient) -> None:
    """Answer every page of the Daily Life Check, staying in to skip a question."""
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.send_page(COMFORT="7")
    patient.send_page(SLEEP_HOURS="6.5", SLEEP_REST="3")
    patient.send_page(OUTINGS="0")
    patient.send_page(SUPPORT=["1", "3"], MOOD="8")
    patient.send_page(DAY="65")
    patient.send_page(REMARK="今天还好")


def test_looking_at_a_link_changes_nothing(
    patient: Patient, sessions: Sessions, token: str
) -> None:
    with sessions.read() as session:
        before = builders.count_rows(session)
    for _ in range(3):
        patient.open(f"/s/{token}")
        assert patient.page.status_code == 200
    assert "9 questions" in patient.text
    with sessions.read() as session:
        assert builders.count_rows(session) == before
    assert link_row(sessions).first_used_at is None


def test_starting_takes_the_token_out_of_the_address(patient: Patient, token: str) -> None:
    patient.begin()
    assert patient.path == "/survey/daily-life-check/p1"
    assert token not in patient.text


def test_the_name_of_the_study_stands_on_no_page_of_the_patient(
    patient: Patient, token: str
) -> None:
    patient.open(f"/s/{token}")
    seen = patient.text
    answer_all(patient)
    seen += patient.text
    patient.send_page()
    assert "How are you?" in patient.text
    assert "Example study" not in seen + patient.text


def test_a_whole_survey_with_every_answer_type(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    answer_all(patient)
    assert patient.path == "/survey/review"
    assert "Every question is answered" in patient.text
    patient.send_page()
    assert patient.path == "/survey/thanks"
    assert "Thank you" in patient.text
    response = current(sessions, world.due)
    assert response.submitted_at is not None
    assert response.answers == {
        "ENERGY": 4,
        "COMFORT": 7,
        "SLEEP_HOURS": 6.5,
        "SLEEP_REST": 3,
        "OUTINGS": 0,
        "SUPPORT": [1, 3],
        "MOOD": 8,
        "DAY": 65,
        "REMARK": "今天还好",
    }


def test_a_sent_survey_is_scored(patient: Patient, sessions: Sessions) -> None:
    answer_all(patient)
    patient.send_page()
    with sessions.read() as session:
        scores = {score.scale: score for score in session.scalars(select(Score))}
    assert scores["WELL"].value == 68.75
    assert (scores["WELL"].items_answered, scores["WELL"].items_expected) == (4, 4)
    assert scores["DAY"].value == 65
    assert scores["SLEEP"].value == 6.5


def test_an_answer_that_opens_a_question_shows_the_page_again(patient: Patient) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.send_page(COMFORT="7")
    patient.send_page(SLEEP_HOURS="6.5", SLEEP_REST="3")
    assert "OUTING_EASE" not in patient.text
    patient.send_page(OUTINGS="1")
    assert patient.path.endswith("/p4")
    assert "OUTING_EASE" in patient.text
    patient.send_page(OUTINGS="1", OUTING_EASE="2")
    assert patient.path.endswith("/p5")


def test_leaving_and_coming_back_resumes_at_the_first_unanswered_item(
    app: Flask, patient: Patient, token: str
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    elsewhere = Patient(app.test_client(), token)
    elsewhere.begin()
    assert elsewhere.path == "/survey/daily-life-check/p2"


def test_going_back_keeps_what_was_chosen(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.send_page(go="back", COMFORT="7")
    assert patient.path.endswith("/p1")
    assert 'value="4" checked' in patient.text
    assert current(sessions, world.due).answers == {"ENERGY": 4, "COMFORT": 7}


def test_going_back_from_an_empty_page_leaves_it_unseen(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.send_page(go="back")
    assert current(sessions, world.due).answers == {"ENERGY": 4}


def test_an_empty_answer_is_seen_but_blank_and_named_before_sending(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    for _ in range(7):
        patient.send_page()
    assert patient.path == "/survey/review"
    assert "9 questions are empty" in patient.text
    assert set(current(sessions, world.due).answers.values()) == {None}
    patient.open("/survey/daily-life-check/p1?review=1")
    patient.send_page(go="review", ENERGY="2")
    assert patient.path == "/survey/review"
    assert "8 questions are empty" in patient.text


def test_a_double_tap_stores_one_answer(patient: Patient, sessions: Sessions) -> None:
    patient.begin()
    for _ in range(2):
        patient.client.post(
            "/survey/daily-life-check/p1", data={"shown-ENERGY": "null", "ENERGY": "4"}
        )
    assert stored(sessions) == [("ENERGY", 4)]


def test_a_page_left_open_in_another_tab_undoes_nothing(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    address = "/survey/daily-life-check/p3"
    patient.client.post(address, data={"shown-SLEEP_REST": "null", "SLEEP_REST": "3"})
    old_tab = {"shown-SLEEP_HOURS": "null", "shown-SLEEP_REST": "null", "SLEEP_HOURS": "7"}
    patient.client.post(address, data=old_tab)
    assert current(sessions, world.due).answers["SLEEP_REST"] == 3
    assert current(sessions, world.due).answers["SLEEP_HOURS"] == 7


def test_a_changed_answer_adds_an_event_and_keeps_the_first(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.open("/survey/daily-life-check/p1")
    patient.send_page(ENERGY="2")
    assert stored(sessions) == [("ENERGY", 4), ("ENERGY", 2)]


def test_sending_twice_says_thank_you_twice(patient: Patient, sessions: Sessions) -> None:
    answer_all(patient)
    for _ in range(2):
        page = patient.client.post("/survey/review", follow_redirects=True)
        assert page.status_code == 200
        assert page.request.path == "/survey/thanks"
    with sessions.read() as session:
        sent = select(AuditEvent).where(AuditEvent.action == "response_submitted")
        assert len(session.scalars(sent).all()) == 1


def test_an_answer_leaves_one_audit_event_by_the_link(patient: Patient, sessions: Sessions) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    with sessions.read() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "answers_saved")
        ).all()
    assert [(event.actor_kind, event.actor_id) for event in events] == [
        ("link", str(link_row(sessions).id))
    ]


def test_the_patients_language_is_remembered(
    app: Flask, patient: Patient, token: str, sessions: Sessions, world: World, now: datetime
) -> None:
    patient.begin()
    patient.client.post("/survey/language", data={"language": "zh-Hans"})
    elsewhere = Patient(app.test_client(), token)
    elsewhere.open(f"/s/{token}")
    assert '<html lang="zh-Hans"' in elsewhere.text
    elsewhere.begin()
    elsewhere.send_page(ENERGY="4")
    assert current(sessions, world.due).language == "zh-Hans"


def sent_by_others(sessions: Sessions, world: World, now: datetime, minutes: list[int]) -> None:
    """Further participants whose baselines took so many minutes from start to sending."""
    with sessions.write() as session:
        for taken in minutes:
            person = builders.participant(
                session,
                now,
                of=session.get_one(Study, world.study.id),
                at="SHA",
                anchor=world.due.anchor_date,
            )
            start = now - timedelta(minutes=taken)
            visit = builders.answered(session, start, person, "baseline", {"DAY": 5}, sent=False)
            submission.submit_visit(session, visit, mode="patient", actor=builders.COMMAND, now=now)
        session.commit()


def test_the_first_page_says_how_long_others_needed(
    patient: Patient, sessions: Sessions, world: World, now: datetime, token: str
) -> None:
    sent_by_others(sessions, world, now, [4, 6, 9, 30, 180])
    patient.open(f"/s/{token}")
    assert "Others needed" not in patient.text  # four at most two hours long are too few
    sent_by_others(sessions, world, now, [5])
    patient.open(f"/s/{token}")
    assert "Others needed about 6 minutes." in patient.text
