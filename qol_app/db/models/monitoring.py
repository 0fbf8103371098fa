"""Queries: what a monitor asks about a form, and what staff answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qol_app.db.models.base import Base
from qol_app.db.models.survey import Response
from qol_app.db.types import Instant


class Query(Base):
    """A question about a form or one of its items, until it is closed."""

    __tablename__ = "query"

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    item: Mapped[str | None]
    """None asks about the form as a whole."""
    status: Mapped[str]
    """``open``, ``answered`` or ``closed``: where its last entry left it."""
    raised_at: Mapped[datetime] = mapped_column(Instant)

    response: Mapped[Response] = relationship()
    entries: Mapped[list[QueryEntry]] = relationship(
        back_populates="query", order_by="QueryEntry.id"
    )


class QueryEntry(Base):
    """One thing that was said about a query. Never changed."""

    __tablename__ = "query_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[int] = mapped_column(ForeignKey("query.id"), index=True)
    kind: Mapped[str]
    """``raised``, ``answered``, ``closed`` or ``reopened``."""
    text: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime] = mapped_column(Instant)

    query: Mapped[Query] = relationship(back_populates="entries")
