"""The outbox: messages to participants with what became of them, and a study's own texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN
from qol_app.db.types import Instant


class Message(Base):
    """One message of the outbox: planned, sending, sent, delivered, bounced or failed, and why.

    Unique per participant, visit, kind and number, so that no message goes twice.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("participant_id", "visit_id", "kind", "number"),
        Index("ix_message_status_due_at", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str]
    number: Mapped[int]
    channel: Mapped[str]
    """``email`` or ``sms``."""
    language: Mapped[str]
    status: Mapped[str]
    problem: Mapped[str | None]
    planned_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """Not to be sent before; None is at once."""
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    provider_id: Mapped[str | None] = mapped_column(index=True, info=HIDDEN)
    """What the mail server or the gateway calls it, by which a receipt finds it."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a receipt or a bounce said what became of it."""


class MessageText(Base):
    """A study's own words of a message. Never changed: the highest number holds."""

    __tablename__ = "message_text"
    __table_args__ = (UniqueConstraint("study_id", "kind", "channel", "language", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    kind: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    subject: Mapped[str]
    """Empty where the channel has none."""
    body: Mapped[str]
    """Empty means that the platform's own words hold again."""
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
