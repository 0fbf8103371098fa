"""Forms that came on paper or in an interview: keyed twice, with their scans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN
from qol_app.db.models.survey import Response
from qol_app.db.types import Document, Instant


class Keying(Base):
    """What one person keyed from a form. Never changed; the third settles what differs."""

    __tablename__ = "keying"
    __table_args__ = (UniqueConstraint("response_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    number: Mapped[int]
    """1, 2 by another person, 3 where the two differ."""
    source: Mapped[str]
    """``paper`` or ``interview``."""
    answered_on: Mapped[date]
    """The day on which the participant answered, at the site."""
    language: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(Document)
    """Item id to value; None is left blank."""
    no_answers: Mapped[dict[str, str]] = mapped_column(Document)
    """Item id to ``declined`` or ``not_applicable``."""
    helper: Mapped[str | None]
    keyed_at: Mapped[datetime] = mapped_column(Instant)
    keyed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    response: Mapped[Response] = relationship()


class Scan(Base):
    """A picture or PDF of a paper form. The file lies outside the web root."""

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    stored_as: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    """A random name in the folder of scans."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    response: Mapped[Response] = relationship()
