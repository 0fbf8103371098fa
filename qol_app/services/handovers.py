"""Hand a shared tablet to a participant, check who holds it, and take it back.

What a tablet is doing is computed from its last hand-over, never stored: one that lay idle is
over, even while its row still waits for somebody to write that down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import (
    AnswerEvent,
    Handover,
    Participant,
    Response,
    SurveyLink,
    Tablet,
    Visit,
)
from qol_app.domain import actor as actors
from qol_app.domain import tablet_check
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict
from qol_app.domain.events import Action
from qol_app.domain.tablet_check import Ending, Outcome, TabletState
from qol_app.services import facts, links, survey, tablets

CHANNEL = "tablet"

_LAST_GIVEN = (
    select(func.max(AnswerEvent.answered_at))
    .join(Response, Response.id == AnswerEvent.response_id)
    .where(Response.visit_id == SurveyLink.visit_id)
    .correlate(SurveyLink)
    .scalar_subquery()
)
"""When the last answer to a link's visit was given. What waited on the tablet for a line came
later than that, and nobody need have held the tablet then."""

_RUNNING = (
    select(Handover.confirmed_at, _LAST_GIVEN)
    .join(Tablet, Tablet.id == Handover.tablet_id)
    .join(SurveyLink, SurveyLink.id == Handover.link_id)
    .where(
        Handover.id == bindparam("handover_id"),
        Handover.ended_at.is_(None),
        Tablet.retired_at.is_(None),
    )
)


def last(session: Session, tablet_id: int) -> Handover | None:
    """Return the newest hand-over of a tablet."""
    query = select(Handover).where(Handover.tablet_id == tablet_id).order_by(Handover.id.desc())
    to_participant = (
        joinedload(Handover.link).joinedload(SurveyLink.visit).joinedload(Visit.participant)
    )
    return session.scalar(query.limit(1).options(to_participant))


def is_running(session: Session, handover_id: int, *, now: datetime) -> bool:
    """Tell whether the tablet is still in the hands of the participant who passed the check."""
    found = session.connection().execute(_RUNNING, {"handover_id": handover_id}).one_or_none()
    if found is None or found[0] is None:
        return False
    return not tablet_check.is_idle(found, now=now)


def is_open(session: Session, handover: Handover, *, now: datetime) -> bool:
    """Tell whether a hand-over waits for its check or goes on: not ended, and not idle."""
    activity = _last_answers(session, [handover]).get(handover.id)
    return _is_open(handover, activity, now)


def states(
    session: Session, of: Sequence[Tablet], *, now: datetime
) -> dict[int, tuple[TabletState, Handover | None]]:
    """Return by tablet what it is doing, and its last hand-over."""
    newest = (
        select(func.max(Handover.id))
        .where(Handover.tablet_id.in_([tablet.id for tablet in of]))
        .group_by(Handover.tablet_id)
    )
    rows = session.scalars(select(Handover).where(Handover.id.in_(newest))).all()
    activity = _last_answers(session, rows)
    latest = {row.tablet_id: row for row in rows}
    return {
        tablet.id: (_state(tablet, latest.get(tablet.id), activity, now), latest.get(tablet.id))
        for tablet in of
    }


def hand_over(
    session: Session, tablet_id: int, visit: Visit, *, actor: Actor, now: datetime
) -> Handover:
    """Give a tablet to the participant of a visit, who has yet to pass the check.

    Whoever held it before holds it no longer.

    Args:
        actor: The user who hands it over.

    Raises:
        Conflict: the tablet belongs to another site than the participant.
        LinkTooEarly, LinkExpired, AlreadySubmitted, LinkEnded: the visit cannot be answered now.
    """
    return _give(session, tablet_id, visit, handed_by=int(actor.id), actor=actor, now=now)


def give_back(session: Session, tablet_id: int, *, now: datetime) -> Handover:
    """Give a tablet to the same participant again, after its PIN; the check comes again.

    The user who handed it over last stays the one who did, since a PIN names nobody.

    Raises:
        Conflict: nobody had it before.
        AlreadySubmitted and the others of ``hand_over``.
    """
    before = last(session, tablet_id)
    if before is None:
        raise Conflict("this tablet was not handed to anybody yet")
    actor = actors.tablet(tablet_id)
    visit = before.link.visit
    return _give(session, tablet_id, visit, handed_by=before.handed_by, actor=actor, now=now)


def may_give_back(handover: Handover | None, *, now: datetime) -> bool:
    """Tell whether there is somebody whose questionnaire is unsent and can be answered."""
    return handover is not None and facts.eligibility(handover.link.visit, now=now).allowed


def _give(
    session: Session,
    tablet_id: int,
    visit: Visit,
    *,
    handed_by: int,
    actor: Actor,
    now: datetime,
) -> Handover:
    tablet, participant = tablets.hold(session, tablet_id), visit.participant
    if (tablet.study_id, tablet.site_id) != (participant.study_id, participant.site_id):
        raise Conflict(f"tablet {tablet.name} belongs to another site")
    survey.check_open(visit, now=now)
    link, _token = links.issue(session, visit, channel=CHANNEL, actor=actor, now=now)
    before = last(session, tablet_id)
    left_open = before if before is not None and before.ended_at is None else None
    ending = left_open and _ending(session, left_open, by_itself=False, now=now)
    with audited(
        session,
        actor=actor,
        action=Action.TABLET_HANDED_OVER,
        now=now,
        study_id=tablet.study_id,
        participant_id=participant.id,
    ):
        if left_open and ending:
            left_open.ended_at, left_open.ended_as = now, ending.value
        handover = Handover(
            tablet_id=tablet.id, link_id=link.id, handed_by=handed_by, handed_at=now
        )
        session.add(handover)
    return handover


def check(
    session: Session, tablet_id: int, *, typed_digits: str, typed_year: str, now: datetime
) -> tuple[Outcome, Handover] | None:
    """Check who holds the tablet, and start the survey if it is the participant.

    The third wrong try freezes the tablet: the hand-over ends, and its link opens nothing more.
    A second tap on the same right answer matches again and changes nothing.

    Returns the outcome and the hand-over; None if no check was waiting.
    """
    tablets.hold(session, tablet_id)
    handover = last(session, tablet_id)
    if handover is None or not is_open(session, handover, now=now):
        return None
    participant = handover.link.visit.participant
    is_theirs = tablet_check.is_held_by(
        participant.number,
        participant.birth_year,
        typed_digits=typed_digits,
        typed_year=typed_year,
    )
    if handover.confirmed_at is not None:
        return (Outcome.MATCH, handover) if is_theirs else None
    outcome = _record_check(session, handover, participant, is_theirs=is_theirs, now=now)
    if outcome is Outcome.MATCH:
        links.start(session, handover.link_id, now=now)
    return outcome, handover


def _record_check(
    session: Session,
    handover: Handover,
    participant: Participant,
    *,
    is_theirs: bool,
    now: datetime,
) -> Outcome:
    is_last_try = handover.check_failures + 1 >= tablet_check.MOST_FAILURES
    wrong = Outcome.FROZEN if is_last_try else Outcome.WRONG
    outcome = Outcome.MATCH if is_theirs else wrong
    with audited(
        session,
        actor=actors.tablet(handover.tablet_id),
        action=Action.TABLET_CHECKED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=outcome.value,
    ):
        if is_theirs:
            handover.confirmed_at = now
        else:
            handover.check_failures += 1
        if outcome is Outcome.FROZEN:
            handover.ended_at, handover.ended_as = now, Ending.FROZEN.value
            handover.link.revoked_at = now
    return outcome


def lock(session: Session, tablet_id: int, *, by_itself: bool, now: datetime) -> None:
    """End what the tablet is doing; only its PIN or a hand-over opens it again. Twice is a no-op.

    Args:
        by_itself: Whether it locked because nobody touched it.
    """
    tablet = tablets.hold(session, tablet_id)
    handover = last(session, tablet_id)
    if handover is None or handover.ended_at is not None:
        return
    ending = _ending(session, handover, by_itself=by_itself, now=now)
    with audited(
        session,
        actor=actors.tablet(tablet_id),
        action=Action.TABLET_LOCKED,
        now=now,
        study_id=tablet.study_id,
        participant_id=handover.link.visit.participant_id,
        reason=ending.value,
    ):
        handover.ended_at, handover.ended_as = now, ending.value


def _ending(session: Session, handover: Handover, *, by_itself: bool, now: datetime) -> Ending:
    if all(form.submitted_at is not None for form in handover.link.visit.responses):
        return Ending.FINISHED
    if by_itself or not is_open(session, handover, now=now):
        return Ending.IDLE
    return Ending.TAKEN_BACK


def _is_open(handover: Handover, activity: datetime | None, now: datetime) -> bool:
    moments = [handover.handed_at, handover.confirmed_at]
    if handover.confirmed_at is not None:
        moments.append(activity)
    return handover.ended_at is None and not tablet_check.is_idle(moments, now=now)


def _last_answers(session: Session, of: Sequence[Handover]) -> Mapping[int, datetime]:
    """Return by hand-over when the last answer to its visit was given, where any was."""
    query = (
        select(Handover.id, _LAST_GIVEN)
        .join(SurveyLink, SurveyLink.id == Handover.link_id)
        .where(Handover.id.in_([handover.id for handover in of]))
    )
    return {handover_id: at for handover_id, at in session.execute(query) if at is not None}


def _state(
    tablet: Tablet, latest: Handover | None, activity: Mapping[int, datetime], now: datetime
) -> TabletState:
    if tablet.retired_at is not None:
        return TabletState.RETIRED
    if tablets.is_blocked(tablet):
        return TabletState.BLOCKED
    if latest is not None and _is_open(latest, activity.get(latest.id), now):
        return TabletState.CHECKING if latest.confirmed_at is None else TabletState.IN_USE
    is_frozen = latest is not None and latest.ended_as == Ending.FROZEN
    return TabletState.FROZEN if is_frozen else TabletState.LOCKED
