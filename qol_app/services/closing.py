"""Tells the staff of a site on a visit's last day that its forms are still missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import Participant, Response, Site, StaffMessage, Study, User, Visit
from qol_app.domain import reminders
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.domain.schedule import today_at
from qol_app.services import facts, staff_messages, studies
from qol_app.services.staff_messages import StaffMessageKind


def tell(session: Session, study: Study, *, actor: Actor, now: datetime) -> int:
    """Plan one mail to each user of a site at which visits close today; return how many.

    A user is told once a day, however many visits close, and only within the study's hours.
    """
    rules = studies.in_force(study).reminders
    if rules is None or not rules.tell_staff:
        return 0
    within, told = reminders.hours(rules), 0
    for site in study.sites:
        zone = ZoneInfo(site.timezone)
        visit = _first_closing(session, site, now) if _is_day(within, zone, now) else None
        users = _untold(session, study, visit, zone, now) if visit is not None else []
        if visit is None or not users:
            continue
        with audited(
            session,
            actor=actor,
            action=Action.MESSAGE_PLANNED,
            now=now,
            study_id=study.id,
            participant_id=visit.participant_id,
        ):
            for user in users:
                kind = StaffMessageKind.CLOSING
                session.add(
                    staff_messages.message(user, visit.participant, kind, visit.id, now=now)
                )
        told += len(users)
    return told


def _is_day(within: reminders.Hours, zone: ZoneInfo, now: datetime) -> bool:
    return reminders.next_moment(within, zone, now) == now


def _first_closing(session: Session, site: Site, now: datetime) -> Visit | None:
    """Return the first visit whose last day is today and which can still be answered."""
    query = (
        select(Visit)
        .join(Visit.participant)
        .where(
            Participant.site_id == site.id,
            Visit.closes_on == today_at(ZoneInfo(site.timezone), now),
            Visit.responses.any(Response.submitted_at.is_(None)),
        )
        .options(
            joinedload(Visit.participant).selectinload(Participant.events),
            selectinload(Visit.responses),
        )
        .order_by(Visit.id)
    )
    visits = session.scalars(query).all()
    return next((visit for visit in visits if facts.eligibility(visit, now=now).allowed), None)


def _untold(
    session: Session, study: Study, visit: Visit, zone: ZoneInfo, now: datetime
) -> list[User]:
    """Return the site's staff who were told nothing today, and never of this visit."""
    users = staff_messages.users(session, visit.participant, {Role.STAFF})
    query = select(StaffMessage).where(
        StaffMessage.study_id == study.id,
        StaffMessage.kind == StaffMessageKind.CLOSING,
        or_(StaffMessage.planned_at > now - timedelta(days=2), StaffMessage.about_id == visit.id),
    )
    today = today_at(zone, now)
    told = {
        each.user_id
        for each in session.scalars(query)
        if each.about_id == visit.id or today_at(zone, each.planned_at) == today
    }
    return [user for user in users if user.id not in told]
