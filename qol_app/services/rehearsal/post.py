"""The post of a rehearsal: what the machine sends by itself, what staff ask for, what comes of it.

No server is asked: what becomes of a message is told from its number in the order of sending.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from qol_app.db.models import Message
from qol_app.domain import actor as actors
from qol_app.domain.recipients import Channel
from qol_app.domain.reminders import Kind
from qol_app.messaging import Reason
from qol_app.services import messages, receipts, recipients, reminders
from qol_app.services.outbox import Outcome
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

WAYS = frozenset(channel.value for channel in Channel)
PLANNING, SENDING = actors.job("plan_reminders"), actors.job("send_message")
GATEWAY = actors.anyone("receipts/sms")
ROUNDS = 6
"""Days on which reminders went out by themselves; what lies before is forgotten."""
ASKED_FOR = 8
"""Visits about which staff asked for a message themselves."""
SHORTLY = timedelta(minutes=4)
IN_TRANSIT = timedelta(minutes=2)
"""Time from a text message to its receipt."""
TAKEN = Outcome(problem=None)
REFUSED = Outcome(problem=Reason.RECIPIENT_REFUSED.value)
BROKEN = Outcome(problem=Reason.INTERRUPTED.value, permanent=False)
BUSY = Outcome(problem=Reason.UNREACHABLE.value, permanent=False)
BY_EMAIL = (TAKEN, REFUSED, TAKEN, TAKEN, BROKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN)
"""What becomes of one e-mail after the other."""
BY_SMS = (True, None, True, False, True, True, True)
"""Whether one text message after the other arrives; None is not known yet."""


@dataclass(kw_only=True)
class PostRoom:
    """Sends a rehearsal's messages."""

    desk: Desk
    sent: Counter[Channel] = field(default_factory=Counter)

    def remind(self, at: datetime) -> None:
        """Plan what the protocol wants, and send what is due."""
        session, study = self.desk.session, self.desk.study
        reminders.plan(session, study, ways=WAYS, actor=PLANNING, now=at)
        due = [found for found, _, _ in reminders.waiting(session, study, ways=WAYS, now=at)]
        for message in due:
            self._send(message, at)

    def ask(self, case: Case, at: datetime) -> None:
        """Let the nurse ask for a message about a visit, if its participant can be written to."""
        message = self._wished(case, at)
        if message is not None:
            self._send(message, at)

    def ask_by_email(self, case: Case, outcome: Outcome, at: datetime) -> None:
        """As ``ask``, by e-mail, and this comes of it."""
        message = self._wished(case, at, channel=Channel.EMAIL)
        if message is not None:
            self._send(message, at, outcome)

    def ask_by_sms(self, case: Case, arrived: bool, at: datetime) -> None:
        """As ``ask``, by text message, and this comes of it."""
        message = self._wished(case, at, channel=Channel.SMS)
        if message is not None:
            self._send(message, at, arrived=arrived)

    def _wished(self, case: Case, at: datetime, channel: Channel | None = None) -> Message | None:
        session, visit = self.desk.session, self.desk.visit(case)
        beside = recipients.known(session, [visit])
        found = recipients.judge(visit, Kind.LINK, beside, ways=WAYS, now=at, channel=channel)
        if found.channel is None:
            return None
        return messages.plan(
            session, visit, actor=self.desk.nurse, now=at, ways=WAYS, channel=channel
        )

    def _send(
        self,
        message: Message,
        at: datetime,
        outcome: Outcome | None = None,
        *,
        arrived: bool | None = None,
    ) -> None:
        session, office = self.desk.session, self.desk.office
        claimed = messages.claim(
            session,
            message.id,
            vault=self.desk.writer.vault,
            base_url=office.base_url,
            actor=SENDING,
            now=at,
            ways=WAYS,
        )
        if claimed is None:
            return
        number, channel = self.sent[Channel(message.channel)], Channel(message.channel)
        self.sent[channel] += 1
        if channel is Channel.SMS:
            usual = BY_SMS[number % len(BY_SMS)]
            self._send_sms(message, usual if arrived is None else arrived, at)
        else:
            came = outcome or BY_EMAIL[number % len(BY_EMAIL)]
            messages.settle(session, message.id, came, actor=SENDING, now=at)

    def _send_sms(self, message: Message, arrived: bool | None, at: datetime) -> None:
        name = f"rehearsal-{message.id}"
        outcome = Outcome(problem=None, provider_id=name)
        messages.settle(self.desk.session, message.id, outcome, actor=SENDING, now=at)
        if arrived is not None:
            receipts.settle(
                self.desk.session, name, delivered=arrived, actor=GATEWAY, now=at + IN_TRANSIT
            )


def acts(desk: Desk, cases: Cases) -> Iterator[Act]:
    """Yield the messages of the last days."""
    room = PostRoom(desk=desk)
    for case in cases.every[:1]:
        last = cases.yesterday(case)
        for days in reversed(range(ROUNDS)):
            yield Act(at=case.at(last - days * DAY, 9), do=room.remind)
    for case in cases.untouched[:ASKED_FOR]:
        at = case.at(cases.yesterday(case), 14, case.person.place % 60)
        yield Act(at=at, do=partial(room.ask, case))
    for case in cases.address_failed:
        yield Act(at=case.at(case.first_day, 11), do=_in_vain(room, case))
    yield from _today(room, cases)


def _in_vain(room: PostRoom, case: Case) -> Callable[[datetime], None]:
    if case.takes_email:
        return partial(room.ask_by_email, case, REFUSED)
    return partial(room.ask_by_sms, case, False)


def _today(room: PostRoom, cases: Cases) -> Iterator[Act]:
    """Yield the last messages before the end: each comes to something else."""
    by_email = [case for case in cases.unsent if case.takes_email]
    for case, outcome in zip(reversed(by_email), (REFUSED, BROKEN, BUSY), strict=False):
        yield Act(at=cases.now - SHORTLY, do=partial(room.ask_by_email, case, outcome))
    served = {case.key for case in by_email[-3:]}
    by_sms = [case for case in cases.unsent if case.takes_sms and case.key not in served]
    for case in by_sms[-1:]:
        yield Act(at=cases.now - SHORTLY, do=partial(room.ask_by_sms, case, True))
