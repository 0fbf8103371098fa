"""Hands mails to an SMTP server, encrypted unless the settings say otherwise."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Literal

from qol_app.messaging.mail import Email, Reason, SendingFailed

Security = Literal["starttls", "tls", "none"]
TIMEOUT_SECONDS = 20.0

TAKEN, GO_AHEAD = 250, 354
RECIPIENT_TAKEN = (250, 251)
_LINE_WITH_DOT = re.compile(rb"(?m)^\.")


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
            self._announce(server, email)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _failed(Reason.RECIPIENT_REFUSED, code) from None
        except smtplib.SMTPSenderRefused as error:
            raise _failed(Reason.SENDER_REFUSED, error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            raise _failed(Reason.MAIL_REFUSED, error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise SendingFailed(Reason.UNREACHABLE, permanent=False) from None
        self._finish(server)

    def _announce(self, server: smtplib.SMTP, email: Email) -> None:
        """Go through all of SMTP but the last answer; what breaks here has not arrived."""
        server.ehlo_or_helo_if_needed()
        code, answer = server.mail(parseaddr(self._sender)[1])
        if code != TAKEN:
            raise smtplib.SMTPSenderRefused(code, answer, "")
        code, answer = server.rcpt(email.to)
        if code not in RECIPIENT_TAKEN:
            raise smtplib.SMTPRecipientsRefused({"": (code, answer)})
        server.putcmd("data")
        code, answer = server.getreply()
        if code != GO_AHEAD:
            raise smtplib.SMTPDataError(code, answer)
        server.send(_on_the_wire(self._message(email)))

    def _finish(self, server: smtplib.SMTP) -> None:
        """Wait for the word that the mail was taken; without it nobody can tell."""
        try:
            code, _ = server.getreply()
        except (smtplib.SMTPException, OSError):
            raise SendingFailed(Reason.INTERRUPTED, permanent=False) from None
        if code != TAKEN:
            raise _failed(Reason.MAIL_REFUSED, code)

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


def _on_the_wire(message: EmailMessage) -> bytes:
    """Return the mail as DATA sends it: lines that begin with a dot get another, one dot ends."""
    written = message.as_bytes().removesuffix(b"\r\n")
    return _LINE_WITH_DOT.sub(b"..", written) + b"\r\n.\r\n"


def _failed(reason: Reason, code: int) -> SendingFailed:
    return SendingFailed(reason, permanent=code >= 500)
