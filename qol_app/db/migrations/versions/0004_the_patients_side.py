"""The patient's side: five states of an item, strays, help, postponing, alerts, tablets.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from qol_app.db import append_only
from qol_app.db.types import Document, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE_INDEX = "uq_survey_link_code_hash"
TABLES = (
    "handover",
    "tablet",
    "wrong_code",
    "staff_message",
    "alert",
    "postponement",
    "help_request",
    "stray_answer",
)
WORDS = (
    ("answer_event", "no_answer"),
    ("response", "helper"),
    ("participant", "text_size"),
    ("participant", "contrast"),
    ("survey_link", "code_hash"),
)


def upgrade() -> None:
    _add_columns()
    _add_answers()
    _add_care()
    _add_safety()
    _add_links()
    _add_tablets()
    for statement in append_only.create("postponement", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in append_only.drop("postponement", op.get_bind().dialect.name):
        op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
    op.drop_index(CODE_INDEX, table_name="survey_link")
    op.drop_column("response", "no_answers")
    op.drop_column("answer_event", "came_late")
    for table, column in reversed(WORDS):
        op.drop_column(table, column)


def _add_columns() -> None:
    # Plain ALTER TABLE: making the table anew, as batch mode may, would lose its triggers.
    for table, column in WORDS:
        op.add_column(table, sa.Column(column, sa.String(), nullable=True))
    op.add_column(
        "answer_event",
        sa.Column("came_late", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "response", sa.Column("no_answers", Document, nullable=False, server_default="{}")
    )
    op.create_index(CODE_INDEX, "survey_link", ["code_hash"], unique=True)


def _add_answers() -> None:
    op.create_table(
        "stray_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", Document, nullable=True),
        sa.Column("no_answer", sa.String(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_stray_answer_response_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_stray_answer_settled_by")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_stray_answer_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_answer")),
        sa.UniqueConstraint("visit_id", "event_id", name=op.f("uq_stray_answer_visit_id_event_id")),
    )


def _add_care() -> None:
    op.create_table(
        "postponement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_postponement_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postponement")),
    )
    op.create_index(op.f("ix_postponement_visit_id"), "postponement", ["visit_id"], unique=False)
    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["survey_link.id"], name=op.f("fk_help_request_link_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_help_request_settled_by")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_help_request_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    op.create_index(op.f("ix_help_request_visit_id"), "help_request", ["visit_id"], unique=False)


def _add_safety() -> None:
    op.create_table(
        "staff_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_staff_message_study_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_message_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_message")),
        sa.UniqueConstraint(
            "user_id", "kind", "about_id", name=op.f("uq_staff_message_user_id_kind_about_id")
        ),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("cause", Document, nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("escalated_at", Instant(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["user_account.id"], name=op.f("fk_alert_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_alert_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_alert_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("response_id", "rule", name=op.f("uq_alert_response_id_rule")),
    )
    op.create_index(op.f("ix_alert_participant_id"), "alert", ["participant_id"], unique=False)


def _add_links() -> None:
    op.create_table(
        "wrong_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    op.create_index(op.f("ix_wrong_code_tried_at"), "wrong_code", ["tried_at"], unique=False)


def _add_tablets() -> None:
    op.create_table(
        "tablet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["user_account.id"], name=op.f("fk_tablet_registered_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_tablet_site_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_tablet_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tablet_token_hash")),
    )
    op.create_index(op.f("ix_tablet_study_id"), "tablet", ["study_id"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tablet_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("handed_by", sa.Integer(), nullable=False),
        sa.Column("handed_at", Instant(), nullable=False),
        sa.Column("check_failures", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handed_by"], ["user_account.id"], name=op.f("fk_handover_handed_by")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["survey_link.id"], name=op.f("fk_handover_link_id")),
        sa.ForeignKeyConstraint(["tablet_id"], ["tablet.id"], name=op.f("fk_handover_tablet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_tablet_id"), "handover", ["tablet_id"], unique=False)
