"""The link that an address names: by its token, or by the code that was typed in this browser."""

from __future__ import annotations

from datetime import timedelta

from flask import session

from qol_app.domain.errors import LinkUnknown
from qol_app.services import opened, survey
from qol_app.services.opened import OpenSurvey
from qol_app.web import unit
from qol_app.web.guards import enter

TYPED = "typed"
"""Stands in an address for the token of the link whose code was typed; no token is so short."""

OFFER = "offer"
OFFERED_FOR = timedelta(hours=1)
"""How long a browser remembers a typed code's link before it is started."""


def offer(found: OpenSurvey) -> None:
    """Remember the link of a typed code in this browser, so that TYPED stands for it."""
    session[OFFER] = {"link": found.link_id, "at": unit.now().timestamp()}


def find_link(token: str) -> OpenSurvey:
    """Return what a link opens, whether or not it may be opened now.

    Raises:
        LinkUnknown: no link has this token, or no code was typed here lately.
    """
    if token != TYPED:
        return opened.by_token(unit.reading(), token)
    offered = session.get(OFFER)
    if offered is None or unit.now().timestamp() - offered["at"] > OFFERED_FOR.total_seconds():
        raise LinkUnknown("no code was typed in this browser lately")
    return opened.by_id(unit.reading(), offered["link"])


def open_link(token: str) -> OpenSurvey:
    """Return what a link opens, and make the link the actor of this request.

    Raises:
        LinkUnknown, LinkRevoked, LinkSuperseded, LinkTooEarly, LinkExpired, AlreadySubmitted,
        LinkEnded.
    """
    found = find_link(token)
    enter(found)
    survey.check_open(found.visit, now=unit.now())
    return found
