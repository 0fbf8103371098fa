"""What every sender takes and raises. None of it shows an address or a text when printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Email:
    """One plain-text mail to one address. Its text may hold a survey link, so it is not printed."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    """An HTML language tag, e.g. ``zh-Hans``."""
    written_at: datetime


class Reason(StrEnum):
    """Why a message could not be handed over. Stored and shown, so it never holds an address."""

    RECIPIENT_REFUSED = "recipient_refused"
    SENDER_REFUSED = "sender_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    MAIL_REFUSED = "mail_refused"
    NOT_SECURE = "not_secure"
    UNREACHABLE = "unreachable"
    INTERRUPTED = "interrupted"
    """The connection broke at the very end; the message may have arrived all the same."""
    GATEWAY_REFUSED = "gateway_refused"
    """The gateway for text messages would not have it, e.g. for want of credit."""
    NOT_SERVED = "not_served"
    """No way of sending is set up for it any more."""


class SendingFailed(Exception):
    """The message was not handed over. ``permanent``: trying again unchanged would fail again."""

    def __init__(self, reason: Reason, *, permanent: bool) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.permanent = permanent


class Sender(Protocol):
    """Hands mails over. A new way of sending is one more class with this method."""

    def send(self, email: Email) -> None:
        """Hand the mail over, or raise SendingFailed."""
