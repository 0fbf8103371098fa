"""Studies, protocols, sites, instruments and their immutable versions.

Documents are large and rebuilt once per hash, so a row is read without its document until asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.types import Document, Instant


class Study(Base):
    """A study's identity. ``protocol`` points at the version in force."""

    __tablename__ = "study"
    __table_args__ = (CheckConstraint("purpose IN ('rehearsal', 'real')", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    protocol_id: Mapped[int | None] = mapped_column(
        ForeignKey("protocol_version.id", use_alter=True, name="fk_study_protocol_id")
    )
    created_at: Mapped[datetime] = mapped_column(Instant)

    protocol: Mapped[ProtocolVersion | None] = relationship(
        foreign_keys=[protocol_id], post_update=True
    )
    sites: Mapped[list[Site]] = relationship(order_by="Site.code")


class ProtocolVersion(Base):
    """One version of a study's protocol: the whole file as JSON, with its hash."""

    __tablename__ = "protocol_version"
    __table_args__ = (UniqueConstraint("study_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    version: Mapped[str]
    hash: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class Site(Base):
    """A clinic of a study. ``last_number`` counts the study numbers given out."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("study_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    code: Mapped[str]
    timezone: Mapped[str]
    last_number: Mapped[int] = mapped_column(default=0)


class Instrument(Base):
    """An instrument's identity."""

    __tablename__ = "instrument"

    id: Mapped[str] = mapped_column(primary_key=True)


class FormVersion(Base):
    """One version of an instrument: its whole definition as JSON, with its hash."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("instrument_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    version: Mapped[str]
    hash: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)
    registered_at: Mapped[datetime] = mapped_column(Instant)


class WordingVersion(Base):
    """The words of a form version in one language: labels, own text, or imported official text."""

    __tablename__ = "wording_version"
    __table_args__ = (
        UniqueConstraint("form_version_id", "language", "hash"),
        Index("uq_wording_version_number", "form_version_id", "language", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    language: Mapped[str]
    kind: Mapped[str]
    hash: Mapped[str]
    number: Mapped[int | None]
    """Counts the official wordings of a form version and language from 1; the highest holds."""
    licence_reference: Mapped[str | None]
    language_version: Mapped[str | None]
    """The licence holder's own version of the translation."""
    document: Mapped[dict[str, Any]] = mapped_column(
        Document, deferred=True, info={"audit": "derived"}
    )
    registered_at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[str | None]
    """Who accepted an official wording; the others come with the software."""
    actor_id: Mapped[str | None]
