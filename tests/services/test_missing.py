"""Closed visits with missing forms want a reason, propose one, and keep what staff say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, Participant, Study
from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.missing import MissingReason
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import enrolment, missing, participants, postponements
from tests import builders

DAILY = ["daily-life-check"]
AFTER = timedelta(days=30)
"""From the tests' now to after the baseline's window, and before week 4's."""


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    return builders.study(session, now)


@pytest.fixture
def person(session: Session, study: Study, now: datetime) -> Participant:
    """A participant whose baseline is open until 12 March."""
    return builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))


def wanting(session: Session, study: Study, at: datetime) -> list[tuple[str, str | None]]:
    found = missing.unexplained(session, study, sites=None, now=at)
    assert found.total == len(found.shown)
    return [(each.visit.code, each.proposal) for each in found.shown]


def test_a_closed_visit_without_its_form_wants_a_reason_and_an_open_one_does_not(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    assert wanting(session, study, now) == []
    assert wanting(session, study, now + AFTER) == [("baseline", "not_offered")]


def test_the_last_day_of_grace_still_counts_as_open(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    closes = participants.visit(session, person, "baseline").closes_on
    last = datetime.combine(closes, now.timetz())
    assert wanting(session, study, last) == []
    assert wanting(session, study, last + timedelta(days=1)) == [("baseline", "not_offered")]


def test_what_was_put_off_as_too_ill_proposes_nothing_since_it_is_said_already(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    visit = participants.visit(session, person, "baseline")
    postponements.postpone(
        session, visit, Delay.IN_3_DAYS, Reason.TOO_ILL, actor=builders.COMMAND, now=now
    )
    assert wanting(session, study, now + AFTER) == []


def test_a_link_that_was_never_opened_proposes_that_it_was_forgotten(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    builders.link(session, now, participants.visit(session, person, "baseline"))
    assert wanting(session, study, now + AFTER) == [("baseline", "forgot")]


def test_nothing_is_wanted_after_a_death_and_for_a_form_that_was_sent(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    enrolment.record_event(
        session, person, ParticipantEventKind.DIED,
        happened_on=now.date(), actor=builders.COMMAND, now=now,
    )  # fmt: skip
    other = builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))
    builders.answered(session, now, other, "baseline", {"ENERGY": 4})
    assert wanting(session, study, now + AFTER) == []


def test_another_site_is_not_counted(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    berlin = builders.site(session, study, "BER")
    found = missing.unexplained(session, study, sites=frozenset({berlin.id}), now=now + AFTER)
    assert (found.shown, found.total) == ((), 0)


def test_a_reason_is_kept_once_and_the_audit_keeps_the_one_before(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    visit = participants.visit(session, person, "baseline")
    later = now + AFTER

    def say(reason: MissingReason, note: str = "") -> int:
        return missing.set_reason(
            session, visit, DAILY, reason, note=note, actor=builders.COMMAND, now=later
        )

    assert say(MissingReason.FORGOT) == 1
    assert say(MissingReason.FORGOT) == 0
    assert say(MissingReason.OTHER, " moved house ") == 1
    assert wanting(session, study, later) == []
    form = visit.responses[0]
    assert (form.missing_reason, form.missing_note) == ("other", "moved house")
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "missing_reason_set").order_by(AuditEvent.id)
    ).all()
    assert len(events) == 2
    assert "forgot" in str(events[1].changes)


@pytest.mark.parametrize(
    ("instruments", "reason", "note", "told"),
    [
        ([], MissingReason.FORGOT, "", "forms: choose at least one"),
        (["eq-5d-5l"], MissingReason.FORGOT, "", "forms: choose at least one"),
        (DAILY, MissingReason.OTHER, "  ", "note: say in a few words"),
        (DAILY, MissingReason.FORGOT, "x" * 501, "note: at most 500"),
        (DAILY, MissingReason.DIED, "", "record the death"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    session: Session, person: Participant, now: datetime,
    instruments: list[str], reason: MissingReason, note: str, told: str,
) -> None:  # fmt: skip
    visit = participants.visit(session, person, "baseline")
    with pytest.raises(InvalidInput, match=told):
        missing.set_reason(
            session, visit, instruments, reason, note=note, actor=builders.COMMAND, now=now
        )
    assert visit.responses[0].missing_reason is None


def test_a_sent_form_and_a_visit_not_open_take_no_reason(
    session: Session, person: Participant, now: datetime
) -> None:
    sent = builders.answered(session, now, person, "baseline", {"ENERGY": 4})
    for visit in (sent, participants.visit(session, person, "m3")):
        with pytest.raises(Conflict):
            missing.set_reason(
                session, visit, DAILY, MissingReason.FORGOT, actor=builders.COMMAND, now=now
            )
