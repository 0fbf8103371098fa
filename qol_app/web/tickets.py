"""Tickets: what a device keeps beside answers that wait on it, to send them without a session.

A ticket is signed and names a survey link. It can only add answers to that link's visit; it opens
no page and reads nothing.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from qol_app.domain.errors import LinkUnknown

LONGEST = 400 * 24 * 3600
"""Seconds for which a device may keep answers; past that they wait for a new ticket."""


def of_link(link_id: int) -> str:
    """Return a ticket for the visit of a survey link."""
    return str(_signer().dumps(link_id))


def link_of(ticket: object) -> int:
    """Return the link that a ticket names. Raises LinkUnknown if it is not one of ours."""
    if not isinstance(ticket, str):
        raise LinkUnknown("the ticket is missing")
    try:
        return int(_signer().loads(ticket, max_age=LONGEST))
    except BadData as error:
        raise LinkUnknown("the ticket is not one of ours, or is too old") from error


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="survey-ticket")
