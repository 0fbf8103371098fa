"""Staff key a form from paper twice, settle where they differ, and it counts as answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import Alert, AnswerEvent, AuditEvent, Keying, Participant, Response, Score
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests import builders
from tests.web.conftest import World

CELLS = {
    "item-ENERGY": "4",
    "item-COMFORT": "10",
    "item-SLEEP_HOURS": "6.5",
    "item-OUTINGS": "1",
    "item-OUTING_EASE": "/",
    "item-SUPPORT": "1 3",
    "item-MOOD": "-",
}
FACTS = {"source": "paper", "answered_on": "2026-03-01", "language": "zh-Hans", "seen": "0"}
KEYED = {**FACTS, **CELLS, "helper": "wrote_down"}
AsUser = Callable[[str], FlaskClient]


@pytest.fixture
def page(world: World) -> str:
    return f"/studies/example/participants/{world.due.number}/visits/baseline"


@pytest.fixture
def keying(page: str) -> str:
    return f"{page}/forms/daily-life-check/keying"


@pytest.fixture
def second(sessions: Sessions, world: World, now: datetime) -> None:
    """A second nurse in Shanghai, ``second``."""
    with sessions.write() as session:
        world.users["second"] = builders.user(
            session, now, Role.STAFF, of=world.study, at="SHA", name="second"
        )
        session.commit()


def response(sessions: Sessions, world: World) -> Response:
    with sessions.read() as session:
        person = session.get_one(Participant, world.due.id)
        return builders.participants.visit(session, person, "baseline").responses[0]


def actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_the_participants_page_leads_to_keying(
    staff: FlaskClient, world: World, keying: str
) -> None:
    assert keying in staff.get(f"/studies/example/participants/{world.due.number}").text
    shown = staff.get(keying).text
    assert 'name="item-ENERGY"' in shown
    assert "1 None · 2 A little · 3 Some" in shown


def test_one_keying_counts_for_nothing_and_is_never_shown_to_the_second(
    as_user: AsUser, second: None, sessions: Sessions, world: World, keying: str
) -> None:
    answer = as_user("staff").post(keying, data=KEYED)
    assert answer.status_code == 303
    assert response(sessions, world).submitted_at is None
    assert response(sessions, world).answers == {}
    blind = as_user("second").get(keying).text
    assert "is not shown to you" in blind
    assert '6.5"' not in blind
    assert "Another person now keys it" in as_user("staff").get(keying).text
    assert actions(sessions) == ["form_keyed"]


def test_two_equal_keyings_store_the_form_with_its_own_date_and_source(
    as_user: AsUser, second: None, sessions: Sessions, world: World, keying: str, now: datetime
) -> None:
    as_user("staff").post(keying, data=KEYED)
    as_user("second").post(keying, data=KEYED)
    stored = response(sessions, world)
    assert stored.answers == {
        "ENERGY": 4,
        "COMFORT": 10,
        "SLEEP_HOURS": 6.5,
        "SLEEP_REST": None,
        "OUTINGS": 1,
        "OUTING_EASE": None,
        "SUPPORT": [1, 3],
        "MOOD": None,
        "DAY": None,
        "REMARK": None,
    }
    assert stored.no_answers == {"OUTING_EASE": "not_applicable", "MOOD": "declined"}
    assert (stored.mode, stored.language, stored.helper) == ("paper", "zh-Hans", "wrote_down")
    assert str(stored.answered_on) == "2026-03-01"
    assert stored.submitted_at == now
    with sessions.read() as session:
        events = session.scalars(select(AnswerEvent)).all()
        scales = session.scalars(select(Score.scale)).all()
    assert {(event.actor_kind, event.actor_id) for event in events} == {
        ("user", str(world.users["second"].id))
    }
    # Noon in Shanghai on the day of the form.
    assert {event.answered_at for event in events} == {datetime(2026, 3, 1, 4, 0, tzinfo=UTC)}
    assert {event.received_at for event in events} == {now}
    assert sorted(scales) == ["DAY", "SLEEP", "WELL"]
    assert actions(sessions) == [
        "form_keyed",
        "form_keyed",
        "answers_saved",
        "response_submitted",
    ]
    assert "This form is stored" in as_user("staff").get(keying).text


def test_the_participants_page_tells_how_far_the_keying_has_come(
    as_user: AsUser, second: None, keying: str
) -> None:
    record = keying.partition("/visits/")[0]
    assert "Keyed" not in as_user("staff").get(record).text
    as_user("staff").post(keying, data=KEYED)
    assert "Keyed once; another person keys it again" in as_user("staff").get(record).text
    as_user("second").post(keying, data={**KEYED, "item-ENERGY": "5"})
    page = as_user("staff").get(record).text
    assert "Keyed twice; the differences are to be settled" in page


def test_the_same_keying_twice_by_one_person_is_once_and_another_of_theirs_is_refused(
    as_user: AsUser, sessions: Sessions, keying: str
) -> None:
    for _ in range(2):
        assert as_user("staff").post(keying, data=KEYED).status_code == 303
    changed = as_user("staff").post(keying, data={**KEYED, "item-ENERGY": "5"})
    assert changed.status_code == 409
    assert "Another person keys it the second time." in changed.text
    with sessions.read() as session:
        assert [row.number for row in session.scalars(select(Keying))] == [1]


def test_differences_are_shown_side_by_side_and_settled_by_a_third_decision(
    as_user: AsUser, second: None, sessions: Sessions, world: World, keying: str
) -> None:
    as_user("staff").post(keying, data=KEYED)
    other = {**KEYED, "item-ENERGY": "5", "item-DAY": "60", "answered_on": "2026-02-28"}
    answer = as_user("second").post(keying, data=other)
    assert answer.location.endswith(f"{keying}/differences")
    assert response(sessions, world).submitted_at is None
    shown = as_user("staff").get(f"{keying}/differences").text
    assert "<b>2026-03-01</b>" in shown
    assert "<b>4 · A good deal</b>" in shown
    assert "<b>5 · Plenty</b>" in shown
    assert "<b>left blank</b>" in shown
    assert "COMFORT" not in shown

    missing = as_user("staff").post(f"{keying}/differences", data={"choice-ENERGY": "second"})
    assert missing.status_code == 422
    assert response(sessions, world).submitted_at is None
    decided = {
        "choice-answered_on": "first",
        "choice-ENERGY": "other",
        "item-ENERGY": "3",
        "choice-DAY": "second",
    }
    assert as_user("staff").post(f"{keying}/differences", data=decided).status_code == 303
    stored = response(sessions, world)
    assert (stored.answers["ENERGY"], stored.answers["DAY"]) == (3, 60)
    assert str(stored.answered_on) == "2026-03-01"
    assert as_user("staff").post(f"{keying}/differences", data=decided).status_code == 303
    with sessions.read() as session:
        assert [row.number for row in session.scalars(select(Keying))] == [1, 2, 3]


def test_what_is_keyed_though_a_rule_skips_it_is_stored_and_does_not_count(
    as_user: AsUser, second: None, sessions: Sessions, world: World, keying: str
) -> None:
    both = {**KEYED, "item-OUTINGS": "0", "item-OUTING_EASE": "2"}
    for name in ("staff", "second"):
        as_user(name).post(keying, data=both)
    assert response(sessions, world).answers["OUTING_EASE"] == 2
    answers = as_user("staff").get(keying.replace("/forms/daily-life-check/keying", "/answers"))
    assert "(no longer asked, not scored)" in answers.text


def test_a_wrong_cell_is_named_and_what_was_keyed_stays(
    staff: FlaskClient, sessions: Sessions, keying: str
) -> None:
    refused = staff.post(keying, data={**KEYED, "item-ENERGY": "7"})
    assert refused.status_code == 422
    assert "ENERGY takes 1 2 3 4 5." in refused.text
    assert 'value="6.5"' in refused.text
    assert actions(sessions) == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-03", "This day has not come yet."),
        ("", "Enter the date."),
        ("2025-03-01", "That is outside the window, 2026-02-26 to 2026-03-12."),
    ],
)
def test_a_date_that_cannot_be_or_is_unlikely_stores_nothing(
    staff: FlaskClient, sessions: Sessions, keying: str, day: str, words: str
) -> None:
    refused = staff.post(keying, data={**KEYED, "answered_on": day})
    assert refused.status_code == 422
    assert words in refused.text
    assert actions(sessions) == []


def test_a_date_outside_the_window_is_stored_as_it_is_once_confirmed(
    as_user: AsUser, second: None, sessions: Sessions, world: World, keying: str
) -> None:
    early = {**KEYED, "answered_on": "2026-02-20", "outside": "y"}
    for name in ("staff", "second"):
        assert as_user(name).post(keying, data=early).status_code == 303
    assert str(response(sessions, world).answered_on) == "2026-02-20"


def test_nothing_is_keyed_of_a_day_after_the_participant_left(
    staff: FlaskClient, sessions: Sessions, world: World, keying: str
) -> None:
    record = f"/studies/example/participants/{world.due.number}/events"
    staff.post(record, data={"kind": "withdrew", "happened_on": "2026-02-27"})
    refused = staff.post(keying, data=KEYED)
    assert refused.status_code == 422
    assert "had left the questionnaires before that day" in refused.text


def test_what_the_patient_answered_online_meanwhile_is_never_overwritten(
    as_user: AsUser,
    second: None,
    sessions: Sessions,
    world: World,
    keying: str,
    now: datetime,
) -> None:
    as_user("staff").post(keying, data=KEYED)
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 2}, sent=False)
        session.commit()
    overtaken = as_user("second").post(keying, data=KEYED)
    assert overtaken.status_code == 409
    assert "The patient answered meanwhile" in overtaken.text
    assert 'value="6.5"' in overtaken.text
    assert actions(sessions) == ["form_keyed"]
    assert as_user("second").post(keying, data={**KEYED, "seen": "1"}).status_code == 303
    stored = response(sessions, world)
    assert (stored.answers["ENERGY"], stored.answers["COMFORT"]) == (2, 10)
    assert stored.mode == "paper"


def test_a_form_that_the_patient_sent_meanwhile_stands(
    as_user: AsUser, sessions: Sessions, world: World, keying: str, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 2})
        session.commit()
    assert as_user("staff").post(keying, data=KEYED).status_code == 409
    assert response(sessions, world).answers == {"ENERGY": 2}
    assert "This form is stored" in as_user("staff").get(keying).text


@pytest.mark.parametrize(("who", "status"), [("other", 404), ("analyst", 403), ("admin", 403)])
def test_nobody_else_keys(
    as_user: AsUser, sessions: Sessions, keying: str, who: str, status: int
) -> None:
    for path in (keying, f"{keying}/differences"):
        assert as_user(who).get(path).status_code == status
        assert as_user(who).post(path, data=KEYED).status_code == status
    assert actions(sessions) == []


def test_alerts_are_raised_and_one_keying_is_enough_where_the_study_says_so(
    app: Flask, world: World, sessions: Sessions, now: datetime
) -> None:
    watched = builders.protocol("with-alerts").model_copy(update={"double_keying": False})
    with sessions.write() as session:
        study = builders.studies.load(
            session,
            watched,
            purpose=builders.Purpose.REHEARSAL,
            actor=builders.COMMAND,
            now=now,
        )
        nurse = builders.user(session, now, Role.STAFF, of=study, at="SHA", name="watcher")
        person = builders.participant(session, now, of=study, at="SHA", anchor=now.date())
        session.commit()
    client = builders.sign_in(app.test_client(), nurse)
    page = f"/studies/with-alerts/participants/{person.number}/visits/baseline/forms/phq-9/keying"
    answer = client.post(page, data={**FACTS, "answered_on": "2026-03-02", "item-q9": "2"})
    assert answer.status_code == 303
    with sessions.read() as session:
        assert "q9" in {alert.cause.get("item") for alert in session.scalars(select(Alert))}
        assert len(session.scalars(select(Keying)).all()) == 1
