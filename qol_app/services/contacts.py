"""A participant's contact details: sealed, shown with a record of who looked, changed, erased."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import Recording, audited
from qol_app.db.models import Contact, Message, Participant
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput, NotReady
from qol_app.domain.events import Action
from qol_app.services import participants
from qol_app.services.outbox import MessageStatus

NO_CONTACT = "no_contact"
"""The ``problem`` of a message whose participant has no address any more."""

BATCH = 200
"""Contacts that are sealed anew in one transaction."""


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """How a participant is reached, and since when they agree to it."""

    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    """As ``domain.contact.mobile_number`` returns it."""
    consented_on: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no address at all."""
        return not (self.email or self.phone)


def put(participant: Participant, given: ContactDetails, *, vault: Vault, now: datetime) -> None:
    """Seal the details in place of any before, within the caller's ``audited``."""
    inside = {"email": given.email, "phone": given.phone}
    plain = {name: value for name, value in inside.items() if value}
    key_id, sealed = vault.seal(plain, participant_id=participant.id)
    contact = participant.contact
    if contact is None:
        contact = participant.contact = Contact(participant_id=participant.id)
    contact.key_id, contact.sealed = key_id, sealed
    contact.has_email, contact.has_phone = "email" in plain, "phone" in plain
    contact.consented_on, contact.changed_at = given.consented_on, now


def show(
    session: Session, participant: Participant, *, vault: Vault, actor: Actor, now: datetime
) -> ContactDetails:
    """Return the details, and record that they were looked at, every time.

    Raises:
        NotReady: the key that sealed them is not configured.
    """
    details = opened(participant, vault)
    with _recorded(session, participant, Action.CONTACT_VIEWED, actor, now):
        pass
    return details


def opened(participant: Participant, vault: Vault) -> ContactDetails:
    """Return the details without a record; empty where none are stored. Raises as ``show``."""
    contact = participant.contact
    if contact is None:
        return ContactDetails()
    inside = _open(contact, vault)
    return ContactDetails(
        email=inside.get("email"), phone=inside.get("phone"), consented_on=contact.consented_on
    )


def _open(contact: Contact, vault: Vault) -> dict[str, str]:
    if not vault.knows(contact.key_id):
        raise NotReady(f"the key {contact.key_id} is not in QOL_CONTACT_KEYS; put it back there")
    return vault.open(contact.key_id, contact.sealed, participant_id=contact.participant_id)


def change(
    session: Session,
    participant: Participant,
    given: ContactDetails,
    *,
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store contact details in place of those before; return whether anything changed.

    Raises:
        InvalidInput: there is no address in them, or no day of consent.
    """
    if given.is_empty:
        raise InvalidInput(["email: give an address or a mobile number, or erase the details"])
    if given.consented_on is None:
        raise InvalidInput(["consented_on: give the day on which the participant agreed"])
    participants.lock(session, participant)
    if opened(participant, vault) == given:
        return False
    with _recorded(session, participant, Action.CONTACT_CHANGED, actor, now):
        put(participant, given, vault=vault, now=now)
    return True


def erase(
    session: Session, participant: Participant, *, reason: str, actor: Actor, now: datetime
) -> int:
    """Erase the details and cancel the messages that wait; return how many of these there were.

    Answers, scores and all other trial data stay. Erasing twice is a no-op.

    Raises:
        InvalidInput: the reason is missing.
    """
    if not reason.strip():
        raise InvalidInput(["reason: say who asked for it"])
    participants.lock(session, participant)
    if participant.contact is None:
        return 0
    waiting = session.scalars(
        select(Message)
        .where(
            Message.participant_id == participant.id, Message.status == MessageStatus.PLANNED.value
        )
        .with_for_update()
    ).all()
    with _recorded(session, participant, Action.CONTACT_ERASED, actor, now, reason.strip()):
        session.delete(participant.contact)
        for message in waiting:
            message.status, message.problem = MessageStatus.CANCELLED.value, NO_CONTACT
    session.expire(participant, ["contact"])
    return len(waiting)


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """One batch of contacts sealed anew; ``last`` is where the next begins."""

    done: int
    last: int
    unknown_keys: tuple[str, ...]
    """Keys of contacts that were left as they are, since nobody configured these keys."""


def sealed_with_other_keys(session: Session, vault: Vault) -> int:
    """Count the contacts that are not sealed with the newest key."""
    query = select(func.count()).select_from(Contact).where(Contact.key_id != vault.newest)
    return session.scalar(query) or 0


def reseal(
    session: Session, *, vault: Vault, after: int, actor: Actor, now: datetime, limit: int = BATCH
) -> Resealed | None:
    """Seal the next contacts with the newest key; return None where there are no more.

    Stopping in between loses nothing, and beginning again takes up what is left.

    Args:
        after: The participant's id after which to begin: 0, or the last batch's ``last``.
    """
    query = (
        select(Contact)
        .where(Contact.key_id != vault.newest, Contact.participant_id > after)
        .order_by(Contact.participant_id)
        .limit(limit)
        .with_for_update()
    )
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    if not found:
        return None
    known = [contact for contact in found if vault.knows(contact.key_id)]
    if known:
        with audited(session, actor=actor, action=Action.CONTACT_RESEALED, now=now):
            for contact in known:
                inside, owner = _open(contact, vault), contact.participant_id
                contact.key_id, contact.sealed = vault.seal(inside, participant_id=owner)
    unknown = {contact.key_id for contact in found if not vault.knows(contact.key_id)}
    return Resealed(
        done=len(known), last=found[-1].participant_id, unknown_keys=tuple(sorted(unknown))
    )


def _recorded(
    session: Session,
    participant: Participant,
    action: Action,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> AbstractContextManager[Recording]:
    return audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=reason,
    )
