"""Sending: frozen messages, a protocol per channel, a class per way of sending. Knows no study."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from qol_app.messaging.alibaba import AlibabaSender
from qol_app.messaging.console import ConsoleSender, ConsoleSmsSender
from qol_app.messaging.mail import Email, Reason, Sender, SendingFailed
from qol_app.messaging.sms import Sms, SmsSender
from qol_app.messaging.smtp import SmtpSender
from qol_app.messaging.webhook import WebhookSender
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
    "make_sms_sender",
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


def make_sms_sender(settings: Settings, *, clock: Callable[[], datetime]) -> SmsSender | None:
    """Return the sender of text messages that the settings ask for; None if they ask for none."""
    sms = settings.sms
    if sms.gateway == "webhook":
        return WebhookSender(url=sms.url, secret=sms.secret, clock=clock)
    if sms.gateway == "alibaba":
        return AlibabaSender(
            url=sms.url,
            key_id=sms.key_id,
            secret=sms.secret,
            sign_name=sms.sign_name,
            templates=sms.templates,
            clock=clock,
        )
    return ConsoleSmsSender() if sms.gateway == "console" else None
