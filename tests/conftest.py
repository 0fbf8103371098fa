"""What every test may ask for: a migrated database of either kind, sessions, a fixed clock.

A test that takes ``database`` (or anything built on it) runs on SQLite and on PostgreSQL. Where
no PostgreSQL server is installed those halves are skipped with a line that says so, unless
``QOL_REQUIRE_ALL`` is set, as ``make check`` does: then they fail.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from qol_app.db import migrate
from qol_app.db.session import Sessions, make_engine
from tests.postgres import PostgresMissing, Server

POSTGRES_URL = "QOL_TEST_POSTGRES_URL"
_server: Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL server for the whole run; workers inherit its address."""
    global _server
    if POSTGRES_URL in os.environ or hasattr(config, "workerinput"):
        return
    try:
        _server = Server()
    except PostgresMissing:
        return
    _server.start()
    os.environ[POSTGRES_URL] = _server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    if _server is not None:
        _server.stop()


def missing(what: str) -> None:
    """Skip a test for want of ``what``, or fail it where everything is required."""
    if os.environ.get("QOL_REQUIRE_ALL"):
        pytest.fail(f"{what} is required here but missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database, copied for each test."""
    if POSTGRES_URL not in os.environ:
        missing("PostgreSQL")
    name = f"template_{uuid.uuid4().hex}"
    _administer(f"CREATE DATABASE {name}")
    engine = make_engine(_postgres_url(name))
    migrate.upgrade(engine)
    engine.dispose()
    yield name
    _administer(f"DROP DATABASE {name}")


def _postgres_url(name: str) -> str:
    url = make_url(os.environ[POSTGRES_URL]).set(database=name)
    return url.render_as_string(hide_password=False)


def _administer(statement: str) -> None:
    engine = create_engine(os.environ[POSTGRES_URL], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        copy = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    template = request.getfixturevalue("postgres_template")
    name = f"test_{uuid.uuid4().hex}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _postgres_url(name)
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sessions(database: str) -> Iterator[Sessions]:
    """Sessions on the fresh database."""
    engine = make_engine(database)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """One write session, rolled back at the end."""
    with sessions.write() as session:
        yield session


@pytest.fixture
def now() -> datetime:
    """A Monday morning in Hefei (10:00 in Asia/Shanghai)."""
    return datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
