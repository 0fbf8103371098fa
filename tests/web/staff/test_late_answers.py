"""Staff see answers that found no place, and take or leave each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Participant, Response, StrayAnswer
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.services import device_answers, opened, participants
from qol_app.services.device_answers import Sent
from qol_app.services.responses import Answer
from tests import builders
from tests.web.conftest import World


@pytest.fixture
def page(sessions: Sessions, world: World, now: datetime) -> str:
    """The page of a visit whose form was sent with a 4 before a 2 arrived."""
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 4})
        builders.link(session, now, participants.visit(session, person, "baseline"))
        survey = opened.by_id(session, 1)
        late = Sent(
            answer=Answer(event_id="late", item="ENERGY", value=2, answered_at=now),
            instrument="daily-life-check",
            form_hash=survey.visit.responses[0].form_version.hash,
            wording_hash="",
        )
        device_answers.take_in(session, survey, [late], actor=actors.link(1), now=now)
        session.commit()
    return f"/studies/example/participants/{world.due.number}/visits/baseline/late-answers"


def answers(sessions: Sessions) -> dict[str, object]:
    with sessions.read() as session:
        sent = select(Response).where(Response.submitted_at.is_not(None))
        return dict(session.scalars(sent).one().answers)


def actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_the_worklist_leads_to_the_late_answer_with_both_answers_in_words(
    staff: FlaskClient, page: str, world: World
) -> None:
    worklist = staff.get("/studies/example/worklist").get_data(as_text=True)
    assert page in worklist
    shown = staff.get(page).get_data(as_text=True)
    assert "The form had been sent already." in shown
    assert "Take into the form" in shown


def test_taking_needs_a_reason(staff: FlaskClient, page: str, sessions: Sessions) -> None:
    refused = staff.post(f"{page}/1", data={"taken": "1", "note": ""})
    assert refused.status_code == 422
    assert "Write down why." in refused.get_data(as_text=True)
    assert answers(sessions) == {"ENERGY": 4}


def test_a_taken_answer_counts_and_leaves_the_worklist(
    staff: FlaskClient, page: str, sessions: Sessions
) -> None:
    staff.post(f"{page}/1", data={"taken": "1", "note": "She meant 2."})
    assert answers(sessions) == {"ENERGY": 2}
    assert actions(sessions)[-2:] == ["answers_saved", "stray_answer_settled"]
    assert page not in staff.get("/studies/example/worklist").get_data(as_text=True)


def test_leaving_aside_changes_no_form(staff: FlaskClient, page: str, sessions: Sessions) -> None:
    staff.post(f"{page}/1", data={"left": "1", "note": "A slip."})
    assert answers(sessions) == {"ENERGY": 4}
    with sessions.read() as session:
        stray = session.scalars(select(StrayAnswer)).one()
    assert (stray.settled_as, stray.note) == ("left", "A slip.")


@pytest.mark.parametrize(("who", "status"), [("other", 404), ("analyst", 403), ("admin", 403)])
def test_nobody_else_settles(
    as_user: Callable[[str], FlaskClient],
    page: str,
    sessions: Sessions,
    who: str,
    status: int,
) -> None:
    answer = as_user(who).post(f"{page}/1", data={"taken": "1", "note": "x"})
    assert answer.status_code == status
    assert answers(sessions) == {"ENERGY": 4}
