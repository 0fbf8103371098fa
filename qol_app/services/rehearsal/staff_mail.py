"""Mails to the users of a rehearsal: all of them arrive, and none is really sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.domain import actor as actors
from qol_app.services import staff_messages
from qol_app.services.outbox import Outcome
from qol_app.services.rehearsal.office import Office

ACTOR = actors.job("send_staff_message")


def deliver(session: Session, message_ids: Iterable[int], *, office: Office, now: datetime) -> None:
    """Note of each mail that it was sent."""
    for message_id in message_ids:
        claimed = staff_messages.claim(
            session, message_id, base_url=office.base_url, actor=ACTOR, now=now
        )
        if claimed is not None:
            outcome = Outcome(problem=None)
            staff_messages.settle(session, message_id, outcome, actor=ACTOR, now=now)
