"""Record in the audit that somebody looked at groups or took data away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Study
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action


def open_groups(session: Session, study: Study, *, actor: Actor, now: datetime) -> None:
    """Record that the actor opened the study's groups. Each opening is one event."""
    with audited(session, actor=actor, action=Action.GROUPS_OPENED, now=now, study_id=study.id):
        pass


def download(
    session: Session, study: Study, *, name: str, digest: str, actor: Actor, now: datetime
) -> None:
    """Record that the actor downloaded data.

    Args:
        session: A writing session.
        study: The study whose data they are.
        name: The name of the file.
        digest: The SHA-256 of the file.
        actor: Who took it.
        now: The time.
    """
    with audited(
        session,
        actor=actor,
        action=Action.DATA_DOWNLOADED,
        now=now,
        study_id=study.id,
        reason=f"{name} sha256 {digest}",
    ):
        pass
