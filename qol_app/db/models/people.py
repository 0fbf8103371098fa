"""Users with their grants; participants with their events and, apart, their contact details."""

from __future__ import annotations

from datetime import date, datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.study import Site, Study
from qol_app.db.types import Document, Instant
from qol_app.domain import roles as rules

HIDDEN = {"audit": "hidden"}


class Role(Base, RoleMixin):
    """A role's name. What it permits stands in ``domain.roles``."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class User(Base, UserMixin):
    """Somebody who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    """Always in lower case."""
    name: Mapped[str] = mapped_column(info=HIDDEN)
    password: Mapped[str] = mapped_column(info=HIDDEN)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    language: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    """Wrong passwords and codes in a row."""
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    tf_primary_method: Mapped[str | None]
    """``authenticator`` once a one-time code is asked for; the names are Flask-Security's."""
    tf_totp_secret: Mapped[str | None] = mapped_column(info=HIDDEN)
    tf_last_counter: Mapped[int | None] = mapped_column(info={"audit": "derived"})
    """Of the last one-time code that was taken, so that none is taken twice."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        Document, nullable=True, info=HIDDEN
    )
    """Keyed hashes of those not used yet."""
    reset_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a mail to choose a new password was last asked for."""

    grants: Mapped[list[Grant]] = relationship(back_populates="user")
    roles: Mapped[list[RoleMixin]] = relationship("Role", secondary="user_grant", viewonly=True)

    def grant_values(self) -> tuple[rules.Grant, ...]:
        """Return the user's grants as plain values."""
        return tuple(
            rules.Grant(
                role=rules.Role(grant.role.name), study_id=grant.study_id, site_id=grant.site_id
            )
            for grant in self.grants
        )


class Grant(Base):
    """A role for one user in one study, at one site or (``site_id`` empty) at all of them."""

    __tablename__ = "user_grant"
    __table_args__ = (UniqueConstraint("user_id", "role_id", "study_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))

    user: Mapped[User] = relationship(back_populates="grants")
    role: Mapped[Role] = relationship()


Index(
    "uq_user_grant_all_sites",
    Grant.user_id,
    Grant.role_id,
    Grant.study_id,
    unique=True,
    sqlite_where=Grant.site_id.is_(None),
    postgresql_where=Grant.site_id.is_(None),
)


class Participant(Base):
    """A person in a study, known by a study number. No name and no contact detail here."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    number: Mapped[str]
    group_code: Mapped[str]
    anchor_date: Mapped[date]
    language: Mapped[str]
    birth_year: Mapped[int | None]
    text_size: Mapped[str | None]
    """The participant's own choice: ``large`` or ``largest``; None is the usual size."""
    contrast: Mapped[str | None]
    """The participant's own choice: ``high``; None follows the device."""
    channel: Mapped[str | None]
    """How the participant wants to be asked: ``email``, ``sms`` or ``paper``; None is any way."""
    refused_channels: Mapped[list[str]] = mapped_column(Document, default=list)
    """Ways by which the participant wants no message."""
    enrolled_at: Mapped[datetime] = mapped_column(Instant)

    study: Mapped[Study] = relationship()
    site: Mapped[Site] = relationship()
    events: Mapped[list[ParticipantEvent]] = relationship(back_populates="participant")
    contact: Mapped[Contact | None] = relationship(back_populates="participant")


class ParticipantEvent(Base):
    """A dated event of a participant's course. Never changed but for being struck out."""

    __tablename__ = "participant_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str | None]
    """A word of staff's, e.g. which treatment; no name and no contact detail."""
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    """When staff struck it out as recorded by mistake; it counts no more."""

    participant: Mapped[Participant] = relationship(back_populates="events")


class Contact(Base):
    """A participant's contact details, encrypted; erasable without touching trial data."""

    __tablename__ = "contact"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(info=HIDDEN)
    has_email: Mapped[bool] = mapped_column(default=False)
    has_phone: Mapped[bool] = mapped_column(default=False)
    """Which details are inside, so that nobody has to open them to know."""
    consented_on: Mapped[date | None]
    """The day on which the participant agreed to be written to."""
    changed_at: Mapped[datetime] = mapped_column(Instant)

    participant: Mapped[Participant] = relationship(back_populates="contact")
