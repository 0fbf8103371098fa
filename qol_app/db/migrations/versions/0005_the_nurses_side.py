"""The nurse's side: accounts, messages and their texts, paper forms, corrections, queries.

Revision: 0005, after 0004.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qol_app.db import append_only
from qol_app.db.types import Document, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HISTORY = ("keying", "query_entry", "message_text")
TABLES = (
    "message_text",
    "query_entry",
    "query",
    "scan",
    "keying",
    "sign_in",
    "invitation",
)
COLUMNS: tuple[tuple[str, str, Any], ...] = (
    ("user_account", "last_sign_in_at", Instant()),
    ("user_account", "locked_until", Instant()),
    ("user_account", "tf_primary_method", sa.String()),
    ("user_account", "tf_totp_secret", sa.String()),
    ("user_account", "tf_last_counter", sa.Integer()),
    ("user_account", "mf_recovery_codes", Document),
    ("user_account", "reset_asked_at", Instant()),
    ("participant", "channel", sa.String()),
    ("participant_event", "note", sa.String()),
    ("participant_event", "struck_at", Instant()),
    ("contact", "consented_on", sa.Date()),
    ("response", "missing_note", sa.String()),
    ("answer_event", "reason", sa.String()),
    ("message", "due_at", Instant()),
    ("message", "provider_id", sa.String()),
    ("message", "settled_at", Instant()),
)
FILLED: tuple[tuple[str, str, Any, Any], ...] = (
    ("user_account", "failed_sign_ins", sa.Integer(), "0"),
    ("participant", "refused_channels", Document, "[]"),
    # Until now a contact was an e-mail address.
    ("contact", "has_email", sa.Boolean(), sa.true()),
    ("contact", "has_phone", sa.Boolean(), sa.false()),
    ("message", "tries", sa.Integer(), "0"),
)
EVENT = ("id", "participant_id", "kind", "happened_on", "recorded_at", "note")
"""What of an event never changes; it may be struck out, once."""
INDEXES = (
    ("ix_message_status_due_at", "message", ["status", "due_at"]),
    ("ix_response_submitted_at", "response", ["submitted_at", "visit_id"]),
    (
        "ix_response_standing",
        "response",
        ["visit_id", "submitted_at", "missing_reason", "started_at"],
    ),
    ("ix_visit_closes_on_opens_on", "visit", ["closes_on", "opens_on"]),
    ("ix_message_provider_id", "message", ["provider_id"]),
)


def upgrade() -> None:
    # Plain ALTER TABLE: making the table anew, as batch mode may, would lose its triggers.
    for table, column, kind in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    for table, column, kind, value in FILLED:
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    _add_accounts()
    _add_paper()
    _add_queries()
    _add_texts()
    for table in HISTORY:
        for statement in append_only.create(table, op.get_bind().dialect.name):
            op.execute(statement)
    dialect = op.get_bind().dialect.name
    for statement in append_only.allow_once("participant_event", "struck_at", EVENT, dialect):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in append_only.forbid_again("participant_event", "struck_at", dialect):
        op.execute(statement)
    for table in HISTORY:
        for statement in append_only.drop(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
    for name, table, _columns in INDEXES:
        op.drop_index(name, table_name=table)
    for table, column, *_kind in reversed(COLUMNS + FILLED):
        op.drop_column(table, column)


def _add_accounts() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.ForeignKeyConstraint(["invited_by"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["accepted_by"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_invitation_study_id", "invitation", ["study_id"])
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_index("ix_sign_in_user_id", "sign_in", ["user_id"])


def _add_paper() -> None:
    op.create_table(
        "keying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("no_answers", Document, nullable=False),
        sa.Column("helper", sa.String(), nullable=True),
        sa.Column("keyed_at", Instant(), nullable=False),
        sa.Column("keyed_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
        sa.ForeignKeyConstraint(["keyed_by"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("response_id", "number"),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
        sa.ForeignKeyConstraint(["added_by"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stored_as"),
    )
    op.create_index("ix_scan_response_id", "scan", ["response_id"])


def _add_queries() -> None:
    op.create_table(
        "query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_query_response_id", "query", ["response_id"])
    op.create_table(
        "query_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["query.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_query_entry_query_id", "query_entry", ["query_id"])


def _add_texts() -> None:
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["written_by"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "kind", "channel", "language", "number"),
    )
