"""Writes a claimed message: its fields' values, its words, its address. Nothing of it is stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.db.models import Message, Participant, Visit
from qol_app.db.vault import Vault
from qol_app.domain import message_text
from qol_app.domain.recipients import Channel
from qol_app.domain.reminders import Kind
from qol_app.messaging import Email, Sms, text
from qol_app.services import message_texts, studies
from qol_app.services.message_texts import Subject
from qol_app.services.outbox import Claimed


def write(
    session: Session, visit: Visit, message: Message, *, vault: Vault, link: str, now: datetime
) -> Claimed:
    """Return the message as it is handed over."""
    details = _details(visit.participant, vault)
    values = fields(visit, message.language, link=link)
    of = Subject(
        kind=Kind(message.kind), channel=Channel(message.channel), language=message.language
    )
    words = message_texts.current(session, visit.participant.study_id, of)
    body = message_text.fill(words.body, values)
    if of.channel is Channel.SMS:
        sms = Sms(
            to=details["phone"],
            body=body,
            language=of.language,
            kind=of.kind.value,
            values=values,
            reference=str(message.id),
        )
        return Claimed(message_id=message.id, sms=sms)
    subject = message_text.fill(words.subject, values)
    email = Email(
        to=details["email"], subject=subject, body=body, language=of.language, written_at=now
    )
    return Claimed(message_id=message.id, email=email)


def fields(visit: Visit, language: str, *, link: str) -> dict[str, str]:
    """Return what stands in a message's fields. The study goes by its number, never its title."""
    protocol = studies.protocol(visit.protocol)
    first = protocol.languages[0]
    name = protocol.visit(visit.code).name
    return {
        "study": protocol.registry_id or protocol.id,
        "visit": name.get(language) or name[first],
        "link": link,
        "last_day": text.day(visit.closes_on, language),
        "contact": protocol.contact.get(language) or protocol.contact[first],
    }


def _details(participant: Participant, vault: Vault) -> dict[str, str]:
    contact = participant.contact
    if contact is None:
        return {}
    return vault.open(contact.key_id, contact.sealed, participant_id=participant.id)
