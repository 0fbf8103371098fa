"""Scores are stored as revisions beside what they rest on; a failure to score is loud."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Participant, Response, Score, Site, Study
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.errors import NotFound
from qol_app.domain.events import Action
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.services import enrolment, forms, participants, responses, results, studies, submission
from qol_app.services.responses import Answer
from questionnaires.model import Value

NCT = Path(__file__).parents[2] / "studies" / "nct06449937.toml"
VAULT = Vault({"k1": b64encode(b"k" * 32).decode()})
NURSE, PATIENT, JOB = actors.user(1), actors.link(1), actors.job("score")

FUNCTIONS: dict[str, Value] = {"q1": 2, "q2": 2, "q3": 2, "q29": 5, "q30": 6}
"""Three of five items of physical functioning at 2 of 4, and global health 5 and 6 of 7."""


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    return studies.load(
        session, read(NCT), purpose=Purpose.REHEARSAL, actor=actors.command("test"), now=now
    )


def enrol(session: Session, study: Study, now: datetime, site: str = "S01") -> Participant:
    at = session.scalars(select(Site).where(Site.code == site)).one()
    new = enrolment.NewParticipant(group="I", anchor_date=date(2026, 3, 10), language="zh-Hans")
    return enrolment.enrol(session, study, at, new, vault=VAULT, actor=NURSE, now=now)


def baseline(session: Session, participant: Participant) -> list[Response]:
    return participants.visit(session, participant, "baseline").responses


def save(session: Session, response: Response, answers: dict[str, Value], now: datetime) -> None:
    given = [
        Answer(event_id=f"{item}-{value}", item=item, value=value, answered_at=now)
        for item, value in answers.items()
    ]
    words = forms.wording(session, response.form_version, "zh-Hans")
    responses.save_answers(session, response.id, given, wording=words, actor=PATIENT, now=now)


def submit(session: Session, response: Response, now: datetime) -> None:
    submission.submit_visit(
        session,
        response.visit,
        mode="patient",
        actor=PATIENT,
        now=now,
        instruments=(response.instrument_id,),
    )


def stored(session: Session, response: Response, revision: int = 1) -> dict[str, Score]:
    query = select(Score).where(Score.response_id == response.id, Score.revision == revision)
    return {score.scale: score for score in session.scalars(query)}


def events(session: Session, action: Action) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action == action.value)
    return list(session.scalars(query))


@pytest.fixture
def response(session: Session, study: Study, now: datetime) -> Response:
    found = baseline(session, enrol(session, study, now))[0]
    save(session, found, FUNCTIONS, now)
    submit(session, found, now)
    return found


def test_a_response_is_scored_with_its_completeness_and_the_scorer(
    session: Session, response: Response, now: datetime
) -> None:
    results.score(session, response.id, actor=JOB, now=now)
    scores = stored(session, response)
    assert scores["PF2"].value == pytest.approx(66.666667, abs=1e-6)
    assert (scores["PF2"].items_answered, scores["PF2"].items_expected) == (3, 5)
    assert (scores["PF2"].items_imputed, scores["PF2"].flags) == (2, ["prorated"])
    assert scores["QL2"].value == 75.0
    assert (scores["QL2"].items_imputed, scores["QL2"].flags) == (0, [])
    assert scores["EF"].value is None
    assert (scores["EF"].items_answered, scores["EF"].items_expected) == (0, 4)
    assert scores["PF2"].module == "linear"
    assert scores["PF2"].form_hash == response.form_version.hash
    assert response.scored_at == now
    assert response.score_revision == 1
    (event,) = events(session, Action.RESPONSE_SCORED)
    assert event.actor_id == "score"
    assert event.participant_id == response.visit.participant_id


def test_scoring_again_adds_nothing(session: Session, response: Response, now: datetime) -> None:
    results.score(session, response.id, actor=JOB, now=now)
    results.score(session, response.id, actor=JOB, now=now + timedelta(days=1))
    assert response.score_revision == 1
    assert response.scored_at == now
    assert len(events(session, Action.RESPONSE_SCORED)) == 1


def test_other_options_give_a_new_revision_and_keep_the_old(
    session: Session, study: Study, now: datetime
) -> None:
    response = baseline(session, enrol(session, study, now))[2]
    save(session, response, {"MO": 2, "SC": 1, "UA": 1, "PD": 2, "AD": 1, "VAS": 80}, now)
    submit(session, response, now)
    results.score(session, response.id, actor=JOB, now=now)
    assert stored(session, response)["INDEX"].value == pytest.approx(0.876, abs=1e-9)
    assert stored(session, response)["INDEX"].options == {"value_set": "China"}
    old = read(NCT)
    uses = [
        use.model_copy(update={"options": {"value_set": "England"}}) if use.options else use
        for use in old.instruments
    ]
    amended = old.model_copy(update={"version": "2.0", "instruments": tuple(uses)})
    studies.load(session, amended, purpose=Purpose.REHEARSAL, actor=NURSE, now=now)
    with audited(session, actor=NURSE, action=Action.PROTOCOL_AMENDED, now=now):
        response.visit.protocol = study.protocol
    results.score(session, response.id, actor=JOB, now=now)
    assert response.score_revision == 2
    assert stored(session, response)["INDEX"].value == pytest.approx(0.876, abs=1e-9)
    assert stored(session, response, 2)["INDEX"].options == {"value_set": "England"}


def test_a_failure_is_stored_and_names_the_item_and_others_are_scored(
    session: Session, study: Study, response: Response, now: datetime
) -> None:
    broken = baseline(session, enrol(session, study, now))[0]
    save(session, broken, FUNCTIONS, now)
    submit(session, broken, now)
    with audited(session, actor=JOB, action=Action.ANSWERS_SAVED, now=now):
        broken.answers = {**broken.answers, "q3": 9}
    done = results.score_many(session, [broken.id, response.id], actor=JOB, now=now)
    assert (done.scored, done.unchanged, done.failed) == (1, 0, 1)
    assert stored(session, response)["QL2"].value == 75.0
    assert stored(session, broken) == {}
    assert broken.scoring_problem is not None
    assert "q3" in broken.scoring_problem
    assert broken.scored_at is None
    assert len(events(session, Action.SCORING_FAILED)) == 1
    again = results.score_many(session, [broken.id], actor=JOB, now=now)
    assert (again.scored, again.unchanged, again.failed) == (0, 1, 0)
    assert len(events(session, Action.SCORING_FAILED)) == 1


def test_many_responses_are_scored_in_one_audit_event(
    session: Session, study: Study, now: datetime
) -> None:
    ids = []
    for _ in range(3):
        found = baseline(session, enrol(session, study, now))[0]
        save(session, found, FUNCTIONS, now)
        ids.append(found.id)
    done = results.score_many(session, ids, actor=JOB, now=now)
    assert done.scored == 3
    assert len(events(session, Action.RESPONSE_SCORED)) == 1
    assert session.scalar(select(func.count()).select_from(Score)) == 48


def test_an_unknown_response_is_refused(session: Session, study: Study, now: datetime) -> None:
    with pytest.raises(NotFound, match="no response 999"):
        results.score(session, 999, actor=JOB, now=now)


def test_a_sent_form_waits_for_its_score_until_it_has_it(
    session: Session, response: Response, now: datetime
) -> None:
    assert results.waiting(session, now=now) == [response.id]
    results.score(session, response.id, actor=JOB, now=now)
    assert results.waiting(session, now=now) == []


@pytest.mark.parametrize(
    ("local", "waits"),
    [
        pytest.param("2026-03-10T23:00+08:00", False, id="last day of the window"),
        pytest.param("2026-03-11T00:30+08:00", True, id="first minutes after it at the site"),
    ],
)
def test_a_form_never_sent_waits_once_its_window_has_closed_at_the_site(
    session: Session, study: Study, now: datetime, local: str, waits: bool
) -> None:
    found = baseline(session, enrol(session, study, now))[0]
    save(session, found, FUNCTIONS, now)
    later = datetime.fromisoformat(local)
    assert (results.waiting(session, now=later) == [found.id]) is waits


def test_a_form_still_being_finished_after_its_window_does_not_wait(
    session: Session, study: Study, now: datetime
) -> None:
    found = baseline(session, enrol(session, study, now))[0]
    evening = datetime.fromisoformat("2026-03-10T23:50+08:00")
    save(session, found, FUNCTIONS, evening)
    assert results.waiting(session, now=evening + timedelta(hours=2)) == []
    assert results.waiting(session, now=evening + timedelta(hours=25)) == [found.id]


def test_waiting_returns_at_most_the_limit(session: Session, study: Study, now: datetime) -> None:
    for _ in range(3):
        found = baseline(session, enrol(session, study, now))[0]
        save(session, found, FUNCTIONS, now)
        submit(session, found, now)
    assert len(results.waiting(session, now=now, limit=2)) == 2


def test_a_form_sent_after_it_was_scored_is_scored_anew(
    session: Session, study: Study, now: datetime
) -> None:
    found = baseline(session, enrol(session, study, now))[0]
    save(session, found, FUNCTIONS, now)
    results.score(session, found.id, actor=JOB, now=now)
    later = now + timedelta(hours=1)
    save(session, found, {"q4": 2, "q5": 2}, later)
    submit(session, found, later)
    assert results.waiting(session, now=later) == [found.id]
    results.score(session, found.id, actor=JOB, now=later)
    assert found.score_revision == 2
    assert stored(session, found, 2)["PF2"].items_answered == 5


def test_a_score_of_zero_items_is_a_row_without_a_value(
    session: Session, study: Study, now: datetime
) -> None:
    found = baseline(session, enrol(session, study, now))[0]
    submit(session, found, now)
    results.score(session, found.id, actor=JOB, now=now)
    assert len(stored(session, found)) == 16
    assert {score.value for score in stored(session, found).values()} == {None}
