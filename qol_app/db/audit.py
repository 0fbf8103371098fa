"""Writes cannot escape the audit: every flush happens inside ``audited``, or it raises.

``audited`` records all changes flushed inside it as one row of a hash chain, in the same
transaction. Appending is serialised (SQLite: the one writer; PostgreSQL: an advisory lock held
until commit), so the chain has no forks. Database triggers refuse UPDATE and DELETE on the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Insert,
    Table,
    Update,
    bindparam,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, sessionmaker
from sqlalchemy.orm.util import identity_key

from qol_app.db.models import AuditEvent, Base
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action

GENESIS = "0" * 64
_CHAIN_LOCK = 6449937
_LOG = cast(Table, AuditEvent.__table__)
_SERIALISE = text("SELECT pg_advisory_xact_lock(:key)")
_LAST = select(_LOG.c.hash).order_by(_LOG.c.id.desc()).limit(1)
_ADD = insert(_LOG)


class UnauditedWrite(RuntimeError):
    """Something was written outside ``audited``. A programmer's error, never shown to users."""


@dataclass
class Recording:
    """One audit event in the making."""

    participant_id: int | None
    """May be set inside the block, by a use case that makes the participant."""
    changes: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def audited(
    session: Session,
    *,
    actor: Actor,
    action: Action,
    now: datetime,
    study_id: int | None = None,
    participant_id: int | None = None,
    reason: str | None = None,
) -> Iterator[Recording]:
    """Record everything flushed in the block as one audit event.

    The event is written even if nothing changed, so that reading something sensitive can be
    recorded too. Nested blocks are refused: a use case is one event.

    Raises:
        UnauditedWrite: the session is read-only, or a block is already open.
    """
    if session.info.get("read_only") or session.info.get("recording"):
        raise UnauditedWrite("audited() needs a write session and does not nest")
    session.flush()
    recording = session.info["recording"] = Recording(participant_id=participant_id)
    try:
        yield recording
        session.flush()
    finally:
        del session.info["recording"]
    event = {
        "at": now.astimezone(UTC),
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "action": action.value,
        "study_id": study_id,
        "participant_id": recording.participant_id,
        "reason": reason,
        "changes": recording.changes,
    }
    _append(session, [event])


def insert_rows(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]
) -> None:
    """Insert rows without building objects, recorded as a flush records them.

    For the few tables that are written on every page. ``key`` names the columns by which the
    record tells the rows apart, since their ids are not read back.

    Raises:
        UnauditedWrite: no ``audited`` block is open.
    """
    recording = _open_recording(session, model)
    session.connection().execute(_insert(model), rows)
    recording.changes += [_added(model, row, key) for row in rows]


def insert_each(
    session: Session,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    actor: Actor,
    action: Action,
    now: datetime,
    study_id: int,
) -> None:
    """Insert rows that have a ``participant_id``, each as an audit event of its own.

    For what is planned for very many participants at once; outside any ``audited`` block.
    """
    if not rows:
        return
    session.connection().execute(_insert(model), rows)
    common = {
        "at": now.astimezone(UTC),
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "action": action.value,
        "study_id": study_id,
        "reason": None,
    }
    events = [
        {**common, "participant_id": row["participant_id"], "changes": [_added(model, row, key)]}
        for row in rows
    ]
    _append(session, events)


def _added(model: type[Base], row: Mapping[str, Any], key: Sequence[str]) -> dict[str, Any]:
    return {
        "table": model.__tablename__,
        "id": [_plain(row[name]) for name in key],
        "kind": "added",
        "values": {
            name: _plain(row[name])
            for name in _shown_names(model, row)
            if row[name] is not None and name not in key
        },
    }


