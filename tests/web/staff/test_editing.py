"""Editing a participant, and what a new anchor date moves before it is saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Participant, Visit
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

LIST = "/studies/example/participants"


def values(**changed: Any) -> dict[str, Any]:
    """The form of ``world.due`` as it is stored, but for what is changed."""
    stored = {
        "group": "A",
        "anchor_date": "2026-03-12",
        "language": "en",
        "birth_year": "1960",
        "channel": "",
        "reason": "Typed wrongly",
    }
    return {**stored, **changed}


def edits(sessions: Sessions) -> list[AuditEvent]:
    with sessions.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == "participant_changed")
        return list(session.scalars(query))


def windows(sessions: Sessions, of: Participant) -> dict[str, date]:
    with sessions.read() as session:
        query = select(Visit).where(Visit.participant_id == of.id)
        return {visit.code: visit.target_on for visit in session.scalars(query)}


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found.group(1)


def test_a_change_without_a_new_date_is_saved_at_once_with_its_reason(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    url = f"{LIST}/{world.due.number}/edit"
    changed = values(group="B", channel="sms", refused_channels=["email"], birth_year="1961")
    assert staff.post(url, data=changed).status_code == 303
    with sessions.read() as session:
        person = session.get_one(Participant, world.due.id)
        assert (person.group_code, person.channel, person.birth_year) == ("B", "sms", 1961)
        assert person.refused_channels == ["email"]
    (edit,) = edits(sessions)
    assert (edit.reason, edit.participant_id) == ("Typed wrongly", world.due.id)
    assert edit.changes[0]["values"]["group_code"] == ["A", "B"]


def test_saving_what_is_stored_changes_nothing(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    answer = staff.post(f"{LIST}/{world.due.number}/edit", data=values(), follow_redirects=True)
    assert "Nothing was changed." in answer.text
    assert edits(sessions) == []


def test_a_new_date_shows_first_which_visits_move_and_stores_nothing(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = builders.answered(session, now, person, "baseline", {"ENERGY": 4}, sent=False)
        builders.link(session, now, visit)
        session.commit()
    before = windows(sessions, world.due)
    page = staff.post(f"{LIST}/{world.due.number}/edit", data=values(anchor_date="2026-03-31")).text
    assert "2026-03-12 → 2026-03-31" in page
    assert "2026-02-26 – 2026-03-12" in page
    assert "2026-03-17 – 2026-03-31" in page
    assert "19 days later" in page
    assert "1 open link" in page
    assert "1 half-filled form" in page
    assert "Can no longer be answered now; it opens later" in page
    assert windows(sessions, world.due) == before
    assert edits(sessions) == []


def test_saving_moves_the_visits_but_not_those_that_were_answered(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 4, "COMFORT": 7})
        session.commit()
    url = f"{LIST}/{world.due.number}/edit"
    changed = values(anchor_date="2026-03-31")
    page = staff.post(url, data=changed).text
    assert "stays: answered" in page
    assert "Visits that were answered keep their dates" in page
    before = windows(sessions, world.due)
    assert staff.post(url, data={**changed, "seen": seen(page)}).status_code == 303
    after = windows(sessions, world.due)
    assert after["baseline"] == before["baseline"] == date(2026, 3, 12)
    assert after["w4"] == date(2026, 4, 28)
    (edit,) = edits(sessions)
    assert edit.reason == "Typed wrongly"
    assert staff.post(url, data={**changed, "seen": seen(page)}).status_code == 303
    assert len(edits(sessions)) == 1


def test_what_changed_while_it_was_looked_at_is_shown_again(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    url = f"{LIST}/{world.due.number}/edit"
    changed = values(anchor_date="2026-03-31")
    shown = seen(staff.post(url, data=changed).text)
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 4, "COMFORT": 7})
        session.commit()
    again = staff.post(url, data={**changed, "seen": shown})
    assert "Something changed while you were looking" in again.text
    assert edits(sessions) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("reason", " ", "Say why."),
        ("group", "C", "Choose a treatment group."),
        ("anchor_date", "2026-02-30", "Enter a date that exists."),
        ("anchor_date", "1926-03-05", "more than ten years"),
        ("birth_year", "1900", "Enter a year from 1906 to 2026."),
        ("language", "fr", "Choose a language."),
    ],
)
def test_a_mistake_is_named_and_nothing_is_stored(
    staff: FlaskClient, world: World, sessions: Sessions, field: str, value: str, message: str
) -> None:
    answer = staff.post(f"{LIST}/{world.due.number}/edit", data=values(**{field: value}))
    assert answer.status_code == 422
    assert message in answer.text
    assert edits(sessions) == []


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_staff_edit(as_user: Callable[[str], FlaskClient], world: World, name: str) -> None:
    client, url = as_user(name), f"{LIST}/{world.due.number}/edit"
    assert client.get(url).status_code == 403
    assert client.post(url, data=values(group="B")).status_code == 403
