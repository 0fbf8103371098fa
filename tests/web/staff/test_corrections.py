"""Staff correct an answer with a reason; what was answered, and what it scored, stay in view."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, AuditEvent, Participant, Response, Score
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

AsUser = Callable[[str], FlaskClient]
ANSWERS = {"ENERGY": 5, "COMFORT": 10, "SLEEP_REST": 5, "MOOD": 10, "SLEEP_HOURS": 7}


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    """The surfaces that the application serves."""
    return ("auth", "patient", "staff", "analysis")


@pytest.fixture
def page(sessions: Sessions, world: World, now: datetime, app: object) -> str:
    """The address of a visit whose form was sent and scored."""
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = builders.answered(session, now, person, "baseline", dict(ANSWERS))
        first = visit.responses[0].id
        session.commit()
    app.extensions["queue"].score_response(first)  # type: ignore[attr-defined]  # a Flask app
    return f"/studies/example/participants/{world.due.number}/visits/baseline"


@pytest.fixture
def correction(page: str) -> str:
    return f"{page}/forms/daily-life-check/items/ENERGY/correction"


def stored(sessions: Sessions) -> dict[str, object]:
    with sessions.read() as session:
        sent = select(Response).where(Response.submitted_at.is_not(None))
        return dict(session.scalars(sent).one().answers)


def user_actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_a_correction_counts_and_the_answer_stays_beside_it_with_who_when_and_why(
    staff: FlaskClient, sessions: Sessions, page: str, correction: str
) -> None:
    assert correction in staff.get(f"{page}/answers").text
    assert "Plenty" in staff.get(correction).text
    answer = staff.post(correction, data={"choice": "1", "reason": "Misread the paper"})
    assert answer.status_code == 303
    assert stored(sessions)["ENERGY"] == 1
    shown = staff.get(f"{page}/answers").text
    assert "<del>Plenty</del> → <ins>None</ins>" in shown
    assert "2026-03-02 10:00, staff-sha: Misread the paper" in shown
    assert user_actions(sessions) == ["answer_corrected"]
    with sessions.read() as session:
        events = session.scalars(
            select(AnswerEvent).where(AnswerEvent.item == "ENERGY").order_by(AnswerEvent.seq)
        ).all()
    assert [(each.value, each.reason) for each in events] == [(5, None), (1, "Misread the paper")]


def test_scores_become_a_new_revision_and_both_are_in_view(
    staff: FlaskClient, sessions: Sessions, page: str, correction: str
) -> None:
    staff.post(correction, data={"choice": "1", "reason": "Misread"})
    with sessions.read() as session:
        query = select(Score.revision, Score.value).where(Score.scale == "WELL")
        scores = [tuple(row) for row in session.execute(query.order_by(Score.revision))]
    assert scores == [(1, 100.0), (2, 75.0)]
    why = staff.get(f"{page}/scores/daily-life-check/WELL").text
    assert "Earlier scores" in why
    assert ">100</td>" in why
    assert ">75</span>" in why


def test_correcting_back_works_and_both_corrections_are_told(
    staff: FlaskClient, sessions: Sessions, page: str, correction: str
) -> None:
    staff.post(correction, data={"choice": "-", "reason": "Crossed out"})
    staff.post(correction, data={"choice": "5", "reason": "It was not crossed out"})
    assert stored(sessions)["ENERGY"] == 5
    shown = staff.get(f"{page}/answers").text
    assert "<del>Plenty</del> → <ins>Preferred not to answer</ins>" in shown
    assert "<del>Preferred not to answer</del> → <ins>Plenty</ins>" in shown


def test_the_same_correction_twice_is_one(
    staff: FlaskClient, sessions: Sessions, correction: str
) -> None:
    for _ in range(2):
        assert staff.post(correction, data={"choice": "2", "reason": "x"}).status_code == 303
    assert user_actions(sessions) == ["answer_corrected"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"choice": "2", "reason": " "}, "Write down why."),
        ({"choice": "9", "reason": "x"}, "ENERGY takes 1 2 3 4 5."),
        ({"reason": "x"}, "Choose what counts."),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(
    staff: FlaskClient, sessions: Sessions, correction: str, data: dict[str, str], words: str
) -> None:
    refused = staff.post(correction, data=data)
    assert refused.status_code == 422
    assert words in refused.text
    assert stored(sessions) == ANSWERS


def test_a_number_is_keyed(staff: FlaskClient, sessions: Sessions, correction: str) -> None:
    hours = correction.replace("ENERGY", "SLEEP_HOURS")
    assert staff.post(hours, data={"cell": "25", "reason": "x"}).status_code == 422
    assert staff.post(hours, data={"cell": "6.5", "reason": "x"}).status_code == 303
    assert stored(sessions)["SLEEP_HOURS"] == 6.5


def test_a_form_that_was_not_sent_is_not_corrected(
    staff: FlaskClient, sessions: Sessions, world: World
) -> None:
    page = f"/studies/example/participants/{world.closing.number}/visits/w4"
    url = f"{page}/forms/daily-life-check/items/ENERGY/correction"
    assert "Not sent yet" in staff.get(url).text
    assert staff.post(url, data={"choice": "2", "reason": "x"}).status_code == 409
    assert user_actions(sessions) == []


@pytest.mark.parametrize(("who", "status"), [("other", 404), ("analyst", 403), ("admin", 403)])
def test_nobody_else_corrects(
    as_user: AsUser, sessions: Sessions, correction: str, who: str, status: int
) -> None:
    assert as_user(who).post(correction, data={"choice": "2", "reason": "x"}).status_code == status
    assert stored(sessions) == ANSWERS


def test_files_hold_what_counts_and_list_what_was_corrected(
    as_user: AsUser, staff: FlaskClient, world: World, correction: str
) -> None:
    staff.post(correction, data={"choice": "1", "reason": "读错了，纸上是“没有”"})
    content = as_user("analyst").post("/studies/example/downloads").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        corrections = _lines(archive, "corrections.csv")
        items = _lines(archive, "items_daily-life-check.csv")
        visits = _lines(archive, "visits.csv")
        readme = archive.read("README.txt").decode()
    assert corrections == [
        {
            "participant": world.due.number,
            "visit": "baseline",
            "instrument": "daily-life-check",
            "item": "ENERGY",
            "old_state": "answered",
            "old": "5",
            "new_state": "answered",
            "new": "1",
            "corrected_at": corrections[0]["corrected_at"],
            "corrected_by": str(world.users["staff"].id),
            "reason": "读错了，纸上是“没有”",
        }
    ]
    assert corrections[0]["corrected_at"].startswith("2026-03-02")
    assert [line["ENERGY"] for line in items if line["ENERGY"]] == ["1"]
    assert {line["keyed_at"] for line in visits} == {""}
    assert "corrections.csv, 1, " in readme


def _lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
