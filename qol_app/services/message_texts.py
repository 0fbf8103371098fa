"""The words of messages to participants: the platform's, or a study's own, with their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import MessageText, Study, User
from qol_app.domain import message_text
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.domain.message_text import FIELDS
from qol_app.domain.recipients import Channel
from qol_app.domain.reminders import Kind
from qol_app.messaging import text
from qol_app.services import studies


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Which message it is, by which channel and in which language."""

    kind: Kind
    channel: Channel
    language: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of a message with its fields in braces; a text message has no subject."""

    subject: str
    body: str
    number: int
    """Which of the study's own texts it is; 0 is the platform's."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """One text of a study's history; an empty body is the return to the platform's words."""

    row: MessageText
    author: str


def subjects(study: Study) -> list[Subject]:
    """Return all messages that the study may word itself."""
    return [
        Subject(kind=kind, channel=channel, language=language)
        for kind in Kind
        for channel in Channel
        for language in studies.in_force(study).languages
        if language in text.languages(kind, channel)
    ]


def find(study: Study, kind: str, channel: str, language: str) -> Subject:
    """Return one of them. Raises NotFound."""
    for subject in subjects(study):
        if (subject.kind, subject.channel, subject.language) == (kind, channel, language):
            return subject
    raise NotFound(f"there is no message {kind} by {channel} in {language}")


def platform(of: Subject) -> Words:
    """Return the platform's words, with its fields as a study writes them."""
    fields = {name: f"{{{name}}}" for name in FIELDS}
    if of.channel is Channel.SMS:
        body = text.render_short(of.kind, of.language, **fields)
        return Words(subject="", body=body, number=0)
    words = text.render(of.kind, of.language, **fields)
    return Words(subject=words.subject, body=words.body, number=0)


def current(session: Session, study_id: int, of: Subject) -> Words:
    """Return the words that hold."""
    newest = _newest(session, study_id, of)
    if newest is None or not newest.body:
        return platform(of)
    return Words(subject=newest.subject, body=newest.body, number=newest.number)


def _newest(session: Session, study_id: int, of: Subject) -> MessageText | None:
    rows = session.scalars(_query(study_id, of).limit(1))
    return rows.first()


def _query(study_id: int, of: Subject) -> Select[MessageText]:
    return (
        select(MessageText)
        .where(
            MessageText.study_id == study_id,
            MessageText.kind == of.kind.value,
            MessageText.channel == of.channel.value,
            MessageText.language == of.language,
        )
        .order_by(MessageText.number.desc())
    )


def history(session: Session, study: Study, of: Subject) -> list[Written]:
    """Return the study's own texts, newest first."""
    return [
        Written(row=row, author=session.get_one(User, row.written_by).name)
        for row in session.scalars(_query(study.id, of))
    ]


def write(
    session: Session,
    study: Study,
    of: Subject,
    *,
    subject: str,
    body: str,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Words:
    """Store a study's own words. Storing what holds already is a no-op.

    Raises:
        InvalidInput: names each unknown field, a missing ``{link}``, and what is too long.
    """
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip() + "\n"
    if of.channel is Channel.SMS:
        subject, body = "", " ".join(body.split())
    found = message_text.mistakes(subject, body, of.channel)
    if found:
        lines = [f"{each.place}: {each.fault.value} {each.detail}".strip() for each in found]
        raise InvalidInput(lines)
    return _store(session, study, of, subject, body, user_id=user_id, actor=actor, now=now)


def back_to_platform(
    session: Session, study: Study, of: Subject, *, user_id: int, actor: Actor, now: datetime
) -> Words:
    """Let the platform's words hold again; the study's stay in the history. Twice is a no-op."""
    return _store(session, study, of, "", "", user_id=user_id, actor=actor, now=now)


def _store(
    session: Session,
    study: Study,
    of: Subject,
    subject: str,
    body: str,
    *,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Words:
    session.refresh(study, with_for_update=True)
    newest = _newest(session, study.id, of)
    before = (newest.subject, newest.body) if newest is not None else ("", "")
    if before == (subject, body):
        return current(session, study.id, of)
    with audited(
        session, actor=actor, action=Action.MESSAGE_TEXT_CHANGED, now=now, study_id=study.id
    ):
        row = MessageText(
            study_id=study.id,
            kind=of.kind.value,
            channel=of.channel.value,
            language=of.language,
            number=newest.number + 1 if newest is not None else 1,
            subject=subject,
            body=body,
            written_at=now,
            written_by=user_id,
        )
        session.add(row)
    return current(session, study.id, of)
