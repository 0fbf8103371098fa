"""The audit log: a hash chain that nobody may update or delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qol_app.db.models.base import Base
from qol_app.db.types import Document, Instant


class AuditEvent(Base):
    """One use case's changes: who, when, what, why; ``hash`` covers the row and the one before."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    action: Mapped[str]
    study_id: Mapped[int | None] = mapped_column(ForeignKey("study.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    reason: Mapped[str | None]
    changes: Mapped[list[Any]] = mapped_column(Document)
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
