"""Which waiting messages will not go out as things are, told by the same rule that sends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.db.models import Message, Visit
from qol_app.domain.reminders import Kind
from qol_app.services import recipients
from qol_app.services.outbox import MessageStatus


def reasons(
    session: Session,
    visits: Sequence[Visit],
    messages: Sequence[Message],
    *,
    ways: frozenset[str],
    now: datetime,
) -> dict[int, str]:
    """Return by message why it will not be sent, of those that wait and will not be.

    Each is judged for the moment at which it is due. Nothing is changed: what is struck out or
    corrected until then lets it go out after all.

    Args:
        visits: What the messages are about.
        ways: The channels that this deployment serves.
    """
    waiting = [each for each in messages if each.status == MessageStatus.PLANNED]
    if not waiting:
        return {}
    about = {visit.id: visit for visit in visits}
    beside = recipients.known(session, visits)
    found = {}
    for message in waiting:
        judged = recipients.judge(
            about[message.visit_id],
            Kind(message.kind),
            beside,
            ways=ways,
            now=max(now, message.due_at or now),
            channel=recipients.asked_for(message),
        )
        if judged.reason is not None:
            found[message.id] = str(judged.reason)
    return found
