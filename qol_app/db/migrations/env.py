"""Runs migrations on the connection that ``db.migrate`` hands over."""

from typing import Literal

from alembic import context

from qol_app.db.models import Base
from qol_app.db.types import Document

connection = context.config.attributes["connection"]


def render_item(kind: str, item: object, context: object) -> str | Literal[False]:
    """Write our own column types by their short names."""
    if kind == "type" and type(item).__name__ == "Instant":
        return "Instant()"
    if kind == "type" and item is Document:
        return "Document"
    return False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
