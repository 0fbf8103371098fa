"""All that is stored about one person, for that person: plain values of every row, and forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Base, Contact, Participant
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.services import answers_view, contacts, participants
from qol_app.services.answers_view import FormView
from qol_app.services.contacts import ContactDetails

LINKS = ("participant_id", "visit_id", "response_id")
"""Columns by which a row belongs to a person: at once, by a visit, or by a form."""


@dataclass(frozen=True, kw_only=True)
class VisitForms:
    """One visit with its forms in the words that were shown."""

    code: str
    forms: tuple[FormView, ...]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that is stored about a person."""

    participant: Participant
    contact: ContactDetails
    visits: tuple[VisitForms, ...]
    tables: dict[str, list[dict[str, Any]]]
    """Every row about the person, by table, without secrets such as hashes of links."""


def read(
    session: Session,
    participant: Participant,
    *,
    language: str,
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> Subject:
    """Gather all that is stored about a person, and record that it was taken out.

    Raises:
        NotReady: the key that sealed the contact details is not configured.
    """
    contact = contacts.opened(participant, vault)
    with audited(
        session,
        actor=actor,
        action=Action.SUBJECT_EXPORTED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        pass
    planned = participants.visits(session, participant)
    return Subject(
        participant=participant,
        contact=contact,
        visits=tuple(
            VisitForms(
                code=visit.code,
                forms=tuple(answers_view.read(session, visit, language=language)),
            )
            for visit in planned
        ),
        tables=_tables(session, participant),
    )


def _tables(session: Session, participant: Participant) -> dict[str, list[dict[str, Any]]]:
    person = cast(Table, Participant.__table__)
    found = {person.name: _rows(session, person, person.c.id, [participant.id])}
    known = {"participant_id": [participant.id]}
    for name, origin in (("visit_id", "visit"), ("response_id", "response")):
        table = Base.metadata.tables[origin]
        link = next(column for column in LINKS if column in table.c)
        known[name] = list(
            session.scalars(select(table.c.id).where(table.c[link].in_(known[link])))
        )
    for table in Base.metadata.sorted_tables:
        links = [name for name in LINKS if name in table.c]
        if links and table.name != Contact.__tablename__:
            found[table.name] = _rows(session, table, table.c[links[0]], known[links[0]])
    return {name: rows for name, rows in found.items() if rows}


def _rows(
    session: Session, table: Table, link: Column[Any], keys: list[int]
) -> list[dict[str, Any]]:
    is_audit = table is AuditEvent.__table__
    shown = [c for c in table.c if c.info.get("audit") != "hidden" and not c.name.endswith("hash")]
    columns = list(table.c) if is_audit else shown
    query = select(*columns).where(link.in_(keys)).order_by(*table.primary_key)
    return [{k: _plain(v) for k, v in row.items()} for row in session.execute(query).mappings()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
