"""What a score rests on: items filled in by its rule, and remarks beside it.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from qol_app.db.types import Document

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "score", sa.Column("items_imputed", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("score", sa.Column("flags", Document, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("score", "flags")
    op.drop_column("score", "items_imputed")
