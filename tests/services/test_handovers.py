"""Handing a tablet over, the check, locking and the PIN, without any page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, Handover, Study, SurveyLink, Tablet, User, Visit
from qol_app.domain import actor as actors
from qol_app.domain.errors import AlreadySubmitted, Conflict, LinkTooEarly, TabletRetired
from qol_app.domain.roles import Role
from qol_app.domain.tablet_check import Outcome, TabletState
from qol_app.services import forms, handovers, participants, responses, submission, tablets
from qol_app.services.responses import Answer
from tests import builders

MINUTE = timedelta(minutes=1)


@dataclass
class Ward:
    """A tablet in Shanghai, its nurse, and a visit that is due there."""

    session: Session
    study: Study
    nurse: User
    tablet: Tablet
    token: str
    visit: Visit

    @property
    def digits(self) -> str:
        number = self.visit.participant.number
        return "".join(sign for sign in number if sign.isdigit())[-3:]

    def hand_over(self, now: datetime) -> Handover:
        actor = actors.user(self.nurse.id)
        return handovers.hand_over(self.session, self.tablet.id, self.visit, actor=actor, now=now)

    def check(self, now: datetime, digits: str | None = None, year: str = "1960") -> Outcome | None:
        checked = handovers.check(
            self.session,
            self.tablet.id,
            typed_digits=self.digits if digits is None else digits,
            typed_year=year,
            now=now,
        )
        return checked and checked[0]

    def state(self, now: datetime) -> TabletState:
        return handovers.states(self.session, [self.tablet], now=now)[self.tablet.id][0]

    def is_running(self, handover: Handover, now: datetime) -> bool:
        self.session.flush()
        return handovers.is_running(self.session, handover.id, now=now)

    def audit(self) -> list[tuple[str, str, str | None]]:
        events = self.session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [
            (event.action, event.actor_kind, event.reason)
            for event in events
            if event.action.startswith("tablet_")
        ]


@pytest.fixture
def ward(session: Session, now: datetime) -> Ward:
    study = builders.study(session, now)
    nurse = builders.user(session, now, Role.STAFF, of=study, at="SHA")
    tablet, token = tablets.register(
        session,
        study,
        builders.site(session, study, "SHA"),
        name="Ward 3",
        pin_hash="a hash",
        actor=actors.user(nurse.id),
        now=now,
    )
    person = builders.participant(
        session, now, of=study, at="SHA", anchor=now.date() + timedelta(days=10)
    )
    visit = participants.visit(session, person, "baseline")
    return Ward(session, study, nurse, tablet, token, visit)


def test_of_a_tablet_only_hashes_are_stored_and_two_of_a_site_have_two_names(
    ward: Ward, now: datetime
) -> None:
    assert len(ward.token) == 32
    assert ward.token not in ward.tablet.token_hash
    assert tablets.by_token(ward.session, ward.token) is ward.tablet
    with pytest.raises(Conflict):
        tablets.register(
            ward.session,
            ward.study,
            ward.tablet.site,
            name="Ward 3",
            pin_hash="another hash",
            actor=actors.user(ward.nurse.id),
            now=now,
        )
    event = ward.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "tablet_registered")
    ).one()
    assert event.changes[0]["values"]["pin_hash"] == "hidden"
    assert event.changes[0]["values"]["token_hash"] == "hidden"


def test_the_right_answer_starts_the_survey_as_the_patient(ward: Ward, now: datetime) -> None:
    handover = ward.hand_over(now)
    assert ward.state(now) is TabletState.CHECKING
    assert not ward.is_running(handover, now)
    assert ward.check(now) is Outcome.MATCH
    assert ward.state(now) is TabletState.IN_USE
    assert ward.is_running(handover, now)
    assert ward.audit()[1:] == [
        ("tablet_handed_over", "user", None),
        ("tablet_checked", "tablet", "match"),
    ]
    link = ward.session.get_one(SurveyLink, handover.link_id)
    assert (link.channel, link.first_used_at) == ("tablet", now)


def test_a_second_tap_on_the_right_answer_matches_again_and_changes_nothing(
    ward: Ward, now: datetime
) -> None:
    ward.hand_over(now)
    assert ward.check(now) is Outcome.MATCH
    before = builders.count_audit(ward.session)
    assert ward.check(now) is Outcome.MATCH
    assert ward.check(now, digits="000") is None
    assert builders.count_audit(ward.session) == before


def test_the_third_wrong_answer_freezes_and_then_the_right_one_opens_nothing(
    ward: Ward, now: datetime
) -> None:
    other_link = builders.link(ward.session, now, ward.visit)
    handover = ward.hand_over(now)
    assert ward.check(now, digits="000") is Outcome.WRONG
    assert ward.check(now, year="1961") is Outcome.WRONG
    assert ward.check(now, digits="000", year="1961") is Outcome.FROZEN
    assert ward.check(now) is None
    assert (handover.ended_as, handover.check_failures) == ("frozen", 3)
    assert handover.link.revoked_at == now
    assert builders.link_of(ward.session, other_link).revoked_at is None
    assert ward.state(now) is TabletState.FROZEN
    assert [reason for action, _kind, reason in ward.audit() if action == "tablet_checked"] == [
        "wrong",
        "wrong",
        "frozen",
    ]


def test_after_freezing_the_tablet_is_given_back_with_a_new_link_and_a_new_check(
    ward: Ward, now: datetime
) -> None:
    first = ward.hand_over(now)
    for _ in range(3):
        ward.check(now, digits="000")
    assert handovers.may_give_back(handovers.last(ward.session, ward.tablet.id), now=now)
    second = handovers.give_back(ward.session, ward.tablet.id, now=now)
    assert (second.handed_by, second.check_failures) == (ward.nurse.id, 0)
    assert second.link_id != first.link_id
    assert not ward.is_running(second, now)
    assert ward.check(now) is Outcome.MATCH
    assert ward.is_running(second, now)


def test_a_new_hand_over_ends_the_one_before(ward: Ward, now: datetime) -> None:
    first = ward.hand_over(now)
    ward.check(now)
    second = ward.hand_over(now + MINUTE)
    assert (first.ended_at, first.ended_as) == (now + MINUTE, "taken_back")
    assert not ward.is_running(first, now + MINUTE)
    assert second.ended_at is None


@pytest.mark.parametrize(
    ("sent", "by_itself", "minutes", "ending"),
    [
        pytest.param(False, False, 1, "taken_back", id="given back"),
        pytest.param(False, True, 6, "idle", id="locked by itself"),
        pytest.param(False, False, 15, "idle", id="given back long after it lay idle"),
        pytest.param(True, False, 1, "finished", id="sent"),
        pytest.param(True, True, 1, "finished", id="sent, and locked by itself"),
    ],
)
def test_locking_records_how_it_ended(
    ward: Ward, now: datetime, sent: bool, by_itself: bool, minutes: int, ending: str
) -> None:
    handover = ward.hand_over(now)
    ward.check(now)
    if sent:
        actor = actors.link(handover.link_id)
        submission.submit_visit(ward.session, ward.visit, mode="patient", actor=actor, now=now)
    later = now + minutes * MINUTE
    for _ in range(2):  # the second time is a no-op
        handovers.lock(ward.session, ward.tablet.id, by_itself=by_itself, now=later)
    assert (handover.ended_at, handover.ended_as) == (later, ending)
    assert not ward.is_running(handover, later)
    assert ward.audit()[-1] == ("tablet_locked", "tablet", ending)
    assert [action for action, *_rest in ward.audit()].count("tablet_locked") == 1
    assert ward.state(later) is TabletState.LOCKED


def test_fifteen_minutes_without_an_answer_end_it_and_an_answer_keeps_it(
    ward: Ward, now: datetime
) -> None:
    handover = ward.hand_over(now)
    ward.check(now)
    assert ward.is_running(handover, now + 14 * MINUTE)
    assert not ward.is_running(handover, now + 15 * MINUTE)
    answered_at = now + 14 * MINUTE
    builders.answered(
        ward.session,
        answered_at,
        ward.visit.participant,
        "baseline",
        {"ENERGY": 1},
        sent=False,
    )
    ward.session.expire_all()
    assert ward.is_running(handover, now + 28 * MINUTE)
    assert ward.state(now + 28 * MINUTE) is TabletState.IN_USE
    assert not ward.is_running(handover, now + 29 * MINUTE)
    assert ward.state(now + 29 * MINUTE) is TabletState.LOCKED


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        pytest.param(5, False, id="given before it lay there, sent by the locked tablet"),
        pytest.param(19, True, id="given just now, by a patient who went on without a line"),
    ],
)
def test_an_answer_that_waited_for_a_line_counts_from_when_it_was_given(
    ward: Ward, now: datetime, given: int, runs: bool
) -> None:
    handover = ward.hand_over(now)
    ward.check(now)
    form, arrived = ward.visit.responses[0], now + 25 * MINUTE
    answer = Answer(item="ENERGY", value=1, answered_at=now + given * MINUTE)
    words = forms.wording(ward.session, form.form_version, "en")
    actor = actors.link(handover.link_id)
    responses.save_answers(ward.session, form.id, [answer], wording=words, actor=actor, now=arrived)
    assert ward.is_running(handover, arrived) is runs
    assert ward.state(arrived) is (TabletState.IN_USE if runs else TabletState.LOCKED)
    assert ward.check(arrived) is (Outcome.MATCH if runs else None)


def test_a_check_that_waited_too_long_takes_no_answer(ward: Ward, now: datetime) -> None:
    ward.hand_over(now)
    assert ward.check(now + 15 * MINUTE) is None
    assert ward.state(now + 15 * MINUTE) is TabletState.LOCKED


def test_a_visit_that_is_not_open_or_was_sent_is_not_handed_over(ward: Ward, now: datetime) -> None:
    actor = actors.user(ward.nurse.id)
    later = participants.visit(ward.session, ward.visit.participant, "m3")
    with pytest.raises(LinkTooEarly):
        handovers.hand_over(ward.session, ward.tablet.id, later, actor=actor, now=now)
    handover = ward.hand_over(now)
    submission.submit_visit(
        ward.session, ward.visit, mode="patient", actor=actors.link(handover.link_id), now=now
    )
    assert not handovers.may_give_back(handover, now=now)
    with pytest.raises(AlreadySubmitted):
        handovers.give_back(ward.session, ward.tablet.id, now=now)


def test_a_tablet_goes_to_participants_of_its_own_site_only(ward: Ward, now: datetime) -> None:
    anchor = now.date() + timedelta(days=10)
    stranger = builders.participant(ward.session, now, of=ward.study, at="BER", anchor=anchor)
    visit = participants.visit(ward.session, stranger, "baseline")
    actor = actors.user(ward.nurse.id)
    with pytest.raises(Conflict):
        handovers.hand_over(ward.session, ward.tablet.id, visit, actor=actor, now=now)


def test_a_retired_tablet_opens_nothing_from_then_on(ward: Ward, now: datetime) -> None:
    handover = ward.hand_over(now)
    ward.check(now)
    actor = actors.user(ward.nurse.id)
    tablets.retire(ward.session, ward.tablet, actor=actor, now=now)
    assert not ward.is_running(handover, now)
    assert not tablets.try_pin(ward.session, ward.tablet.id, is_right=True, now=now)
    assert ward.state(now) is TabletState.RETIRED
    with pytest.raises(TabletRetired):
        tablets.by_token(ward.session, ward.token)


def test_five_wrong_pins_block_the_right_one_until_staff_unlock(ward: Ward, now: datetime) -> None:
    def opens(is_right: bool) -> bool:
        return tablets.try_pin(ward.session, ward.tablet.id, is_right=is_right, now=now)

    assert [opens(False) for _ in range(4)] == [False] * 4
    assert opens(True)
    assert [opens(False) for _ in range(5)] == [False] * 5
    assert not opens(True)
    assert ward.state(now) is TabletState.BLOCKED
    tablets.unlock(ward.session, ward.tablet, actor=actors.user(ward.nurse.id), now=now)
    assert opens(True)
    tried = [reason for action, _kind, reason in ward.audit() if action == "tablet_pin_tried"]
    assert tried == ["wrong"] * 4 + ["right"] + ["wrong"] * 5 + ["right"]
