"""Issue, check and use survey links. A link is an actor that may answer one visit.

A token is 192 random bits; only its SHA-256 is stored. A link that is given out on paper has a
short code to type as well; of that a keyed hash is stored, as 40 bits alone could be guessed.
Looking at a link changes nothing, so scanners and previews cannot use it up; starting is a
separate step.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import SurveyLink, Visit
from qol_app.domain import actor as actors
from qol_app.domain import codes
from qol_app.domain.actor import Actor
from qol_app.domain.errors import LinkUnknown
from qol_app.domain.events import Action

TOKEN_BYTES = 24


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A link to be given out on paper, with what opens it; neither is kept."""

    link: SurveyLink
    token: str = field(repr=False)
    code: str = field(repr=False)


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(code: str, *, key: bytes) -> str:
    """Return what is stored of a short code."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def issue(
    session: Session, visit: Visit, *, channel: str, actor: Actor, now: datetime
) -> tuple[SurveyLink, str]:
    """Make a new link to a visit and return it with its token, which is not kept.

    Earlier links of the visit stay good: patients open whichever message they find first.
    """
    return _issue(session, visit, None, channel=channel, actor=actor, now=now)


def issue_on_paper(
    session: Session, visit: Visit, *, code_key: bytes, channel: str, actor: Actor, now: datetime
) -> Issued:
    """Make a new link as ``issue`` does, with a short code to be typed from a letter."""
    code, stored = _unused_code(session, code_key)
    link, token = _issue(session, visit, stored, channel=channel, actor=actor, now=now)
    return Issued(link=link, token=token, code=code)


def _unused_code(session: Session, key: bytes) -> tuple[str, str]:
    while True:
        code = codes.make(secrets.choice)
        stored = code_hash(code, key=key)
        if session.scalar(select(SurveyLink.id).where(SurveyLink.code_hash == stored)) is None:
            return code, stored


def _issue(
    session: Session,
    visit: Visit,
    code_hash: str | None,
    *,
    channel: str,
    actor: Actor,
    now: datetime,
) -> tuple[SurveyLink, str]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with audited(
        session,
        actor=actor,
        action=Action.LINK_ISSUED,
        now=now,
        study_id=visit.participant.study_id,
        participant_id=visit.participant_id,
    ):
        link = SurveyLink(
            visit_id=visit.id,
            token_hash=token_hash(token),
            code_hash=code_hash,
            channel=channel,
            issued_at=now,
        )
        session.add(link)
    return link, token


def revoke(session: Session, visit: Visit, *, actor: Actor, now: datetime) -> int:
    """Withdraw all links of a visit and return how many were still good."""
    good = session.scalars(
        select(SurveyLink).where(SurveyLink.visit_id == visit.id, SurveyLink.revoked_at.is_(None))
    ).all()
    if good:
        with audited(
            session,
            actor=actor,
            action=Action.LINK_REVOKED,
            now=now,
            study_id=visit.participant.study_id,
            participant_id=visit.participant_id,
        ):
            for link in good:
                link.revoked_at = now
    return len(good)


def by_id(session: Session, link_id: int) -> SurveyLink:
    """Return the link of a running patient session. Raises LinkUnknown if there is none."""
    link = session.get(SurveyLink, link_id)
    if link is None:
        raise LinkUnknown("no survey link has this id")
    return link


def start(session: Session, link_id: int, *, now: datetime) -> None:
    """Note that a link was used for the first time. Starting again changes nothing."""
    link = by_id(session, link_id)
    if link.first_used_at is not None:
        return
    participant = link.visit.participant
    with audited(
        session,
        actor=actors.link(link.id),
        action=Action.SURVEY_STARTED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        link.first_used_at = now
