"""Who comes into a rehearsal: invitations open, over and revoked, and a shut account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain import lockout
from qol_app.domain.roles import Role
from qol_app.services import invitation_mails, invitations, lockouts
from qol_app.services.invitations import Guest
from qol_app.services.lockouts import Wrong
from qol_app.services.outbox import Outcome
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

SENDING = actors.job("send_invitation")
GUESTS = (("open", timedelta(days=2)), ("over", timedelta(days=20)), ("revoked", timedelta(days=4)))
"""What becomes of an invitation, and how long ago it went out."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Door:
    """Lets people in, or not."""

    desk: Desk

    def invite(self, name: str, at: datetime) -> None:
        """Invite somebody to be a nurse at the last site, and send the mail."""
        session, study = self.desk.session, self.desk.study
        guest = Guest(
            email=f"{name}@{study.code}.example",
            name=f"Invited {name}",
            role=Role.STAFF,
            site=study.sites[-1],
            language=self.desk.writer.protocol.languages[0],
        )
        admin = session.get_one(User, self.desk.office.admin)
        actor = actors.user(admin.id)
        made, _ = invitations.invite(session, study, guest, by=admin, actor=actor, now=at)
        address = self.desk.office.base_url
        invitation_mails.claim(session, made.id, base_url=address, actor=SENDING, now=at)
        outcome = Outcome(problem=None)
        invitation_mails.settle(session, made.id, outcome, actor=SENDING, now=at)
        if name == "revoked":
            found = invitations.find(session, study, made.id, None)
            invitations.revoke(session, found, actor=actor, now=at + MINUTE)

    def try_wrong_password(self, at: datetime) -> None:
        """Let somebody try a wrong password."""
        user = lockouts.hold(self.desk.session, self.desk.office.locked)
        lockouts.admit(self.desk.session, user, is_right=False, wrong=Wrong.PASSWORD, now=at)


def acts(desk: Desk, *, now: datetime) -> Iterator[Act]:
    """Yield invitations, and wrong passwords until an account is shut for a day from now on."""
    door = Door(desk=desk)
    for name, ago in GUESTS:
        yield Act(at=now - ago, do=partial(door.invite, name))
    at, tries = now - MINUTE, 1
    while (shut_for := lockout.lock_after(tries)) is None or shut_for < lockout.LONGEST_LOCK:
        tries += 1
    for number in range(tries, 0, -1):
        yield Act(at=at, do=door.try_wrong_password)
        at -= (lockout.lock_after(number - 1) or timedelta()) + MINUTE
