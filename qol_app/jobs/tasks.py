"""The tasks: each opens its own session, commits, and may run twice without harm.

A failure is logged with the number of its row, the kind of error and the place in the code, and
never with the error's own words: they may quote an address or an answer.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from qol_app.db.models import Study
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.recipients import Channel
from qol_app.messaging import Sender, SmsSender
from qol_app.services import (
    alerts,
    closing,
    invitation_mails,
    messages,
    outbox,
    password_resets,
    postponements,
    reminders,
    staff_messages,
    studies,
    typed_codes,
)
from qol_app.services.outbox import Claimed
from qol_app.services.recipients import EMAIL_ONLY

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
    reset_key: bytes
    sms: SmsSender | None = None
    """None where no gateway for text messages is set up."""

    @property
    def ways(self) -> frozenset[str]:
        """The channels by which messages can go."""
        return EMAIL_ONLY if self.sms is None else EMAIL_ONLY | {Channel.SMS.value}

    def score_response(self, response_id: int) -> None:
        """Score one response, and tell staff if its scores meet an alert rule."""
        # Imported here because it imports pandas, and web workers import this module too.
        from qol_app.services import results

        with logged("score_response", response_id):
            with self.sessions.write() as session:
                actor, now = actors.job("score_response"), datetime.now(UTC)
                results.score(session, response_id, actor=actor, now=now)
                mails = alerts.check_scores(session, response_id, actor=actor, now=now)
                session.commit()
            self._send_staff_messages(mails)

    def escalate_alert(self, alert_id: int) -> None:
        """Tell the study's administrators of an alert that nobody acknowledged in time."""
        with logged("escalate_alert", alert_id):
            with self.sessions.write() as session:
                actor = actors.job("escalate_alert")
                mails = alerts.escalate(session, alert_id, actor=actor, now=datetime.now(UTC))
                session.commit()
            self._send_staff_messages(mails)

    def _send_staff_messages(self, message_ids: Sequence[int]) -> None:
        for message_id in message_ids:
            self.send_staff_message(message_id)

    def send_message(self, message_id: int) -> None:
        """Send one planned message to a participant, unless it is taken already."""
        with logged("send_message", message_id):
            claim = partial(messages.claim, vault=self.vault, ways=self.ways)
            self._send("send_message", message_id, claim, messages.settle)

    def send_staff_message(self, message_id: int) -> None:
        """Send one planned message to a user, unless it is taken already."""
        with logged("send_staff_message", message_id):
            claim, settle = staff_messages.claim, staff_messages.settle
            self._send("send_staff_message", message_id, claim, settle)

    def send_invitation(self, invitation_id: int) -> None:
        """Send the mail of an invitation, unless it is taken already."""
        with logged("send_invitation", invitation_id):
            claim, settle = invitation_mails.claim, invitation_mails.settle
            self._send("send_invitation", invitation_id, claim, settle)

    def send_password_reset(self, user_id: int, language: str) -> None:
        """Send a user the link to choose a new password. Who gets none may ask again."""
        with logged("send_password_reset", user_id):
            with self.sessions.read() as session:
                email = password_resets.write(
                    session,
                    user_id,
                    key=self.reset_key,
                    base_url=self.base_url,
                    language=language,
                    now=datetime.now(UTC),
                )
            self.sender.send(email)

    def _send(
        self,
        task: str,
        message_id: int,
        claim: Callable[..., Claimed | None],
        settle: Callable[..., object],
    ) -> None:
        actor, now = actors.job(task), datetime.now(UTC)
        with self.sessions.write() as session:
            claimed = claim(session, message_id, base_url=self.base_url, actor=actor, now=now)
            session.commit()
        if claimed is None:
            return
        outcome = outbox.deliver(claimed, self.sender, self.sms)
        with self.sessions.write() as session:
            settle(session, message_id, outcome, actor=actor, now=datetime.now(UTC))
            session.commit()

    def _ask_again(self, now: datetime) -> None:
        with self.sessions.read() as session:
            due = postponements.to_ask_again(session, ways=self.ways, now=now)
        for visit_id in due:
            with logged("ask_again", visit_id):
                with self.sessions.write() as session:
                    actor = actors.job("ask_again")
                    message = postponements.ask_again(
                        session, visit_id, ways=self.ways, actor=actor, now=now
                    )
                    session.commit()
                if message is not None:
                    self.send_message(message.id)

    def plan_reminders(self) -> None:
        """Plan what the studies' reminders want until tomorrow, and tell staff what closes today.

        The sweep sends it.
        """
        actor, now = actors.job("plan_reminders"), datetime.now(UTC)
        with self.sessions.read() as session:
            study_ids = [study.id for study in studies.every(session)]
        for study_id in study_ids:
            with logged("plan_reminders", study_id), self.sessions.write() as session:
                study = session.get_one(Study, study_id)
                reminders.plan(session, study, ways=self.ways, actor=actor, now=now)
                closing.tell(session, study, actor=actor, now=now)
                session.commit()

    def sweep(self) -> None:
        """Do what is due by the clock, and what the queue has missed.

        Ask those again who put a visit off until today, forget old wrong codes, escalate alerts
        that wait too long, send the planned messages and score what nobody has taken.
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
                waiting = (
                    (self.escalate_alert, alerts.overdue(session, now=now)),
                    (
                        self.send_staff_message,
                        staff_messages.unsent(session, before=now - LEFT_ALONE),
                    ),
                    (
                        self.send_invitation,
                        invitation_mails.unsent(session, before=now - LEFT_ALONE),
                    ),
                    (self.send_message, messages.unsent(session, before=now - LEFT_ALONE)),
                    (self.score_response, results.waiting(session, now=now)),
                )
            for task, numbers in waiting:
                for number in numbers:
                    task(number)


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
