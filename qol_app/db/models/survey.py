"""The ledger (visits and responses), answers as events, links and scores."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN, Participant
from qol_app.db.models.study import FormVersion, ProtocolVersion
from qol_app.db.types import Document, Instant


class Visit(Base):
    """One planned visit of one participant, with its window under ``protocol_id``."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("participant_id", "code"),
        Index("ix_visit_opens_on_closes_on", "opens_on", "closes_on"),
        Index("ix_visit_closes_on_opens_on", "closes_on", "opens_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocol_version.id"))
    code: Mapped[str]
    number: Mapped[int]
    """Place in the schedule, 0 for the baseline."""
    opens_on: Mapped[date]
    target_on: Mapped[date]
    on_time_until: Mapped[date]
    closes_on: Mapped[date]

    participant: Mapped[Participant] = relationship()
    protocol: Mapped[ProtocolVersion] = relationship()
    responses: Mapped[list[Response]] = relationship(
        back_populates="visit", order_by="Response.position"
    )


class Response(Base):
    """One expected form: a row per participant, visit and instrument from enrolment on.

    ``answers`` is the fold of its answer events (item id to value; None is seen but blank; an
    absent item was never seen), kept so that a page reads one row.
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("visit_id", "instrument_id"),
        Index("ix_response_scoring", "scored_at", "submitted_at"),
        Index("ix_response_submitted_at", "submitted_at", "visit_id"),
        Index("ix_response_standing", "visit_id", "submitted_at", "missing_reason", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    position: Mapped[int]
    language: Mapped[str | None]
    wording_hash: Mapped[str | None]
    mode: Mapped[str | None]
    """How it was answered: patient, import, paper or interview."""
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    last_activity_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_on: Mapped[date | None]
    """Date on which it was answered, in the site's zone."""
    missing_reason: Mapped[str | None]
    missing_note: Mapped[str | None]
    """What staff added to the reason; always there for ``other``."""
    last_seq: Mapped[int] = mapped_column(default=0)
    answers: Mapped[dict[str, Any]] = mapped_column(
        Document, default=dict, info={"audit": "derived"}
    )
    no_answers: Mapped[dict[str, str]] = mapped_column(
        Document, default=dict, info={"audit": "derived"}
    )
    """Item id to ``declined`` or ``not_applicable``; such an item is None in ``answers``."""
    helper: Mapped[str | None]
    """Who helped, as the participant said when sending: a word of ``domain.helpers.Helper``."""
    scored_at: Mapped[datetime | None] = mapped_column(Instant)
    score_revision: Mapped[int] = mapped_column(default=0)
    scoring_problem: Mapped[str | None]

    visit: Mapped[Visit] = relationship(back_populates="responses")
    form_version: Mapped[FormVersion] = relationship()


class AnswerEvent(Base):
    """One answer given. Append-only; the highest ``seq`` of an item counts, latecomers aside."""

    __tablename__ = "answer_event"
    __table_args__ = (
        UniqueConstraint("response_id", "event_id"),
        UniqueConstraint("response_id", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    event_id: Mapped[str]
    seq: Mapped[int]
    item: Mapped[str]
    value: Mapped[Any] = mapped_column(Document, nullable=True)
    """None is no answer; ``no_answer`` tells whether one was refused or the item just left."""
    no_answer: Mapped[str | None]
    """``declined`` or ``not_applicable`` where the participant said so."""
    came_late: Mapped[bool] = mapped_column(default=False)
    """Whether a newer answer to the item had arrived before: it is kept and does not count."""
    reason: Mapped[str | None]
    """Why staff corrected it after it was sent; None is what the participant answered."""
    answered_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[str]
    actor_id: Mapped[str]


class StrayAnswer(Base):
    """An answer that came when its form no longer took it: kept for staff, never thrown away."""

    __tablename__ = "stray_answer"
    __table_args__ = (UniqueConstraint("visit_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"))
    """The form it names; None where the visit has no such form."""
    event_id: Mapped[str]
    item: Mapped[str]
    value: Mapped[Any] = mapped_column(Document, nullable=True)
    no_answer: Mapped[str | None]
    answered_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str]
    """Why it found no place: a word of ``domain.strays.Why``."""
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_as: Mapped[str | None]
    """What staff made of it: ``taken`` into the form or ``left`` aside."""
    note: Mapped[str | None]


class SurveyLink(Base):
    """A survey link: an actor that may answer one visit. Only the token's hash is stored."""

    __tablename__ = "survey_link"
    __table_args__ = (Index("uq_survey_link_code_hash", "code_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    code_hash: Mapped[str | None] = mapped_column(info=HIDDEN)
    """Keyed hash of the short code that is typed from a letter; None where none was made."""
    channel: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    first_used_at: Mapped[datetime | None] = mapped_column(Instant)

    visit: Mapped[Visit] = relationship()


class Score(Base):
    """One score of one response. A re-scoring adds a revision; old ones stay."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("response_id", "revision", "scale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    revision: Mapped[int]
    scale: Mapped[str]
    value: Mapped[float | None]
    items_answered: Mapped[int]
    items_expected: Mapped[int]
    items_imputed: Mapped[int] = mapped_column(default=0)
    """Unanswered items that the scale's rule filled in."""
    flags: Mapped[list[str]] = mapped_column(Document, default=list)
    """What must be said beside it: prorated, out_of_range, unconfirmed."""
    module: Mapped[str]
    module_version: Mapped[str]
    form_hash: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    scored_at: Mapped[datetime] = mapped_column(Instant)
