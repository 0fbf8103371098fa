"""Prints mails instead of sending them. For development: the text holds a working survey link."""

from __future__ import annotations

import sys
from typing import TextIO

from qol_app.messaging.mail import Email

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
