"""Prints messages instead of sending them. For development: a text holds a working link."""

from __future__ import annotations

import sys
from typing import TextIO

from qol_app.messaging.mail import Email
from qol_app.messaging.sms import Sms

RULE = "=" * 72


class ConsoleSender:
    """Writes each mail whole to ``stream``, or to the standard output of the time of sending."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, email: Email) -> None:
        """Print the mail in a frame."""
        stream = self._stream or sys.stdout
        stream.write(
            f"\n{RULE}\nMAIL, printed and not sent\n"
            f"To:       {email.to}\nSubject:  {email.subject}\nLanguage: {email.language}\n"
            f"{RULE}\n{email.body}\n{RULE}\n"
        )
        stream.flush()


class ConsoleSmsSender:
    """Writes each text message whole to ``stream``, or to the standard output."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, sms: Sms) -> str | None:
        """Print the text message in a frame; the console names it by its reference."""
        stream = self._stream or sys.stdout
        stream.write(
            f"\n{RULE}\nTEXT MESSAGE, printed and not sent\n"
            f"To:       {sms.to}\nLanguage: {sms.language}\n{RULE}\n{sms.body}\n{RULE}\n"
        )
        stream.flush()
        return f"console-{sms.reference}"
