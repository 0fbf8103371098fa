"""All that is stored about one person, as a file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Participant, SurveyLink
from qol_app.db.session import Sessions
from qol_app.services import participants
from tests import builders
from tests.web.conftest import World

LIST = "/studies/example/participants"


def test_the_file_holds_contact_forms_and_every_row_but_no_key_to_anything(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = builders.answered(session, now, person, "baseline", {"ENERGY": 4, "COMFORT": 7})
        builders.link(session, now, participants.visit(session, person, "w4"))
        session.commit()
        assert visit.code == "baseline"
        hashes = list(session.scalars(select(SurveyLink.token_hash)))
    answer = staff.post(f"{LIST}/{world.due.number}/export")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        data = json.loads(packed.read("data.json"))
        page = packed.read("readable.html").decode()
    assert data["contact"]["email"] == "patient@example.org"
    (form,) = [form for form in data["forms"] if form["items"] and form["visit"] == "baseline"]
    assert {"COMFORT", "ENERGY"} <= {item["id"] for item in form["items"]}
    assert form["items"][0]["question"]
    stored = data["stored"]
    assert [row["number"] for row in stored["participant"]] == [world.due.number]
    assert len(stored["visit"]) == 3
    assert {row["item"] for row in stored["answer_event"]} == {"ENERGY", "COMFORT"}
    assert "subject_exported" in {row["action"] for row in stored["audit_event"]}
    assert "contact" not in stored
    whole = json.dumps(data)
    assert all(value not in whole for value in hashes)
    assert world.closing.number not in whole
    assert "patient@example.org" in page
    assert "<script" not in page


def test_taking_it_out_leaves_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    assert staff.post(f"{LIST}/{world.due.number}/export").status_code == 200
    with sessions.read() as session:
        query = select(AuditEvent).where(*builders.BY_USERS)
        (event,) = session.scalars(query)
        assert (event.action, event.participant_id) == ("subject_exported", world.due.id)


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_the_sites_staff_take_it_out(
    as_user: Callable[[str], FlaskClient], world: World, name: str
) -> None:
    assert as_user(name).post(f"{LIST}/{world.due.number}/export").status_code == 403
