"""Small functions that build what tests need, through the services that the application uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, Base, Participant, Site, Study, SurveyLink, User, Visit
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.roles import Role
from qol_app.domain.study import Protocol, Purpose
from qol_app.domain.study_file import read
from qol_app.factory import create_app
from qol_app.jobs import make_queue
from qol_app.messaging import Email
from qol_app.services import (
    accounts,
    enrolment,
    forms,
    links,
    participants,
    responses,
    sign_ins,
    studies,
    submission,
)
from qol_app.services.responses import Answer
from qol_app.settings import Settings, from_environment
from qol_app.web.surfaces import SURFACES
from questionnaires.model import Value

STUDIES = Path(__file__).parents[1] / "studies"
KEYS = "k1:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
VAULT = Vault(dict([KEYS.split(":", 1)]))
COMMAND = actors.command("test")
NO_PASSWORD = "nobody signs in with this hash"
PASSWORD = "correct horse battery staple"


@dataclass
class Post:
    """A sender that keeps the mails it is given."""

    mails: list[Email] = field(default_factory=list)

    def send(self, email: Email) -> None:
        self.mails.append(email)


def settings(instance: Path, database_url: str) -> Settings:
    """Settings whose queue does its work at once."""
    return from_environment(
        {
            "QOL_INSTANCE": str(instance),
            "QOL_DATABASE_URL": database_url,
            "QOL_QUEUE_URL": "memory://",
            "QOL_CONTACT_KEYS": KEYS,
            "QOL_BASE_URL": "http://survey.example",
        }
    )


def application(
    instance: Path, database_url: str, post: Post, surfaces: Sequence[str] = SURFACES
) -> Flask:
    """The application, with a sender that keeps its mails and without form tokens."""
    configuration = settings(instance, database_url)
    app = create_app(configuration, surfaces_served=surfaces)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    sessions = app.extensions["sessions"]
    app.extensions["queue"] = make_queue(configuration, sessions, sender=post)
    return app


@cache
def protocol(name: str) -> Protocol:
    """A study file of the repository, read once."""
    return read(STUDIES / f"{name}.toml")


def study(session: Session, now: datetime, name: str = "example") -> Study:
    """A rehearsal study from the repository's study files."""
    return studies.load(session, protocol(name), purpose=Purpose.REHEARSAL, actor=COMMAND, now=now)


def site(session: Session, of: Study, code: str) -> Site:
    """One site of a study."""
    return session.scalars(select(Site).where(Site.study_id == of.id, Site.code == code)).one()


def newcomer(session: Session, now: datetime, name: str, password_hash: str = NO_PASSWORD) -> User:
    """A user without any role."""
    return accounts.create_user(
        session,
        email=f"{name}@example.org",
        name=name,
        password_hash=password_hash,
        actor=COMMAND,
        now=now,
    )


def user(
    session: Session,
    now: datetime,
    role: Role,
    *,
    of: Study,
    at: str | None = None,
    name: str = "",
    password_hash: str = NO_PASSWORD,
) -> User:
    """A user with one role in a study, at one site or at all of them."""
    made = newcomer(session, now, name or f"{role}-{at or 'all'}".lower(), password_hash)
    where = site(session, of, at) if at else None
    accounts.grant(session, made, role, study=of, site=where, actor=COMMAND, now=now)
    return made


def participant(
    session: Session,
    now: datetime,
    *,
    of: Study,
    at: str,
    anchor: date,
    group: str = "A",
    language: str = "en",
    email: str | None = None,
    phone: str | None = None,
) -> Participant:
    """A participant of a study, by default one of the example study's group A."""
    new = enrolment.NewParticipant(
        group=group,
        anchor_date=anchor,
        language=language,
        birth_year=1960,
        email=email,
        phone=phone,
    )
    where = site(session, of, at)
    return enrolment.enrol(session, of, where, new, vault=VAULT, actor=COMMAND, now=now)


def answered(
    session: Session,
    now: datetime,
    of: Participant,
    visit_code: str,
    answers: Mapping[str, Value],
    *,
    sent: bool = True,
) -> Visit:
    """A visit with answers to its first form, sent or only begun."""
    visit = participants.visit(session, of, visit_code)
    first = visit.responses[0]
    given = [
        Answer(event_id=f"{visit.id}-{item}", item=item, value=value, answered_at=now)
        for item, value in answers.items()
    ]
    actor = actors.link(1)
    words = forms.wording(session, first.form_version, of.language)
    responses.save_answers(session, first.id, given, wording=words, actor=actor, now=now)
    if sent:
        submission.submit_visit(session, visit, mode="patient", actor=actor, now=now)
    return visit


def link(session: Session, now: datetime, visit: Visit) -> str:
    """The token of a new link to a visit."""
    _link, token = links.issue(session, visit, channel="screen", actor=COMMAND, now=now)
    return token


def link_of(session: Session, token: str) -> SurveyLink:
    """The stored link of a token."""
    return session.scalars(
        select(SurveyLink).where(SurveyLink.token_hash == links.token_hash(token))
    ).one()


def also(session: Session, now: datetime, somebody: User, role: Role, *, of: Study) -> None:
    """Give a user a further role, at all sites of a study."""
    accounts.grant(session, somebody, role, study=of, site=None, actor=COMMAND, now=now)


def browser_of(sessions: Sessions, somebody: User) -> dict[str, Any]:
    """What the session of a browser holds in which a user has just signed in."""
    now = datetime.now(UTC)
    with sessions.write() as session:
        held = session.get_one(User, somebody.id)
        key = sign_ins.start(session, held, device="Firefox, Windows", now=now)
        session.commit()
        known = held.fs_uniquifier
    return {"_user_id": known, "_fresh": True, "sign_in": key, "fs_paa": now.timestamp()}


def sign_in(client: FlaskClient, somebody: User) -> FlaskClient:
    """The client, as after signing in."""
    values = browser_of(client.application.extensions["sessions"], somebody)
    with client.session_transaction() as cookie:
        cookie.update(values)
    return client


BY_USERS = (AuditEvent.actor_kind == "user", AuditEvent.action != "signed_in")
"""What selects the audit's events of users, but for their signing in."""


def count_audit(session: Session) -> int:
    """How many events the audit holds."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def count_rows(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
