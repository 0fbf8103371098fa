"""Queries: what may be said next of a question about a form, and where that leaves it."""

from __future__ import annotations

from enum import StrEnum

from qol_app.domain.errors import Conflict


class QueryStatus(StrEnum):
    """Where a query stands."""

    OPEN = "open"
    """It waits for the site's staff."""
    ANSWERED = "answered"
    """It waits for who raised it."""
    CLOSED = "closed"


class EntryKind(StrEnum):
    """What was said about a query."""

    RAISED = "raised"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"


AFTER = {
    EntryKind.RAISED: QueryStatus.OPEN,
    EntryKind.ANSWERED: QueryStatus.ANSWERED,
    EntryKind.CLOSED: QueryStatus.CLOSED,
    EntryKind.REOPENED: QueryStatus.OPEN,
}
"""The status that an entry leaves a query in."""

_FROM = {
    EntryKind.ANSWERED: (QueryStatus.OPEN,),
    EntryKind.CLOSED: (QueryStatus.OPEN, QueryStatus.ANSWERED),
    EntryKind.REOPENED: (QueryStatus.ANSWERED, QueryStatus.CLOSED),
}


def may_follow(status: QueryStatus, kind: EntryKind) -> bool:
    """Tell whether this may be said of a query that stands so."""
    return status in _FROM.get(kind, ())


def after(status: QueryStatus, kind: EntryKind) -> QueryStatus:
    """Return where an entry leaves a query. Raises Conflict where it does not fit."""
    if not may_follow(status, kind):
        raise Conflict(f"a query that is {status.value} cannot be {kind.value}")
    return AFTER[kind]
