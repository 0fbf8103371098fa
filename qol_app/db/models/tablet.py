"""Shared tablets of a site, and each hand-over of one to a participant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.people import HIDDEN
from qol_app.db.models.study import Site, Study
from qol_app.db.models.survey import SurveyLink
from qol_app.db.types import Instant


class Tablet(Base):
    """A device that a site hands to participants. It knows itself by a token in its cookie."""

    __tablename__ = "tablet"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True, info=HIDDEN)
    pin_hash: Mapped[str] = mapped_column(info=HIDDEN)
    pin_failures: Mapped[int] = mapped_column(default=0)
    """Wrong PINs since the last right one."""
    registered_at: Mapped[datetime] = mapped_column(Instant)
    registered_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    retired_at: Mapped[datetime | None] = mapped_column(Instant)

    study: Mapped[Study] = relationship()
    site: Mapped[Site] = relationship()


class Handover(Base):
    """One time that a tablet was given to a participant, from hand-over to lock."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    tablet_id: Mapped[int] = mapped_column(ForeignKey("tablet.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("survey_link.id"))
    handed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    handed_at: Mapped[datetime] = mapped_column(Instant)
    check_failures: Mapped[int] = mapped_column(default=0)
    """Wrong answers to the check of who holds the tablet."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_as: Mapped[str | None]
    """``finished``, ``idle``, ``frozen`` or ``taken_back``."""

    tablet: Mapped[Tablet] = relationship()
    link: Mapped[SurveyLink] = relationship()
