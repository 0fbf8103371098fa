"""Engines and sessions for SQLite and PostgreSQL.

SQLite runs in WAL mode with foreign keys on and full synchronisation, so that what was
acknowledged survives a power cut. A session that may write begins with BEGIN IMMEDIATE, because
a plain BEGIN that later writes can fail as "locked"; a reading session begins plainly and never
waits for a writer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from qol_app.db import audit

READS = "reads"


def make_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite gets its pragmas and explicit transactions."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10)
    engine = create_engine(url, connect_args={"timeout": 30}, pool_size=10)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = "DEFERRED" if connection.get_execution_options().get(READS) else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


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
