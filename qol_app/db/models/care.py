"""What needs a person's eye: calls for help, postponed visits, alerts, and mails to staff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN, Participant
from qol_app.db.models.survey import Response, Visit
from qol_app.db.types import Document, Instant


class HelpRequest(Base):
    """A participant pressed "tell the clinic" on a page that led nowhere."""

    __tablename__ = "help_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("survey_link.id"))
    why: Mapped[str]
    """The code of the page on which it was pressed, e.g. ``link_expired``."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None]

    visit: Mapped[Visit] = relationship()


class Postponement(Base):
    """A visit put off to a later day of its window, and why. Never changed."""

    __tablename__ = "postponement"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    until_on: Mapped[date]
    """The day on which the participant is asked again, at the site."""
    reason: Mapped[str]
    """``too_ill`` or ``another_time``."""
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[str]
    actor_id: Mapped[str]

    visit: Mapped[Visit] = relationship()


class Alert(Base):
    """A rule of the protocol met by a form: one per form and rule, until staff acknowledge it."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("response_id", "rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    rule: Mapped[str]
    """The rule's code in the protocol."""
    cause: Mapped[dict[str, Any]] = mapped_column(Document)
    """What met it: item or scale, the value, and what it is compared with."""
    raised_at: Mapped[datetime] = mapped_column(Instant)
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None]

    participant: Mapped[Participant] = relationship()
    response: Mapped[Response] = relationship()


class StaffMessage(Base):
    """One mail to a user about something that waits; unique, so that none goes twice."""

    __tablename__ = "staff_message"
    __table_args__ = (UniqueConstraint("user_id", "kind", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    kind: Mapped[str]
    """``alert``, ``alert_waiting`` (escalated) or ``help``."""
    about_id: Mapped[int]
    """The alert's or the help request's id."""
    status: Mapped[str]
    problem: Mapped[str | None]
    planned_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class WrongCode(Base):
    """A short code that was typed and opened nothing; counted, so that guessing is stopped."""

    __tablename__ = "wrong_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(info=HIDDEN)
    """Keyed hash of where it came from; no address is stored."""
    tried_at: Mapped[datetime] = mapped_column(Instant, index=True)
