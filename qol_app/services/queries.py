"""A monitor asks about a form, staff of its site answer, the monitor closes or asks again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import Recording, audited
from qol_app.db.models import Participant, Query, QueryEntry, Response, Study, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.answers import item_of
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.domain.queries import EntryKind, QueryStatus, after
from qol_app.services import forms, submission

LONGEST = 1000

ACTIONS = {
    EntryKind.RAISED: Action.QUERY_RAISED,
    EntryKind.ANSWERED: Action.QUERY_ANSWERED,
    EntryKind.CLOSED: Action.QUERY_CLOSED,
    EntryKind.REOPENED: Action.QUERY_REOPENED,
}


def open_count(session: Session, study: Study, *, sites: frozenset[int] | None) -> int:
    """Return how many queries wait for staff. Takes ``sites`` as ``listing``."""
    waiting = _of(study, sites).where(Query.status == QueryStatus.OPEN.value)
    ids = waiting.with_only_columns(Query.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def listing(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    status: QueryStatus | None = None,
) -> Sequence[Query]:
    """Return queries with their entries, newest first.

    Args:
        sites: Site ids to look at; None means all of the study.
        status: Only those that stand so; None means all.
    """
    query = _of(study, sites).order_by(Query.id.desc())
    if status is not None:
        query = query.where(Query.status == status.value)
    return session.scalars(query).all()


def of_visit(session: Session, visit: Visit) -> Sequence[Query]:
    """Return the queries about a visit's forms, oldest first."""
    ids = [response.id for response in visit.responses]
    query = select(Query).where(Query.response_id.in_(ids)).order_by(Query.id)
    return session.scalars(query.options(selectinload(Query.entries))).all()


def find(session: Session, study: Study, query_id: int, *, sites: frozenset[int] | None) -> Query:
    """Return one query. Raises NotFound if there is none at these sites."""
    found = session.scalar(_of(study, sites).where(Query.id == query_id))
    if found is None:
        raise NotFound(f"no query {query_id}")
    return found


def _of(study: Study, sites: frozenset[int] | None) -> Select[Query]:
    query = (
        select(Query)
        .join(Query.response)
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id)
        .options(
            joinedload(Query.response).options(
                joinedload(Response.visit)
                .joinedload(Visit.participant)
                .joinedload(Participant.site),
                joinedload(Response.form_version),
            ),
            selectinload(Query.entries),
        )
    )
    return query if sites is None else query.where(Participant.site_id.in_(sites))


def ask(
    session: Session,
    response: Response,
    item: str | None,
    text: str,
    *,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Query:
    """Raise a query about a form, or one of its items. Asking the same while it is open is once.

    Raises:
        InvalidInput: the text is empty or too long.
        UnknownItem: the form has no such item.
    """
    said = _text(text)
    if item is not None:
        item_of(forms.questionnaire(response.form_version), item)
    submission.lock(session, response)
    for known in of_visit(session, response.visit):
        place = (known.response_id, known.item, known.status, known.entries[0].text)
        if place == (response.id, item, QueryStatus.OPEN.value, said):
            return known
    query = Query(
        response_id=response.id, item=item, status=QueryStatus.OPEN.value, raised_at=now, entries=[]
    )
    with _audited(session, response, EntryKind.RAISED, said, actor=actor, now=now):
        session.add(query)
        _add(query, EntryKind.RAISED, said, user_id=user_id, now=now)
    return query


def say(
    session: Session,
    query: Query,
    kind: EntryKind,
    text: str,
    *,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer, close or reopen a query. The same said twice in a row is once.

    Raises:
        InvalidInput: the text is empty or too long; only closing needs none.
        Conflict: it does not fit where the query stands, e.g. it was closed meanwhile.
    """
    said = _text(text, may_be_empty=kind is EntryKind.CLOSED)
    locked = session.scalars(
        select(Query)
        .where(Query.id == query.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    last = locked.entries[-1]
    if (last.kind, last.text, last.user_id) == (kind.value, said, user_id):
        return
    status = after(QueryStatus(locked.status), kind)
    with _audited(session, locked.response, kind, said, actor=actor, now=now):
        locked.status = status.value
        _add(locked, kind, said, user_id=user_id, now=now)


def _add(query: Query, kind: EntryKind, text: str, *, user_id: int, now: datetime) -> None:
    entry = QueryEntry(kind=kind.value, text=text, user_id=user_id, said_at=now)
    query.entries.append(entry)


def _audited(
    session: Session,
    response: Response,
    kind: EntryKind,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> AbstractContextManager[Recording]:
    participant = response.visit.participant
    return audited(
        session,
        actor=actor,
        action=ACTIONS[kind],
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=reason or None,
    )


def _text(text: str, *, may_be_empty: bool = False) -> str:
    said = text.strip()
    if len(said) > LONGEST or not (said or may_be_empty):
        raise InvalidInput([f"text: write a few words, at most {LONGEST} characters"])
    return said
