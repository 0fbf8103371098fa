"""Hands mails to an SMTP server, encrypted unless the settings say otherwise."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Literal

from qol_app.messaging.mail import Email, Reason, SendingFailed

Security = Literal["starttls", "tls", "none"]
TIMEOUT_SECONDS = 20.0


class SmtpSender:
    """Opens one connection per mail, so that nothing is held open between two visits' mails.

    Args:
        sender: The address in ``From`` and in the envelope.
        user: Name for signing in at the server; empty means no sign-in.
        context: How certificates are checked; None takes the system's authorities.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security,
        sender: str,
        user: str = "",
        password: str = "",  # an empty password is no secret
        context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._sender, self._user, self._password = sender, user, password
        self._context, self._timeout = context, timeout

    def send(self, email: Email) -> None:
        """Hand the mail over.

        Raises:
            SendingFailed: names why, never to whom; what the server said is not kept, because
                servers repeat the address.
        """
        server = self._open()
        try:
            self._hand_over(server, email)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _open(self) -> smtplib.SMTP:
        try:
            return self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise _failed(Reason.SIGN_IN_REFUSED, error.smtp_code) from None
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            raise SendingFailed(Reason.NOT_SECURE, permanent=True) from None
        except (smtplib.SMTPException, OSError):
            raise SendingFailed(Reason.UNREACHABLE, permanent=False) from None

    def _connect(self) -> smtplib.SMTP:
        context = self._context or ssl.create_default_context()
        server: smtplib.SMTP
        if self._security == "tls":
            server = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, email: Email) -> None:
        try:
            server.send_message(self._message(email))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _failed(Reason.RECIPIENT_REFUSED, code) from None
        except smtplib.SMTPSenderRefused as error:
            raise _failed(Reason.SENDER_REFUSED, error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            raise _failed(Reason.MAIL_REFUSED, error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise SendingFailed(Reason.RECIPIENT_REFUSED, permanent=True) from None
        except (smtplib.SMTPException, OSError):
            raise SendingFailed(Reason.INTERRUPTED, permanent=False) from None

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = email.to
        message["Subject"] = email.subject
        message["Date"] = format_datetime(email.written_at)
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(email.body, charset="utf-8", cte="quoted-printable")
        message["Content-Language"] = email.language
        return message


def _failed(reason: Reason, code: int) -> SendingFailed:
    return SendingFailed(reason, permanent=code >= 500)
