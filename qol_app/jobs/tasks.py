"""The tasks: each opens its own session, commits, and may run twice without harm.

A failure is logged with the number of its row, the kind of error and the place in the code, and
never with the error's own words: they may quote an address or an answer.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.messaging import Sender
from qol_app.services import messages, postponements, typed_codes

log = logging.getLogger(__name__)

LEFT_ALONE = timedelta(minutes=1)
"""A message this old and still planned has been missed by the queue."""


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What the consumer can do, and with what."""

    sessions: Sessions
    sender: Sender
    vault: Vault
    base_url: str

    def score_response(self, response_id: int) -> None:
        """Score one response."""
        # Imported here because it imports pandas, and web workers import this module too.
        from qol_app.services import results

        with logged("score_response", response_id), self.sessions.write() as session:
            actor, now = actors.job("score_response"), datetime.now(UTC)
            results.score(session, response_id, actor=actor, now=now)
            session.commit()

    def send_message(self, message_id: int) -> None:
        """Send one planned message, unless it is taken already."""
        with logged("send_message", message_id):
            self._send(message_id)

    def _send(self, message_id: int) -> None:
        actor = actors.job("send_message")
        with self.sessions.write() as session:
            claimed = messages.claim(
                session,
                message_id,
                vault=self.vault,
                base_url=self.base_url,
                actor=actor,
                now=datetime.now(UTC),
            )
            session.commit()
        if claimed is None:
            return
        outcome = messages.deliver(claimed, self.sender)
        with self.sessions.write() as session:
            messages.settle(session, message_id, outcome, actor=actor, now=datetime.now(UTC))
            session.commit()

    def _ask_again(self, now: datetime) -> None:
        with self.sessions.read() as session:
            due = postponements.to_ask_again(session, now=now)
        for visit_id in due:
            with logged("ask_again", visit_id):
                with self.sessions.write() as session:
                    actor = actors.job("ask_again")
                    message = postponements.ask_again(session, visit_id, actor=actor, now=now)
                    session.commit()
                if message is not None:
                    self.send_message(message.id)

    def sweep(self) -> None:
        """Do what is due by the clock, and what the queue has missed.

        Ask those again who put a visit off until today, forget old wrong codes, send the planned
        messages and score the responses that nobody has taken.
        """
        from qol_app.services import results  # here for the same reason as in score_response

        now = datetime.now(UTC)
        with logged("ask_again"):
            self._ask_again(now)
        with logged("forget_wrong_codes"), self.sessions.write() as session:
            typed_codes.forget(session, actor=actors.job("sweep"), now=now)
            session.commit()
        with logged("sweep"):
            with self.sessions.read() as session:
                unsent = messages.unsent(session, before=now - LEFT_ALONE)
                unscored = results.waiting(session, now=now)
            for message_id in unsent:
                self.send_message(message_id)
            for response_id in unscored:
                self.score_response(response_id)


@contextmanager
def logged(task: str, number: int | None = None) -> Iterator[None]:
    """Log a failure without its words, so that one row's failure does not stop the others."""
    try:
        yield
    except Exception as error:  # this is the door: whatever it is, it ends here
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "%s %s failed: %s at %s:%s",
            task,
            "" if number is None else number,
            type(error).__name__,
            last.filename,
            last.lineno,
        )
