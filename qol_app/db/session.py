"""Engines and sessions for SQLite and PostgreSQL.

SQLite runs in WAL mode with foreign keys on and full synchronisation, so that what was
acknowledged survives a power cut. A session that may write begins with BEGIN IMMEDIATE, because
a plain BEGIN that later writes can fail as "locked"; a reading session begins plainly and never
waits for a writer.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from qol_app.db import audit

READS = "reads"

PATIENCE = 30
"""Seconds for which a writer waits for SQLite's one write lock."""

PAUSE = 0.001
"""Seconds between its attempts."""


def make_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite gets its pragmas and explicit transactions."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10)
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, pool_size=10)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


CACHE = "cache_size=-32768"
"""32 MB a connection: with the usual 2 MB the lists of a large study are read from the file."""


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", CACHE):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    database = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    if connection.get_execution_options().get(READS):
        database.execute("BEGIN DEFERRED")
    else:
        _begin_writing(database)


def _begin_writing(database: sqlite3.Connection) -> None:
    """Take SQLite's write lock, asking every millisecond: it would itself sleep up to 100 ms."""
    deadline = time.monotonic() + PATIENCE
    database.execute("PRAGMA busy_timeout=0")
    try:
        while not _has_begun(database):
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError(f"database is locked for {PATIENCE} seconds")
            time.sleep(PAUSE)
    finally:
        database.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")


def _has_begun(database: sqlite3.Connection) -> bool:
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


class Sessions:
    """Makes sessions on one engine: ``write()`` for use cases, ``read()`` for pages.

    A write session refuses any change outside ``audit.audited``; a read session refuses every
    change.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        reading = engine.execution_options(**{READS: True})
        self._write = sessionmaker(engine, expire_on_commit=False)
        self._read = sessionmaker(reading, expire_on_commit=False, info={"read_only": True})
        audit.watch(self._write)
        audit.watch(self._read)

    def write(self) -> Session:
        """Return a session for a use case; the caller commits."""
        return self._write()

    def read(self) -> Session:
        """Return a session that only reads."""
        return self._read()
