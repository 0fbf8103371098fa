"""How users come and go: invitations to an account, and the places where a user is signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN, User
from qol_app.db.models.study import Site, Study
from qol_app.db.types import Instant


class Invitation(Base):
    """A link by which somebody makes an account, or an account gets a further role."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    """None is a role at all sites."""
    role: Mapped[str]
    email: Mapped[str] = mapped_column(info=HIDDEN)
    name: Mapped[str] = mapped_column(info=HIDDEN)
    language: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None where a command invited."""
    invited_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    status: Mapped[str]
    """Where its mail stands, as in the outbox: planned, sending, sent or failed."""
    problem: Mapped[str | None]
    """Why its mail was not sent."""
    planned_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

    study: Mapped[Study] = relationship()
    site: Mapped[Site | None] = relationship()


class SignIn(Base):
    """One browser in which a user is, or was, signed in. Ending it signs that browser out."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    """Of the random key that the browser's session carries."""
    device: Mapped[str]
    """Browser and system in words, e.g. ``Firefox, Windows``; never a network address."""
    started_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant, info={"audit": "derived"})
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_as: Mapped[str | None]
    """``signed_out``, ``revoked``, ``handed_over`` or ``password_changed``."""

    user: Mapped[User] = relationship()
