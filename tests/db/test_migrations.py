"""The newest migration equals the models, and going down and up again is clean."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from qol_app.db import migrate
from qol_app.db.models import Base
from qol_app.db.session import make_engine


def test_the_migrations_lead_to_the_models(database: str) -> None:
    engine = make_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_down_to_nothing_and_up_again(database: str) -> None:
    engine = make_engine(database)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert not migrate.is_current(engine)
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()


def test_wordings_stored_before_imports_were_counted_stay_as_they_are(database: str) -> None:
    engine = make_engine(database)
    migrate.downgrade(engine, "0002")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO instrument (id) VALUES ('lmc21')"))
        connection.execute(
            text(
                "INSERT INTO form_version (id, instrument_id, version, hash, document,"
                " registered_at) VALUES (1, 'lmc21', '1.0', 'h', '{}', CURRENT_TIMESTAMP)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO wording_version (id, form_version_id, language, kind, hash, document,"
                " registered_at)"
                " VALUES (1, 1, 'en', 'labels', 'w', '{}', CURRENT_TIMESTAMP)"
            )
        )
    migrate.upgrade(engine)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT * FROM wording_version")).mappings().one()
        assert (row["kind"], row["hash"], row["number"]) == ("labels", "w", None)
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("UPDATE wording_version SET kind = 'official'"))
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE participant_event SET happened_on = '2026-01-01'",
        "UPDATE participant_event SET kind = 'lost'",
        "UPDATE participant_event SET note = 'x'",
        "UPDATE participant_event SET struck_at = NULL",
        "DELETE FROM participant_event",
    ],
)
def test_an_event_may_be_struck_out_once_and_never_changed(database: str, change: str) -> None:
    engine = make_engine(database)
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO study (id, code, purpose, created_at)"
            " VALUES (1, 's', 'rehearsal', CURRENT_TIMESTAMP)",
            "INSERT INTO site (id, study_id, code, timezone, last_number)"
            " VALUES (1, 1, 'S', 'UTC', 0)",
            "INSERT INTO participant (id, study_id, site_id, number, group_code, anchor_date,"
            " language, refused_channels, enrolled_at)"
            " VALUES (1, 1, 1, 'n', 'A', '2026-02-01', 'en', '[]', CURRENT_TIMESTAMP)",
            "INSERT INTO participant_event (id, participant_id, kind, happened_on, recorded_at)"
            " VALUES (1, 1, 'died', '2026-02-02', CURRENT_TIMESTAMP)",
            "UPDATE participant_event SET struck_at = CURRENT_TIMESTAMP",
        ):
            connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