def update_row(
    session: Session,
    model: type[Base],
    row_id: int,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Update one row without loading it as an object, recorded as a flush records it.

    Only the columns of ``after`` whose value differs from ``before`` are recorded. An object of
    the row that the session holds is read anew when it is next used.

    Raises:
        UnauditedWrite: no ``audited`` block is open.
    """
    recording = _open_recording(session, model)
    session.connection().execute(_update(model, tuple(after)), {"row_id": row_id, **after})
    values = {
        name: [_plain(before[name]), _plain(after[name])]
        for name in _shown_names(model, after)
        if before[name] != after[name]
    }
    if values:
        recording.changes.append(
            {"table": model.__tablename__, "id": row_id, "kind": "changed", "values": values}
        )
    _read_anew(session, model, row_id)


def touch(session: Session, model: type[Base], row_id: int, **values: Any) -> None:
    """Write columns that the audit calls derived, such as when something was last seen.

    Nothing is recorded, and no ``audited`` block is needed. An object of the row that the session
    holds is read anew when it is next used.

    Raises:
        UnauditedWrite: the session is read-only, or a column is not marked as derived.
    """
    columns = model.__table__.c
    undue = [name for name in values if columns[name].info.get("audit") != "derived"]
    if undue or session.info.get("read_only"):
        raise UnauditedWrite(f"touch() does not write {model.__name__} {', '.join(undue)}")
    session.connection().execute(_update(model, tuple(values)), {"row_id": row_id, **values})
    _read_anew(session, model, row_id)


def _read_anew(session: Session, model: type[Base], row_id: int) -> None:
    held = session.identity_map.get(identity_key(model, row_id))
    if held is not None:
        session.expire(held)


def _open_recording(session: Session, model: type[Base]) -> Recording:
    recording: Recording | None = session.info.get("recording")
    if recording is None:
        raise UnauditedWrite(f"{model.__name__} written outside audited()")
    return recording


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(cast(Table, model.__table__))


@cache
def _update(model: type[Base], names: tuple[str, ...]) -> Update:
    table = cast(Table, model.__table__)
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(table).where(table.c.id == bindparam("row_id")).values(values)


def _shown_names(model: type[Base], names: Iterable[str]) -> list[str]:
    """Return the columns among ``names`` that the audit records; none may hold hidden values."""
    seen = {name: model.__table__.c[name].info.get("audit") for name in names}
    return [name for name, visibility in seen.items() if visibility is None]


def watch(factory: sessionmaker[Session]) -> None:
    """Make every session of ``factory`` refuse unaudited writes and record audited ones."""
    event.listen(factory, "before_flush", _refuse_unaudited)
    event.listen(factory, "after_flush", _record_flush)
    event.listen(factory, "do_orm_execute", _refuse_bulk)


def _refuse_unaudited(session: Session, context: UOWTransaction, instances: object) -> None:
    touched = [
        *session.new,
        *session.deleted,
        *(o for o in session.dirty if session.is_modified(o)),
    ]
    if touched and "recording" not in session.info:
        raise UnauditedWrite(f"{type(touched[0]).__name__} written outside audited()")


def _refuse_bulk(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise UnauditedWrite("bulk statements are not recorded; change objects instead")


def _record_flush(session: Session, context: UOWTransaction) -> None:
    recording: Recording | None = session.info.get("recording")
    if recording is None:
        return
    for kind, instances in (
        ("added", session.new),
        ("changed", session.dirty),
        ("removed", session.deleted),
    ):
        for instance in instances:
            change = _describe(instance, kind)
            if change["values"] or kind == "removed":
                recording.changes.append(change)


def _describe(instance: Base, kind: str) -> dict[str, Any]:
    state = inspect(instance)
    values: dict[str, Any] = {}
    touched = () if kind == "removed" else state.committed_state
    for key, is_hidden in _shown_columns(state.mapper):
        if key not in touched:
            continue
        history = state.attrs[key].history
        new = "hidden" if is_hidden else _plain(state.attrs[key].value)
        if kind == "added" and new is not None:
            values[key] = new
        elif kind == "changed" and history.has_changes():
            old = new if is_hidden else _plain(next(iter(history.deleted or ()), None))
            values[key] = [old, new]
    table = state.mapper.local_table
    return {"table": str(table), "id": _key(instance), "kind": kind, "values": values}


@cache
def _shown_columns(mapper: Mapper[Any]) -> tuple[tuple[str, bool], ...]:
    """Return the attributes that the audit names, and whether their values are hidden."""
    visibility = {
        attribute.key: mapper.columns[attribute.key].info.get("audit")
        for attribute in mapper.column_attrs
    }
    return tuple((key, seen == "hidden") for key, seen in visibility.items() if seen != "derived")


def _key(instance: Base) -> Any:
    key = [_plain(value) for value in inspect(instance).mapper.primary_key_from_instance(instance)]
    return key[0] if len(key) == 1 else key


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _append(session: Session, events: Sequence[dict[str, Any]]) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_SERIALISE, {"key": _CHAIN_LOCK})
    previous = connection.scalar(_LAST) or GENESIS
    rows = []
    for each in events:
        fields = {**each, "previous_hash": previous}
        previous = _digest(fields)
        rows.append({**fields, "hash": previous})
    connection.execute(_ADD, rows)


def _digest(fields: dict[str, Any]) -> str:
    plain = {key: _plain(value) for key, value in fields.items()}
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What ``verify`` found: rows read, and the first row that does not fit (None if all do)."""

    count: int
    broken_id: int | None
    head: str


def verify(session: Session) -> Verification:
    """Walk the chain from its start and recompute every hash."""
    columns = [c for c in _LOG.columns if c.name not in ("id", "hash")]
    query = select(AuditEvent.id, AuditEvent.hash, *columns).order_by(AuditEvent.id)
    previous, count = GENESIS, 0
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows.mappings():
            fields = {c.name: row[c.name] for c in columns}
            if fields["previous_hash"] != previous or _digest(fields) != row["hash"]:
                return Verification(count=count, broken_id=row["id"], head=previous)
            previous = row["hash"]
            count += 1
    return Verification(count=count, broken_id=None, head=previous)
