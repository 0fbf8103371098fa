"""Counts by visit, instrument and site: both denominators, deaths apart, reasons told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Study
from qol_app.domain.compliance import FormStatus
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.missing import MissingReason
from qol_app.services import completion, enrolment, missing, participants, results
from qol_app.services.completion import Count
from tests import builders

DAILY = "daily-life-check"
AFTER = timedelta(days=30)
"""From the tests' now to after the baseline's window, and before week 4's."""


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    return builders.study(session, now)


def enrol(session: Session, study: Study, now: datetime, at: str = "SHA") -> Participant:
    return builders.participant(session, now, of=study, at=at, anchor=date(2026, 3, 12))


def answer(session: Session, now: datetime, person: Participant, **answers: int) -> None:
    visit = builders.answered(session, now, person, "baseline", answers)
    ids = [response.id for response in visit.responses]
    results.score_many(session, ids, actor=builders.COMMAND, now=now)


def cell(
    session: Session, study: Study, now: datetime, site: str | None = None, visit: str = "baseline"
) -> Count:
    found = completion.counts(session, study, sites=None, now=now)
    return next(each for each in found if (each.visit, each.site) == (visit, site))


def test_every_scheduled_visit_is_counted_also_without_participants(
    session: Session, study: Study, now: datetime
) -> None:
    found = completion.counts(session, study, sites=None, now=now)
    assert [(each.visit, each.site) for each in found] == [
        (visit, site) for visit in ("baseline", "w4", "m3") for site in (None, "BER", "SHA")
    ]
    assert all((each.enrolled, each.expected, each.received) == (0, 0, 0) for each in found)


def test_both_denominators_with_a_death_and_a_reason_apart(
    session: Session, study: Study, now: datetime
) -> None:
    answer(session, now, enrol(session, study, now), ENERGY=4, COMFORT=7, MOOD=6)
    answer(session, now, enrol(session, study, now), ENERGY=4)  # too little for a scale
    dead, ill, silent = (enrol(session, study, now) for _ in range(3))
    enrolment.record_event(
        session, dead, ParticipantEventKind.DIED,
        happened_on=now.date(), actor=builders.COMMAND, now=now,
    )  # fmt: skip
    missing.set_reason(
        session, participants.visit(session, ill, "baseline"), [DAILY], MissingReason.TOO_ILL,
        actor=builders.COMMAND, now=now,
    )  # fmt: skip
    made = cell(session, study, now + AFTER)
    assert (made.enrolled, made.expected, made.received, made.ended) == (5, 4, 1, 1)
    assert made.statuses == {
        FormStatus.COMPLETE: 2,
        FormStatus.DEAD: 1,
        FormStatus.TOO_ILL: 1,
        FormStatus.MISSED: 1,
    }
    assert made.reasons == {"too_ill": 1, "": 1}
    assert silent.number.startswith("EX-SHA")


def test_while_the_window_is_open_nothing_is_expected_yet(
    session: Session, study: Study, now: datetime
) -> None:
    answer(session, now, enrol(session, study, now), ENERGY=4, COMFORT=7, MOOD=6)
    enrol(session, study, now)
    made = cell(session, study, now)
    assert (made.enrolled, made.expected, made.received) == (2, 0, 0)
    assert made.statuses == {FormStatus.COMPLETE: 1, FormStatus.OPEN: 1}


def test_sites_are_counted_apart_and_only_those_asked_for(
    session: Session, study: Study, now: datetime
) -> None:
    enrol(session, study, now)
    enrol(session, study, now, at="BER")
    later = now + AFTER
    assert [cell(session, study, later, site).expected for site in (None, "SHA", "BER")] == [
        2,
        1,
        1,
    ]
    berlin = builders.site(session, study, "BER")
    found = completion.counts(session, study, sites=frozenset({berlin.id}), now=later)
    assert {each.site for each in found} == {None, "BER"}
    assert [each.enrolled for each in found if each.site is None] == [1, 1, 1]


def test_a_form_begun_and_never_sent_is_unfinished(
    session: Session, study: Study, now: datetime
) -> None:
    begun = enrol(session, study, now)
    builders.answered(session, now, begun, "baseline", {"ENERGY": 4}, sent=False)
    made = cell(session, study, now + AFTER)
    assert made.statuses == {FormStatus.PARTIAL: 1}
    assert (made.expected, made.received) == (1, 0)


def test_the_forecast_waits_for_ten_closed_windows_and_then_names_its_basis(
    session: Session, study: Study, now: datetime
) -> None:
    for place in range(10):
        person = enrol(session, study, now)
        if place < 8:
            answer(session, now, person, ENERGY=place % 4 + 1, COMFORT=place, MOOD=6)
    found = completion.counts(session, study, sites=None, now=now)
    assert completion.main_visit(session, study, found) is None
    found = completion.counts(session, study, sites=None, now=now + AFTER)
    made = completion.main_visit(session, study, found)
    assert made is not None
    assert (made.visit, made.instrument, made.scale) == ("m3", DAILY, "WELL")
    assert (made.forecast.basis, made.forecast.awaited) == ("baseline", 20)
    assert made.forecast.expected == pytest.approx(16.0)
    assert (made.sd, made.half_width) == (None, None)  # eight scores are too few
