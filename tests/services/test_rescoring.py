"""Scoring a study anew shows what would change before it changes, and keeps the old values."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Response, Study
from qol_app.domain.events import Action
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.services import rescoring, results, studies
from qol_app.services.rescoring import Difference
from tests.services.test_results import (
    JOB,
    NCT,
    NURSE,
    baseline,
    enrol,
    events,
    save,
    stored,
    study,
    submit,
)

__all__ = ["study"]
STATE = {"MO": 2, "SC": 1, "UA": 1, "PD": 2, "AD": 1, "VAS": 80}


@pytest.fixture
def response(session: Session, study: Study, now: datetime) -> Response:
    """A scored EQ-5D-5L form, 21121, under the Chinese value set: 0.876."""
    found = baseline(session, enrol(session, study, now))[2]
    save(session, found, dict(STATE), now)
    submit(session, found, now)
    results.score(session, found.id, actor=JOB, now=now)
    return found


@pytest.fixture
def amended(session: Session, study: Study, response: Response, now: datetime) -> Study:
    """The study once its protocol takes the English value set: 1 - .058 - .063 = 0.879."""
    old = read(NCT)
    uses = [
        use.model_copy(update={"options": {"value_set": "England"}}) if use.options else use
        for use in old.instruments
    ]
    new = old.model_copy(update={"version": "2.0", "instruments": tuple(uses)})
    studies.load(session, new, purpose=Purpose.REHEARSAL, actor=NURSE, now=now)
    with audited(session, actor=NURSE, action=Action.PROTOCOL_AMENDED, now=now):
        response.visit.protocol = study.protocol
    return study


def test_nothing_changes_when_nothing_changed(
    session: Session, study: Study, response: Response
) -> None:
    found = rescoring.preview(session, study)
    assert (found.forms, found.scores, found.differences, found.remarked) == (1, 4, (), 0)


def test_a_difference_names_the_score_and_both_values_and_stores_nothing(
    session: Session, amended: Study, response: Response
) -> None:
    found = rescoring.preview(session, amended)
    assert found.differences == (
        Difference(
            participant=response.visit.participant.number,
            visit="baseline",
            instrument="eq-5d-5l",
            scale="INDEX",
            before=pytest.approx(0.876),
            after=pytest.approx(0.879),
        ),
    )
    assert response.score_revision == 1


def test_applying_keeps_the_old_value_and_the_reason(
    session: Session, amended: Study, response: Response, now: datetime
) -> None:
    done = rescoring.apply(session, amended, actor=JOB, now=now, reason="value set of amendment 2")
    assert (done.scored, done.unchanged, done.failed) == (1, 0, 0)
    assert stored(session, response)["INDEX"].value == pytest.approx(0.876)
    assert stored(session, response, 2)["INDEX"].value == pytest.approx(0.879)
    assert events(session, Action.RESPONSE_SCORED)[-1].reason == "value set of amendment 2"
    assert rescoring.preview(session, amended).differences == ()


def test_forms_that_cannot_be_scored_are_named(
    session: Session, study: Study, response: Response, now: datetime
) -> None:
    with audited(session, actor=JOB, action=Action.ANSWERS_SAVED, now=now):
        response.answers = {**response.answers, "MO": 9}
    (line,) = rescoring.preview(session, study).failing
    assert line.startswith(f"{response.visit.participant.number} baseline eq-5d-5l: ")
    assert "MO" in line
