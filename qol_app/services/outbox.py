"""What every message has in common: it is claimed, delivered and settled, and goes out once.

Sending takes three steps, because a mail server's answer must not be awaited inside a
transaction: ``claim`` (of each kind of message) marks it as being sent and the caller commits;
``deliver`` talks to the server; ``settle`` stores the outcome. After a crash in between, the
message stays "sending" for staff to see and decide on, since nobody can tell whether it arrived.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Invitation, Message, StaffMessage
from qol_app.domain.errors import NotFound
from qol_app.domain.events import Action
from qol_app.messaging import Email, Reason, Sender, SendingFailed, Sms, SmsSender

Posted = TypeVar("Posted", Message, StaffMessage, Invitation)


class MessageStatus(StrEnum):
    """Where a message stands."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    """Taken by the mail server or the gateway."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """The address takes no messages."""
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message that this process alone may send now."""

    message_id: int
    email: Email | None = field(repr=False, default=None)
    sms: Sms | None = field(repr=False, default=None)
    """Exactly one of the two is there."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of handing a message over; ``problem`` is None exactly when it was taken."""

    problem: str | None
    permanent: bool = True
    """Whether trying again unchanged would fail again."""
    provider_id: str | None = None
    """What the gateway calls the message; None where it gives no name."""

    @property
    def may_be_repeated(self) -> bool:
        """Tell whether sending it again can neither fail for the same reason nor reach twice."""
        return not self.permanent and self.problem != Reason.INTERRUPTED

    @property
    def action(self) -> Action:
        """What the audit calls it."""
        return Action.MESSAGE_SENT if self.problem is None else Action.MESSAGE_FAILED


def unsent(
    session: Session, model: type[Posted], *, before: datetime, limit: int = 500
) -> list[int]:
    """Return the ids of messages planned before then that nobody has claimed, oldest first."""
    query = select(model.id).where(model.status == MessageStatus.PLANNED, model.planned_at < before)
    return list(session.scalars(query.order_by(model.id).limit(limit)))


def locked(session: Session, model: type[Posted], message_id: int) -> Posted:
    """Return a message, locked and read anew. Raises NotFound if there is none."""
    message = session.get(model, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound(f"no message {message_id}")
    return message


def deliver(claimed: Claimed, sender: Sender, sms: SmsSender | None = None) -> Outcome:
    """Hand a claimed message over. Call it outside any transaction, once."""
    try:
        return Outcome(problem=None, provider_id=_hand_over(claimed, sender, sms))
    except SendingFailed as failure:
        return Outcome(problem=failure.reason.value, permanent=failure.permanent)


def _hand_over(claimed: Claimed, sender: Sender, sms: SmsSender | None) -> str | None:
    if claimed.email is not None:
        sender.send(claimed.email)
        return None
    if claimed.sms is None or sms is None:
        raise SendingFailed(Reason.NOT_SERVED, permanent=True)
    return sms.send(claimed.sms)


def store(message: Message | StaffMessage | Invitation, outcome: Outcome, *, now: datetime) -> None:
    """Write an outcome into its message, within the caller's ``audited``."""
    sent = outcome.problem is None
    message.status = (MessageStatus.SENT if sent else MessageStatus.FAILED).value
    message.problem = outcome.problem
    message.sent_at = now if sent else None
