"""Sending: one frozen mail, one protocol, one class per way of sending. Knows no study."""

from __future__ import annotations

from qol_app.messaging.console import ConsoleSender
from qol_app.messaging.mail import Email, Reason, Sender, SendingFailed
from qol_app.messaging.sms import Sms, SmsSender
from qol_app.messaging.smtp import SmtpSender
from qol_app.settings import Settings

__all__ = [
    "ConsoleSender",
    "Email",
    "Reason",
    "Sender",
    "SendingFailed",
    "Sms",
    "SmsSender",
    "SmtpSender",
    "make_sender",
]


def make_sender(settings: Settings) -> Sender:
    """Return the sender that the settings ask for."""
    if settings.mail == "console":
        return ConsoleSender()
    return SmtpSender(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
