"""What simulated participants do beside answering: every state of the patient's side occurs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import questionnaires
from qol_app.db.audit import verify
from qol_app.db.models import AnswerEvent, HelpRequest, Postponement, Response
from qol_app.db.session import Sessions
from qol_app.domain.schedule import today_at, window
from qol_app.services import datasets, help_requests, studies, worklist
from qol_app.services.rehearsal import manners
from qol_app.services.rehearsal.course import cohort
from qol_app.services.rehearsal.manners import Call, LinkGiven, PuttingOff, deeds
from tests.services.test_rehearsal import EXAMPLE, NCT, NOW, simulate


def drawn(seed: int) -> list[tuple[int, PuttingOff | LinkGiven | Call]]:
    people = cohort(NCT, seed=seed, now=NOW, participants=130)
    return [(person.place, deed) for person, deed in deeds(NCT, people, seed=seed, now=NOW)]


def test_the_same_seed_gives_the_same_deeds_and_another_seed_does_not() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_few_put_off_a_few_wait_today_and_two_call_for_help(seed: int) -> None:
    found = [deed for _place, deed in drawn(seed)]
    put_off = [deed for deed in found if isinstance(deed, PuttingOff)]
    assert 20 <= len(put_off) <= 80
    assert {deed.reason.value for deed in put_off} == {"too_ill", "another_time"}
    assert {deed.delay.value for deed in put_off} == {"tomorrow", "in_3_days", "in_a_week"}
    assert any(NOW - deed.at < timedelta(days=2) for deed in put_off)
    assert sum(isinstance(deed, Call) for deed in found) == 2


def test_visits_are_put_off_while_open_and_before_they_are_answered() -> None:
    people = cohort(NCT, seed=4, now=NOW, participants=130)
    for person, deed in deeds(NCT, people, seed=4, now=NOW):
        zone = NCT.site(person.site).zone
        dates, day = window(NCT.visit(deed.visit), person.anchor), today_at(zone, deed.at)
        assert person.enrolled_at < deed.at
        assert day < today_at(zone, NOW)
        if isinstance(deed, Call):
            assert day > dates.closes
        else:
            assert dates.opens <= day <= dates.closes
        for sitting in person.sittings:
            if sitting.visit == deed.visit:
                assert deed.at < sitting.started_at


def test_the_less_well_are_helped_more_often() -> None:
    rng = np.random.default_rng(1)
    well = Counter(manners.draw_helper(1.0, rng) for _ in range(1000))
    ill = Counter(manners.draw_helper(-2.0, rng) for _ in range(1000))
    assert set(well) == {None, "alone", "read_aloud", "wrote_down", "answered_for"}
    assert well["alone"] > 700  # type: ignore[index]  # a word equals its member
    assert 400 < ill["alone"] < 650  # type: ignore[index]


def test_only_what_a_form_offers_is_said_and_only_of_blanks() -> None:
    rng, form = np.random.default_rng(1), questionnaires.load("daily-life-check", "1.2")
    support = form.item("SUPPORT")
    said = Counter(manners.draw_no_answer(support, None, rng) for _ in range(300))
    assert set(said) == {None, *support.no_answers}
    assert {manners.draw_no_answer(support, [1], rng) for _ in range(50)} == {None}
    assert {manners.draw_no_answer(form.item("REMARK"), None, rng) for _ in range(50)} == {None}
    strict = questionnaires.load("eortc-qlq-c30").item("q1")
    assert {manners.draw_no_answer(strict, None, rng) for _ in range(50)} == {None}


def statuses(session: Session, code: str, now: datetime) -> Counter[str]:
    study = studies.find(session, code)
    rows = datasets.form_rows(session, study, grouped=True, now=now)
    return Counter(row.status for row in rows)


def test_a_simulated_study_shows_every_state_of_the_patients_side(sessions: Sessions) -> None:
    simulate(sessions, EXAMPLE, seed=1, count=60)
    with sessions.read() as session:
        study = studies.find(session, "example")
        helpers = set(
            session.scalars(select(Response.helper).where(Response.submitted_at.is_not(None)))
        )
        assert helpers == {None, "alone", "read_aloud", "wrote_down", "answered_for"}
        said = Counter(session.scalars(select(AnswerEvent.no_answer)))
        assert 0 < said["declined"] < said[None] / 20
        assert said["not_applicable"] > 0
        assert len(session.scalars(select(Postponement)).all()) > 3
        calls = help_requests.waiting(session, study, sites=None)
        assert {call.request.why for call in calls} <= {"link_expired", "wrong_visit"}
        assert len(calls) == len(session.scalars(select(HelpRequest)).all()) > 0
        assert statuses(session, "example", NOW)["too_ill"] > 0
        assert verify(session).broken_id is None


def test_some_visits_of_the_trial_wait_today_until_a_later_day(sessions: Sessions) -> None:
    simulate(sessions, NCT, seed=1, count=40)
    with sessions.read() as session:
        found = worklist.waiting(session, studies.find(session, NCT.id), sites=None, now=NOW)
        assert {each.is_put_off for each in found} == {True, False}
        moments = session.scalars(select(Postponement.recorded_at)).all()
        assert max(moments) < NOW
