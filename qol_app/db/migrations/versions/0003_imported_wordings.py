"""What is known of an imported wording: its number, its version, who accepted it.

Revision: 0003, after 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW: dict[str, sa.types.TypeEngine[Any]] = {
    "number": sa.Integer(),
    "language_version": sa.String(),
    "actor_kind": sa.String(),
    "actor_id": sa.String(),
}
INDEX = "uq_wording_version_number"


def upgrade() -> None:
    # Plain ALTER TABLE: making the table anew, as batch mode may, would lose its triggers.
    for name, kind in NEW.items():
        op.add_column("wording_version", sa.Column(name, kind, nullable=True))
    op.create_index(
        INDEX, "wording_version", ["form_version_id", "language", "number"], unique=True
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="wording_version")
    for name in reversed(NEW):
        op.drop_column("wording_version", name)
